from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "abs_platform.config"
    label = "config"
