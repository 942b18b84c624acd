from django.apps import AppConfig


class RightsConfig(AppConfig):
    name = "abs_platform.rights"
    label = "rights"
