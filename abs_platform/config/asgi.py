"""ASGI entry point: everything in development, the event stream in production."""

import os

from django.core.asgi import get_asgi_application

from abs_platform.config.pages import StaticFiles

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "abs_platform.config.settings")
application = StaticFiles(get_asgi_application())
