"""A tax office for tests: the simulator, asked as a real one would be."""

from collections.abc import Iterator

import pytest
from django.test import override_settings

from abs_platform.core import jobs
from abs_platform.integrations.tax.configured import tax_status
from abs_platform.integrations.tax.simulator import Simulator
from tests.support.world import READING

ASKING = ("documents.tax_status", "rights.reassess")
NUMBER = "26322000000007770001"
ANOTHER = "26322000000007770345"


@pytest.fixture
def tax_office() -> Iterator[Simulator]:
    """Invoices must be verified, and this is who verifies them."""
    with override_settings(TAX_STATUS_URL="simulator:", INVOICE_MUST_BE_VERIFIED=True):
        tax_status.cache_clear()
        office = tax_status()
        assert isinstance(office, Simulator)
        office.reset()
        yield office
        office.reset()
    tax_status.cache_clear()


def drain_all() -> None:
    """Have everything read, filed, asked about and computed."""
    jobs.drain(kinds=(*READING, *ASKING))
