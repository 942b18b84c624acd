"""Who is asked in this installation."""

from functools import cache
from pathlib import Path

from django.conf import settings

from abs_platform.integrations.tax.form import STANDARD, read_form
from abs_platform.integrations.tax.http import Http
from abs_platform.integrations.tax.simulator import Simulator
from abs_platform.integrations.tax.status import Null, TaxStatusProvider


@cache
def tax_status() -> TaxStatusProvider:
    """The provider that ABS_TAX_STATUS_URL names. Raises NotConfigured where it, or its form, cannot be used."""
    url: str = settings.TAX_STATUS_URL
    if not url:
        return Null(production=settings.PRODUCTION)
    if url == settings.TAX_SIMULATOR:
        return Simulator(redis_url=settings.REDIS_URL)
    return Http(
        url=url,
        key=settings.TAX_STATUS_KEY,
        secret=settings.TAX_STATUS_SECRET,
        form=read_form(Path(settings.TAX_STATUS_FORM)) if settings.TAX_STATUS_FORM else STANDARD,
        timeout=settings.TAX_STATUS_TIMEOUT.total_seconds(),
        production=settings.PRODUCTION,
    )
