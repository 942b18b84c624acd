"""Public addresses of the log."""

from django.urls import path

from abs_platform.ledger.api.views import LogCheckpoint, Trust

urlpatterns = [
    path("verify/trust", Trust.as_view(), name="trust"),
    path("log/checkpoint", LogCheckpoint.as_view(), name="log-checkpoint"),
]
