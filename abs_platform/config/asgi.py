"""ASGI entry point: everything in development, the event stream in production."""

import os

from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "abs_platform.config.settings")
application = ASGIStaticFilesHandler(get_asgi_application())
