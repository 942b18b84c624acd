from django.urls import path

from abs_platform.trade.api import agreeing, desk, views
from abs_platform.trade.api.tolerances import TolerancesView

DESK = [
    path("confirmations", desk.QueueView.as_view()),
    path("confirmations/<uuid:id>", desk.SheetView.as_view()),
    path("confirmations/<uuid:id>/confirm", desk.ConfirmView.as_view()),
    path("confirmations/<uuid:id>/confirm-part", desk.ConfirmPartView.as_view()),
    path("confirmations/<uuid:id>/dispute", desk.DisputeView.as_view()),
    path("confirmations/<uuid:id>/to-sign", desk.ToSignView.as_view()),
    path("confirmations/<uuid:id>/thread", desk.ThreadView.as_view()),
    path("confirmations/manifests", desk.ManifestsView.as_view()),
    path("confirmations/manifests/to-sign", desk.ManifestToSignView.as_view()),
    path("confirmations/manifests/<uuid:id>", desk.ManifestView.as_view()),
]
AGREEING = [
    path("confirmations/proposals", agreeing.ProposalsView.as_view()),
    path("confirmations/proposals/<uuid:id>", agreeing.ProposalView.as_view()),
    path("confirmations/proposals/<uuid:id>/check", agreeing.CheckView.as_view()),
    path("confirmations/proposals/<uuid:id>/approve", agreeing.ApproveView.as_view()),
    path("confirmations/proposals/<uuid:id>/decline", agreeing.DeclineView.as_view()),
    path("confirmations/proposals/<uuid:id>/withdraw", agreeing.WithdrawView.as_view()),
    path("confirmations/proposals/<uuid:id>/to-sign", agreeing.ProposalToSignView.as_view()),
    path("confirmations/desk", agreeing.DeskView.as_view()),
    path("confirmations/desk/policy", agreeing.PolicyView.as_view()),
    path("confirmations/desk/own-key", agreeing.OwnKeyView.as_view()),
    path("confirmations/desk/own-key/statement", agreeing.OwnKeyStatementView.as_view()),
    path("confirmations/desk/custodial-key", agreeing.CustodialKeyView.as_view()),
    path("confirmations/desk/rules", agreeing.RulesView.as_view()),
    path("confirmations/desk/rules/<uuid:id>/stop", agreeing.StopRuleView.as_view()),
    path("confirmations/desk/changes/<uuid:id>/approve", agreeing.ApproveChangeView.as_view()),
    path("confirmations/desk/changes/<uuid:id>/withdraw", agreeing.WithdrawChangeView.as_view()),
    path("confirmations/desk/delegations", agreeing.DelegationsView.as_view()),
    path("confirmations/desk/delegations/<uuid:id>/revoke", agreeing.RevokeView.as_view()),
]
urlpatterns = [
    path("tolerances", TolerancesView.as_view()),
    *DESK,
    *AGREEING,
    path("trades/<uuid:id>/payment-confirmations", views.PaymentConfirmationView.as_view()),
    path("trades/<uuid:id>/payment-confirmations/to-sign", views.PaymentToSignView.as_view()),
    path("documents/<uuid:id>/attach", views.AttachView.as_view()),
    path("access-requests/<uuid:id>/candidates", views.CandidatesView.as_view()),
    path("access-requests/<uuid:id>/grant", views.GrantView.as_view()),
]
