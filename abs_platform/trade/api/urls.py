from django.urls import path

from abs_platform.trade.api import views
from abs_platform.trade.api.tolerances import TolerancesView

urlpatterns = [
    path("tolerances", TolerancesView.as_view()),
    path("confirmations", views.QueueView.as_view()),
    path("confirmations/<uuid:id>", views.SheetView.as_view()),
    path("confirmations/<uuid:id>/confirm", views.ConfirmView.as_view()),
    path("confirmations/<uuid:id>/dispute", views.DisputeView.as_view()),
    path("trades/<uuid:id>/payment-confirmations", views.PaymentConfirmationView.as_view()),
    path("documents/<uuid:id>/attach", views.AttachView.as_view()),
    path("access-requests/<uuid:id>/candidates", views.CandidatesView.as_view()),
    path("access-requests/<uuid:id>/grant", views.GrantView.as_view()),
]
