from django.urls import path

from abs_platform.rights.api import rights, views

urlpatterns = [
    path("trades", views.TradesView.as_view()),
    path("trades/<uuid:id>", views.TradeView.as_view()),
    path("rights", rights.RightsView.as_view()),
    path("rights/<uuid:id>", rights.RightView.as_view()),
    path("rights/<uuid:id>/figures", rights.RightFiguresView.as_view()),
    path("rights/<uuid:id>/facts/<uuid:fact>/statement", rights.RungFactStatementView.as_view()),
    path("rights/<uuid:id>/facts/<uuid:fact>/bundle", rights.RungFactBundleView.as_view()),
]
