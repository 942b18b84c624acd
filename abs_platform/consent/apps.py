from django.apps import AppConfig


class ConsentConfig(AppConfig):
    name = "abs_platform.consent"
    label = "consent"
