from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """The composition root as an application, for its management commands."""

    name = "abs_platform.config"
    label = "config"
