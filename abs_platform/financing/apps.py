from django.apps import AppConfig


class FinancingConfig(AppConfig):
    name = "abs_platform.financing"
    label = "financing"
