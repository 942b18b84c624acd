"""What one line states in several units, of a receipt or of a price, counts in one, or is refused."""

from decimal import Decimal

import pytest

from abs_platform.integrations import formats
from abs_platform.integrations.formats.model import Line
from tests.formats.test_reading import read, rules


def received(quantity: str, unit: str, name: str, taken: str, taken_unit: str) -> Line:
    extracted = read(
        "ReceiptAdvice",
        f'<cac:ReceiptLine><cbc:ID>7</cbc:ID><cbc:ReceivedQuantity unitCode="{unit}">{quantity}</cbc:ReceivedQuantity>'
        f'<cbc:{name}Quantity unitCode="{taken_unit}">{taken}</cbc:{name}Quantity></cac:ReceiptLine>',
    )
    return extracted.lines[0]


@pytest.mark.parametrize("name", ["Rejected", "Short", "Oversupply", "Backorder"])
def test_what_is_taken_off_counts_in_the_unit_of_the_quantity(name: str) -> None:
    for taken, unit, found in (
        ("1", "TNE", "1000"),
        ("1.5", "千克", "1.5"),
        ("2", "LBR", "0.90718474"),
        ("0", "BX", "0"),
    ):
        line = received("1000", "KGM", name, taken, unit)
        assert getattr(line, name.lower()) == Decimal(found)
    for unit, of in (("BX", "KGM"), ("KGM", "LBR"), ("MTR", "KGM")):
        with pytest.raises(formats.Refused) as refused:
            received("1000", of, name, "1", unit)
        assert refused.value.code == "unit_differs"
        assert refused.value.params == {"line_id": "7", "expected": of, "found": unit}


def test_a_ton_rejected_of_a_thousand_kilograms_leaves_nothing() -> None:
    assert received("1000", "KGM", "Rejected", "1", "TNE").accepted == 0


PRICED = (
    '<cbc:DocumentCurrencyCode>CNY</cbc:DocumentCurrencyCode><cac:InvoiceLine><cbc:ID>1</cbc:ID><cbc:InvoicedQuantity unitCode="TNE">2</cbc:InvoicedQuantity>'
    '<cbc:LineExtensionAmount currencyID="CNY">2000</cbc:LineExtensionAmount><cac:Price><cbc:PriceAmount currencyID="CNY">1</cbc:PriceAmount>'
    '<cbc:BaseQuantity unitCode="{}">1</cbc:BaseQuantity></cac:Price></cac:InvoiceLine>'
)


def test_a_price_is_for_so_many_of_its_own_unit() -> None:
    by_weight = read("Invoice", PRICED.format("KGM"))
    assert (by_weight.lines[0].price, by_weight.lines[0].price_base_quantity) == (1, Decimal("0.001"))
    assert rules(by_weight) == []
    by_box = read("Invoice", PRICED.format("BX"))
    assert (by_box.lines[0].price, by_box.lines[0].price_base_quantity) == (None, 1)
    assert rules(by_box) == ["price_unit_differs"]
