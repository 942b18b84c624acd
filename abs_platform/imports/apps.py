from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "abs_platform.imports"
    label = "imports"
