"""The composition root: settings, addresses, and the wiring of jobs to topics."""

from abs_platform.config.celery import app as celery_app

__all__ = ["celery_app"]
