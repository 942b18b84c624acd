"""A supplier's table of what came in: each payment is cleared against the invoices that it names."""

from datetime import timedelta
from decimal import Decimal

import pytest

from abs_platform.core import clock
from abs_platform.rights.models import Right
from abs_platform.risk.models import Alert
from abs_platform.trade.models import Clearing, TradeDocument
from tests.imports.sheets import BUYER
from tests.imports.using import Import, work
from tests.support.financing import performed
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("db")

HEADERS = ("收款单号", "收款日期", "付款人", "发票号码", "收款金额")


def base_of(right: Right) -> Decimal:
    base: Decimal = Right.objects.get(id=right.id).base
    return base


def test_a_table_of_payments_reduces_rights_and_tells_what_was_paid_twice(world: World) -> None:
    rights = [performed(world, number) for number in ("A-1", "A-2")]
    before = [right.base for right in rights]
    first, second = (TradeDocument.objects.get(kind="invoice", trade=right.trade_id) for right in rights)
    today = clock.today()
    earlier = today - timedelta(days=1)
    table = Import.of(
        world.supplier.browser,
        [
            HEADERS,
            ("SK-1", earlier.isoformat(), BUYER.name, first.number, "400.00"),
            ("SK-1", earlier.isoformat(), BUYER.name, second.number, "300.00"),
            ("SK-2", today.isoformat(), BUYER.name, first.number, str(first.total)),
        ],
        kind="remittance_advice",
    )
    seen = table.seen()
    assert set(seen["mapping"]["columns"]) == {"number", "issue_date", "buyer_name", "invoice_number", "amount"}
    table.map(seen["mapping"]["columns"])
    table.act("import")
    work()
    assert base_of(rights[1]) == before[1] - 300
    assert base_of(rights[0]) == 0
    rows = Clearing.objects.order_by("invoice__number", "starts").select_related("item__document")
    cleared = [(each.invoice_id, each.item.document.number, each.ends - each.starts) for each in rows]
    total = first.total or Decimal(0)
    assert cleared == [
        (first.document_id, "SK-1", 400),
        (first.document_id, "SK-2", total - 400),
        (second.document_id, "SK-1", 300),
    ]
    alert = Alert.objects.get(rule="paid_over_invoiced")
    assert (alert.subject_label, alert.detail["document"]) == ("A-1", "SK-2")
    assert (alert.detail["expected"], alert.detail["found"]) == (f"{total - 400:.2f}", f"{total:.2f}")
    trade = world.supplier.browser.get(f"trades/{rights[0].trade_id}")
    assert [(each["paid"], each["open"]) for each in trade["invoices"]] == [(f"{total:.2f}", "0.00")]
    assert [(each["number"], each["amount"]) for each in trade["cleared_beyond"]] == [("SK-2", "400.00")]
