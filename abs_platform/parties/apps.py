from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "abs_platform.parties"
    label = "parties"
