from django.apps import AppConfig


class RiskConfig(AppConfig):
    name = "abs_platform.risk"
    label = "risk"
