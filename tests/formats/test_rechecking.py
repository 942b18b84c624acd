"""What a person writes over a reading is held to every check that the file was held to, as far as the fields tell."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from abs_platform.documents import edits
from abs_platform.integrations import formats
from abs_platform.integrations.formats import rechecking
from abs_platform.integrations.formats.model import Extracted, Level, Line, Party, Totals
from tests.formats.cn_papers import BUYER, PAPER, SELLER, Item, xml
from tests.support.papers import Papers

TODAY = date(2026, 11, 27)
D = Decimal


def read(data: bytes) -> Extracted:
    document = formats.parse(data, today=TODAY)
    assert document is not None
    return document


def rules(document: Extracted, was: Extracted | None) -> dict[str, Level]:
    return {each.rule: each.level for each in edits.revalidated(document, was, today=TODAY).remarks}


DIGITAL = read(xml())
EUROPEAN = read(Papers(currency="CNY").invoice())
TYPED = Extracted(
    kind="invoice",
    number="26322000000004180018",
    syntax=rechecking.TYPED,
    issue_date=date(2026, 11, 2),
    currency="CNY",
    seller=Party(*SELLER),
    buyer=Party(*BUYER),
    totals=Totals(lines=D("371.68"), tax_exclusive=D("371.68"), tax=D("48.32"), payable=D("420.00")),
    lines=(Line("1", amount=D("371.68"), tax=D("48.32"), tax_percent=D(13)),),
)


@pytest.mark.parametrize("document", [DIGITAL, EUROPEAN])
def test_what_was_read_is_remarked_on_as_it_was_read(document: Extracted) -> None:
    assert edits.revalidated(document, document, today=TODAY).remarks == document.remarks


def test_what_is_typed_in_soundly_has_no_remarks() -> None:
    assert rules(TYPED, None) == {}


@pytest.mark.parametrize(
    ("changed", "rule", "level"),
    [
        ({"number": "2632200000000418001"}, "number_shape", Level.REFUSED),
        ({"number": "263220000000041800"}, "number_shape", Level.REFUSED),  # 18 digits are no 数电票's
        ({"issue_date": date(2026, 12, 24)}, "date_in_future", Level.ATTENTION),
        ({"issue_date": date(2020, 12, 24)}, "date_long_ago", Level.NOTICE),
        ({"issue_date": None}, "date_missing", Level.ATTENTION),
        ({"due_date": date(2026, 11, 1)}, "due_before_issue", Level.ATTENTION),
        ({"seller": Party(SELLER[0], SELLER[1][:-1] + "0")}, "company_id_check_digit", Level.ATTENTION),
        ({"totals": replace(DIGITAL.totals, tax=D("48.00"))}, "tax_total", Level.ATTENTION),
        ({"totals": replace(DIGITAL.totals, payable=D("430.00"))}, "payable_arithmetic", Level.ATTENTION),
        ({"lines": (replace(DIGITAL.lines[0], tax=D("12.00")),)}, "line_tax_arithmetic", Level.ATTENTION),
        ({"lines": (replace(DIGITAL.lines[0], amount=D("37.16")),)}, "line_arithmetic", Level.ATTENTION),
    ],
)
def test_a_vat_invoice_is_held_to_its_own_rules_again(changed: dict[str, object], rule: str, level: Level) -> None:
    assert rule not in rules(DIGITAL, DIGITAL)
    assert rules(replace(DIGITAL, **changed), DIGITAL)[rule] == level  # type: ignore[arg-type]  # any of its fields
    mended = edits.revalidated(replace(DIGITAL, **changed), DIGITAL, today=TODAY)  # type: ignore[arg-type]  # the same
    assert rule not in rules(replace(mended, **{name: getattr(DIGITAL, name) for name in changed}), DIGITAL)


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"number": "2632200000000418001"}, "number_digits"),
        ({"totals": replace(TYPED.totals, tax=D("48.00"))}, "tax_total"),
        ({"lines": (replace(TYPED.lines[0], tax=D("12.00")),)}, "line_tax_arithmetic"),
        ({"due_date": date(2026, 11, 1)}, "due_before_issue"),
        ({"issue_date": date(2026, 12, 24)}, "date_in_future"),
    ],
)
def test_what_is_typed_in_of_a_chinese_seller_is_held_to_them_too(changed: dict[str, object], rule: str) -> None:
    assert rules(replace(TYPED, **changed), None)[rule] == Level.ATTENTION  # type: ignore[arg-type]  # any of its fields


def test_whose_seller_is_no_chinese_is_not() -> None:
    foreign = replace(TYPED, seller=Party("Bolts Ltd", "GB123"), number="2632200000000418001")
    assert rules(replace(foreign, totals=replace(TYPED.totals, tax=D("48.00"))), None).keys() == {"payable_arithmetic"}


def test_legacy_numbers_and_check_codes_are_looked_at() -> None:
    legacy = replace(TYPED, syntax="VAT OFD XML", number="011002100311" + "12345678")
    assert rules(legacy, None) == {}
    assert rules(replace(legacy, number="0110021003" + "12345678"), None) == {}
    assert rules(replace(legacy, number="12345678"), None) == {"number_shape": Level.REFUSED}
    noted = replace(legacy, notes=("校验码：12345",))
    assert rules(noted, None) == {"check_code_shape": Level.ATTENTION}
    assert rules(replace(legacy, notes=("校验码：12345678901234567890",)), None) == {}


def test_a_tax_on_the_margin_that_the_reading_passed_over_stays_passed_over() -> None:
    margin = read(xml(replace(PAPER, remark="差额征税：100.00", items=(Item(tax="5.00"),), tax="5.00", total="376.68")))
    assert "line_tax_arithmetic" not in rules(replace(margin, contract_number="HT-1"), margin)
    # Of a label that left no note, the reading itself tells.
    unsaid = replace(margin, notes=())
    assert "line_tax_arithmetic" not in rules(replace(unsaid, contract_number="HT-1"), unsaid)


def test_an_amount_in_words_that_was_wrong_is_held_against_the_corrected_figure() -> None:
    wrong = read(xml(replace(PAPER, words="肆佰叁拾圆整")))
    assert rules(wrong, wrong)["amount_in_words"] == Level.ATTENTION
    totals = replace(wrong.totals, payable=D("430.00"), tax_inclusive=D("430.00"))
    assert "amount_in_words" not in rules(replace(wrong, totals=totals), wrong)
    totals = replace(wrong.totals, payable=D("440.00"), tax_inclusive=D("440.00"))
    assert rules(replace(wrong, totals=totals), wrong)["amount_in_words"] == Level.ATTENTION


def test_sums_of_the_european_standard_are_reckoned_again() -> None:
    totals = replace(EUROPEAN.totals, tax_exclusive=D("1.00"))
    assert rules(replace(EUROPEAN, totals=totals), EUROPEAN).keys() >= {"total_arithmetic", "tax_inclusive_arithmetic"}
