from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "abs_platform.ledger"
    label = "ledger"
