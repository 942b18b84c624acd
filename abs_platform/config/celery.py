"""The Celery application: the doorbell of the job queue (see core/jobs.py)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "abs_platform.config.settings")
app = Celery("abs_platform")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["abs_platform.core", "abs_platform.ledger"])
