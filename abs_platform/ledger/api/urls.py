"""Addresses of the log: public ones, and those of the explorer."""

from django.urls import path

from abs_platform.ledger.api import audits, explorer, keys, public

urlpatterns = [
    path("verify/trust", public.Trust.as_view(), name="trust"),
    path("log/<slug:channel>/checkpoint", public.NewestCheckpoint.as_view(), name="log-checkpoint"),
    path("log/<slug:channel>/checkpoints/<int:size>", public.CheckpointOfSize.as_view()),
    path("log/<slug:channel>/tile/entries/<path:tile>", public.Entries.as_view()),
    path("log/<slug:channel>/tile/<slug:level>/<path:tile>", public.Tile.as_view()),
    path("log/<slug:channel>/proof/inclusion", public.Inclusion.as_view()),
    path("log/<slug:channel>/proof/consistency", public.Consistency.as_view()),
    path("log/<slug:channel>/cosignatures", public.Cosignatures.as_view()),
    path("ledger/keys", keys.Keys.as_view()),
    path("ledger/keys/rotate", keys.RotateKey.as_view()),
    path("ledger/channels", explorer.Channels.as_view()),
    path("ledger/channels/<slug:name>/checkpoints", explorer.Checkpoints.as_view()),
    path("ledger/channels/<slug:name>/checkpoints/<int:size>", explorer.CheckpointBySize.as_view()),
    path("ledger/chains", explorer.Chains.as_view()),
    path("ledger/records", explorer.Records.as_view()),
    path("ledger/records/<uuid:id>", explorer.RecordById.as_view()),
    path("ledger/audits", audits.Audits.as_view()),
    path("ledger/search", explorer.Search.as_view()),
]
