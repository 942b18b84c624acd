from django.urls import path

from abs_platform.rights.api import views

urlpatterns = [
    path("trades", views.TradesView.as_view()),
    path("trades/<uuid:id>", views.TradeView.as_view()),
    path("rights", views.RightsView.as_view()),
    path("rights/<uuid:id>", views.RightView.as_view()),
]
