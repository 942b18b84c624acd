from django.urls import path

from abs_platform.rights.api import collections, priority, registry, rights, views

urlpatterns = [
    path("trades", views.TradesView.as_view()),
    path("trades/<uuid:id>", views.TradeView.as_view()),
    path("rights", rights.RightsView.as_view()),
    path("rights/export", rights.RightsExportView.as_view()),
    path("rights/<uuid:id>", rights.RightView.as_view()),
    path("rights/<uuid:id>/certificate", rights.RightCertificateView.as_view()),
    path("rights/<uuid:id>/figures", rights.RightFiguresView.as_view()),
    path("rights/<uuid:id>/facts/<uuid:fact>/statement", rights.RungFactStatementView.as_view()),
    path("rights/<uuid:id>/facts/<uuid:fact>/bundle", rights.RungFactBundleView.as_view()),
    path("rights/<uuid:id>/registry", registry.RightOnRegistry.as_view()),
    path("rights/<uuid:id>/priority", priority.PriorityView.as_view()),
    path("rights/<uuid:id>/zhongdeng", priority.RegistrationsView.as_view()),
    path("rights/<uuid:id>/notices", priority.NoticesView.as_view()),
    path("rights/<uuid:id>/searches", priority.SearchesView.as_view()),
    path("zhongdeng", priority.OwnRegistrationsView.as_view()),
    path("zhongdeng/<uuid:id>/amendments", priority.AmendmentsView.as_view()),
    path("registry/reconciliations", registry.Reconciliations.as_view()),
    path("rights/<uuid:id>/collections", collections.CollectionsView.as_view()),
    path("rights/<uuid:id>/collections/<uuid:collection>/withdraw", collections.WithdrawView.as_view()),
]
