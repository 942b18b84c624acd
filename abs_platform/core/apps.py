from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "abs_platform.core"
    label = "core"
