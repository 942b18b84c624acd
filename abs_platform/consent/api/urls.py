from django.urls import path

from abs_platform.consent.api import views

urlpatterns = [
    path("access-requests", views.AccessRequestsView.as_view()),
    path("access-requests/<uuid:id>/decline", views.DeclineView.as_view()),
    path("access-requests/<uuid:id>/withdraw", views.WithdrawView.as_view()),
    path("grants", views.GrantsView.as_view()),
    path("grants/<uuid:id>", views.GrantView.as_view()),
    path("grants/<uuid:id>/revoke", views.RevokeView.as_view()),
    path("accesses", views.AccessesView.as_view()),
]
