from django.urls import path

from abs_platform.parties.api import tokens, views

urlpatterns = [
    path("session", views.SessionView.as_view()),
    path("demo/switch", views.DemoSwitchView.as_view()),
    path("suppliers", views.SuppliersView.as_view()),
    path("networks", views.NetworksView.as_view()),
    path("organisations", views.OrganisationsView.as_view()),
    path("organisations/<uuid:id>/clients", views.ClientsView.as_view()),
    path("oauth/token", tokens.ClientTokenView.as_view()),
    path("oauth/revoke", tokens.ClientRevokeView.as_view()),
]
