"""Lists in every order, page by page, and with cursors that are none of ours."""

import base64
from datetime import timedelta
from decimal import Decimal
from urllib.parse import urlencode

import pytest

from abs_platform.core import clock
from abs_platform.financing.models import Pledge
from tests.support.database import rolled_back
from tests.support.financing import Lending, performed
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("db")

# By which field each order goes, and whether the largest comes first.
ORDERS = {
    ("requests", "newest"): ("id", True),
    ("requests", "amount"): ("amount", True),
    ("requests", "until"): ("until", False),
    ("offers", "newest"): ("id", True),
    ("offers", "amount"): ("amount", True),
    ("offers", "valid_until"): ("valid_until", False),
    ("pledges", "newest"): ("id", True),
    ("pledges", "base"): ("base", True),
}
POSITIONS = ["x", "NaN", "1e999999", "2026-01-01", "2026-01-01T00:00:00", "-1", "\x00", "", "9" * 400]


@pytest.fixture(scope="module")
def lent(module_world: World) -> World:
    """Four loans of different sizes, and offers that lapse on different days."""
    lending = Lending.at(module_world)
    programme = lending.programme()
    for n, amount in enumerate(("300.00", "100.00", "200.00", "100.00")):
        right = performed(module_world, f"LIST-{n}", price=str(10 + (n * 7) % 5))
        valid_until = clock.now() + timedelta(days=1 + (n * 3) % 4)
        lending.accepted(lending.offered(lending.invited(programme, [right], amount), valid_until=valid_until))
    return module_world


@pytest.mark.parametrize(("kind", "sort"), ORDERS)
def test_each_order_goes_through_every_row_once(kind: str, sort: str, lent: World) -> None:
    field, is_descending = ORDERS[kind, sort]
    seen, address = [], f"financing/{kind}?sort={sort}&page_size=1"
    while address:
        page = lent.supplier.browser.get(address)
        seen += page["results"]
        address = (page["next"] or "").partition("/api/v1/")[2]
    values = [Decimal(row[field]) if field in ("amount", "base") else row[field] for row in seen]
    assert values == sorted(values, reverse=is_descending)
    assert len({row["id"] for row in seen}) == len(seen) == 4


@pytest.mark.parametrize(("kind", "sort"), ORDERS)
def test_a_forged_cursor_is_a_page_or_a_refusal(kind: str, sort: str, lent: World) -> None:
    for position in POSITIONS:
        cursor = base64.b64encode(urlencode({"p": position}).encode()).decode()
        with rolled_back():
            answer = lent.supplier.browser.send("GET", f"financing/{kind}", sort=sort, cursor=cursor)
        assert answer.status_code in (200, 404, 422), (position, answer.content)


def test_filters_narrow_down(lent: World) -> None:
    supplier = lent.supplier.browser
    pledge = Pledge.objects.order_by("id").first()
    assert pledge is not None
    [found] = supplier.rows("financing/pledges", loan=str(pledge.loan_id), state="registering")
    assert found["id"] == str(pledge.id)
    assert supplier.rows("financing/pledges", state="settled") == []
    assert len(supplier.rows("financing/requests", state="accepted")) == 4
    assert len(supplier.rows("financing/offers", request=found["id"])) == 0
    [programme] = supplier.rows("financing/programmes", state="active")
    assert len(supplier.rows("financing/requests", programme=programme["id"])) == 4
    assert lent.bank.browser.rows("financing/requests", supplier=lent.castings.id) == []
    assert len(lent.bank.browser.rows("financing/notices", state="prepared")) == 4
