"""Amounts in words and who parties say to be: against other implementations and published numbers."""

from dataclasses import replace
from decimal import Decimal

import cn2an
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from stdnum.cn import uscc

from abs_platform.integrations import formats
from abs_platform.integrations.formats import vat
from abs_platform.integrations.formats.model import Extracted, Party
from abs_platform.integrations.formats.rmb import amount_of

AMOUNTS = st.decimals(min_value=Decimal("0.01"), max_value=Decimal("999999999999.99"), places=2)


@given(AMOUNTS)
@example(Decimal("10.00"))
@example(Decimal("100000000.01"))
@example(Decimal("1010.05"))
def test_words_of_another_implementation_are_read_back(amount: Decimal) -> None:
    words = cn2an.an2cn(f"{amount:f}", "rmb")
    assert amount_of(words) == amount
    for form in (
        words.replace("元", "圆"),
        f"人民币{words}",
        f"⊗{words}",
        words.replace("整", "正"),
        f" {' '.join(words)}",
    ):
        assert amount_of(form) == amount
    for form in (f"（负数）{words}", f"负{words}", f"(负数){words}"):
        assert amount_of(form) == -amount


@pytest.mark.parametrize(
    ("words", "amount"),
    [
        ("壹仟壹佰叁拾圆整", "1130"),
        ("贰圆壹角贰分", "2.12"),
        ("拾元整", "10"),
        ("壹拾万元整", "100000"),
        ("壹亿零伍拾萬圓整", "100500000"),
        ("陆拾柒元零捌分", "67.08"),
        ("伍分", "0.05"),
        ("零元整", "0"),
        ("贰拾叁亿肆仟伍佰陆拾柒万捌仟玖佰零壹元贰角叁分", "2345678901.23"),
    ],
)
def test_amounts_in_words(words: str, amount: str) -> None:
    assert amount_of(words) == Decimal(amount)


@pytest.mark.parametrize(
    "words", ["", "元", "整", "壹贰元", "壹元壹元", "仟佰元整", "拾佰元整", "一百块", "1130.00", "角", "壹佰万佰亿"]
)
def test_words_that_are_no_amount(words: str) -> None:
    assert amount_of(words) is None


@given(st.text("零壹贰叁拾佰仟万亿元圆角分整负（）", max_size=20))
def test_any_words_are_an_amount_or_none(words: str) -> None:
    amount = amount_of(words)
    assert amount is None or abs(amount) < Decimal(10) ** 80


@given(st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=15, max_size=15), st.sampled_from("159"), st.integers(0, 30))
def test_one_check_digit_of_thirty_one_is_right(middle: str, first: str, wrong: int) -> None:
    base = f"{first}1{middle}"
    right = base + uscc.calc_check_digit(base)
    assert vat.company_id_holds(right) == uscc.is_valid(right) or vat.company_id_holds(right)
    other = base + uscc._alphabet[wrong]
    assert vat.company_id_holds(other) == (other == right and uscc.is_valid(right)) or not other.isdigit()


@pytest.mark.parametrize(
    ("company_id", "syntax", "holds"),
    [
        ("91110108339805094M", "UBL", True),
        ("91110108339805094N", "UBL", False),
        ("91110108339805094n", "UBL", False),
        ("91110108339805094M", "数电票 XML", True),
        ("9150010807MGZHI002", "数电票 XML", False),
        ("9150010807MGZHI002", "UBL", True),  # I is in no such code, so this is something else
        ("110108339805094", "数电票 XML", True),  # from before 2015
        ("91110101202001201", "数电票 XML", True),
        ("11010519491231002X", "数电票 XML", True),  # a citizen's
        ("123", "数电票 XML", False),
        ("DE123456789", "UBL", True),
        ("", "数电票 XML", True),
    ],
)
def test_credit_codes_of_sellers(company_id: str, syntax: str, holds: bool) -> None:
    document = Extracted("invoice", "1", syntax=syntax, seller=Party("x", company_id or None))
    remarks = list(vat.party_remarks(document))
    assert (not remarks) is holds
    assert [remark.field for remark in remarks] == ([] if holds else ["seller.company_id"])


def test_foreign_buyers_have_numbers_of_their_own() -> None:
    document = Extracted("invoice", "1", syntax="数电票 XML", buyer=Party("x", "GB 123 4567 89"))
    assert not list(vat.party_remarks(document))


def test_the_codes_of_any_document_are_checked() -> None:
    from abs_platform.config.sample.trade import files

    data = files()["05-invoice.xml"]
    assert "company_id_check_digit" not in {remark.rule for remark in formats.read(data).all_remarks}
    wrong = formats.read(data.replace(b"91320594MA0DEM0132", b"91320594MA0DEM0133"))
    assert [each.field for each in wrong.all_remarks if each.rule == "company_id_check_digit"] == ["seller.company_id"]
    assert wrong.document is not None
    assert replace(wrong.document, remarks=()).total
