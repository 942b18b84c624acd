from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "abs_platform.documents"
    label = "documents"
