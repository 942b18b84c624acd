"""The project's own sample through the rules."""

from decimal import Decimal

from abs_platform.config.sample.trade import INVOICE_NUMBER, ORDER_NUMBER, files
from abs_platform.integrations import formats
from abs_platform.rights.rules import assess
from abs_platform.trade.facts import facts_of
from abs_platform.trade.rules import OpenQuantity, compare


def test_what_the_sample_shows() -> None:
    read = {name: formats.parse(data) for name, data in files().items()}
    documents = [facts_of(each, id=name, confirmation="confirmed") for name, each in read.items() if each is not None]
    comparison = compare(documents)
    assert [(each.rule, each.document, each.line, each.expected, each.found) for each in comparison.mismatches] == [
        ("unit_price_differs", INVOICE_NUMBER, "2", "86.50", "88.50"),
        ("invoiced_over_received", INVOICE_NUMBER, "3", "392", "400"),
    ]
    assert comparison.open_quantities == (OpenQuantity(ORDER_NUMBER, "3", Decimal(8), "C62"),)
    found = assess(documents, {4: Decimal("0.80")})
    # 2000 × 18.60 + 600 × 86.50 (the lower) + 392 × 132.00, and 13 % on it.
    assert (found.rung, found.value, found.tax) == (4, Decimal("140844.00"), Decimal("18309.72"))
    assert (found.supported, found.poolable) == (Decimal("127322.98"), True)
