"""Addresses of the log: public ones, and those of the explorer."""

from django.urls import path

from abs_platform.ledger.api import explorer
from abs_platform.ledger.api.views import LogCheckpoint, Trust

urlpatterns = [
    path("verify/trust", Trust.as_view(), name="trust"),
    path("log/checkpoint", LogCheckpoint.as_view(), name="log-checkpoint"),
    path("ledger/channels", explorer.Channels.as_view()),
    path("ledger/channels/<slug:name>/checkpoints", explorer.Checkpoints.as_view()),
    path("ledger/channels/<slug:name>/checkpoints/<int:size>", explorer.CheckpointBySize.as_view()),
    path("ledger/records", explorer.Records.as_view()),
    path("ledger/records/<uuid:id>", explorer.RecordById.as_view()),
    path("ledger/search", explorer.Search.as_view()),
]
