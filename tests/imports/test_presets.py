"""Headers that people write for one thing in many ways."""

import pytest

from abs_platform.imports import presets

ORDER_NUMBERS = [
    "PO No.",
    "P.O. No.",
    "P.O. No",
    "PO#",
    "PO #",
    "PO Nr",
    "P/O No",
    "P.O. Number",
    "Purchase Order No.",
    "Order No.",
]
ORDER_NUMBERS += ["采购订单号", "采购订单编号", "订单编号", "订单号码", "客户订单编号"]


@pytest.mark.parametrize("header", ORDER_NUMBERS)
@pytest.mark.parametrize(("kind", "field"), [("invoice", "order_number"), ("order", "number")])
def test_an_orders_number_is_known_by_its_usual_headers(header: str, kind: str, field: str) -> None:
    assert presets.guess([header], kind=kind)[0] == {field: 0}
