"""WSGI entry point: the application in production, behind nginx."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "abs_platform.config.settings")
application = get_wsgi_application()
