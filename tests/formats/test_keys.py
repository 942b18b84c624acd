"""The same document in other bytes, and the same number with other content."""

import re
from dataclasses import fields, replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abs_platform.config.sample.make import in_other_bytes
from abs_platform.config.sample.trade import files
from abs_platform.integrations import formats
from abs_platform.integrations.formats.model import Extracted, Party, Totals

INVOICE = files()["05-invoice.xml"]
TEXT = INVOICE.decode()


def read(data: bytes) -> Extracted:
    extracted = formats.parse(data)
    assert extracted is not None
    return extracted


SIGNATURE = (
    '<ext:UBLExtensions xmlns:ext="urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2"><ext:UBLExtension>'
    "<ext:ExtensionContent><sig>MEUCIQ</sig></ext:ExtensionContent></ext:UBLExtension></ext:UBLExtensions>"
)
SAME = {
    "other prefixes, no white space, UTF-16": in_other_bytes(INVOICE),
    "signed": TEXT.replace("<cbc:UBLVersionID>", SIGNATURE + "<cbc:UBLVersionID>").encode(),
    "commented": TEXT.replace("<cbc:ID>26322", "<cbc:ID><!-- x -->26322")
    .replace("</Invoice>", "<!-- y --></Invoice>")
    .encode(),
    "spread out": re.sub(r">([^<\s][^<]*)<", r">\n  \1\n<", TEXT).encode(),
    "other zeros": TEXT.replace(">18.60<", ">18.6<").replace(">2000<", ">2000.000<").encode(),
    "full-width digits of the number": TEXT.replace(">26322000000004180018<", ">２６３２２000000004180018<").encode(),
    "another UBL version": TEXT.replace(">2.1<", ">2.3<").encode(),
    "line ends": TEXT.replace("\n", "\r\n").encode(),
}
OTHER = {
    "price": (">88.50<", ">88.51<"),
    "quantity": (">2000<", ">2001<"),
    "account": (">6200000000000418018<", ">6200000000000418019<"),
    "due date": (">2026-12-28<", ">2026-12-29<"),
    "item": ("深沟球轴承", "浅沟球轴承"),
    "order": ("LY-PO-2026-0418", "LY-PO-2026-0419"),
    "line reference": ("<cbc:LineID>1<", "<cbc:LineID>9<"),
}


@pytest.mark.parametrize("data", SAME.values(), ids=SAME.keys())
def test_same_invoice_in_other_bytes(data: bytes) -> None:
    assert data != INVOICE
    assert formats.business_key(read(data)) == formats.business_key(read(INVOICE))
    assert formats.content_key(read(data)) == formats.content_key(read(INVOICE))


@pytest.mark.parametrize(("old", "new"), OTHER.values(), ids=OTHER.keys())
def test_other_content_under_the_same_number(old: str, new: str) -> None:
    assert old in TEXT
    changed = read(TEXT.replace(old, new).encode())
    assert formats.content_key(changed) != formats.content_key(read(INVOICE))
    assert formats.contradicts(changed, read(INVOICE))
    assert formats.contradicts(read(INVOICE), changed)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("26322000000004180018", "26322000000004180019"),
        ("2026-11-02", "2026-11-03"),
        ("91320594MA0DEM0132", "91320594MA0DEM0133"),
        ("91370200MA0DEM021W", "91370200MA0DEM021X"),
        (">CNY<", ">EUR<"),
    ],
)
def test_the_business_key_says_who_what_and_how_much(old: str, new: str) -> None:
    assert old in TEXT
    assert formats.business_key(read(TEXT.replace(old, new).encode())) != formats.business_key(read(INVOICE))


def test_a_key_cannot_be_forged_by_line_breaks_in_a_field() -> None:
    forged = read(TEXT.replace("26322000000004180018", "1&#10;date=2020-01-01").encode())
    assert len(formats.business_key(forged).split("\n")) == len(formats.business_key(read(INVOICE)).split("\n"))


@pytest.mark.parametrize("data", SAME.values(), ids=SAME.keys())
def test_the_same_invoice_does_not_contradict_itself(data: bytes) -> None:
    assert not formats.contradicts(read(data), read(INVOICE))


DOCUMENT = read(INVOICE)
# Words around the matter, and what makes a document's identity.
UNCOMPARED = (
    "kind",
    "number",
    "lines",
    "totals",
    "currency",
    "notes",
    "others",
    "syntax",
    "version",
    "uuid",
    "remarks",
)
OPTIONAL = [each.name for each in fields(DOCUMENT) if each.name not in UNCOMPARED]


@given(
    st.sets(st.sampled_from(OPTIONAL)), st.booleans(), st.sets(st.sampled_from([each.name for each in fields(Totals)]))
)
def test_silence_contradicts_nothing(left_out: set[str], without_lines: bool, totals: set[str]) -> None:
    """A carrier that says less is the same document, whichever of the two is held against the other."""
    silent: dict[str, object] = {name: () if isinstance(getattr(DOCUMENT, name), tuple) else None for name in left_out}
    silent["totals"] = replace(DOCUMENT.totals, **dict.fromkeys(totals))
    less = replace(DOCUMENT, **silent)  # type: ignore[arg-type]  # each is optional
    less = replace(less, lines=() if without_lines else less.lines)
    assert not formats.contradicts(less, DOCUMENT)
    assert not formats.contradicts(DOCUMENT, less)


@given(st.sampled_from([each.name for each in fields(Totals)]), st.decimals("0.01", "99", places=2))
def test_another_amount_contradicts(name: str, more: Decimal) -> None:
    stated = getattr(DOCUMENT.totals, name) or Decimal(1)
    one = replace(DOCUMENT, totals=replace(DOCUMENT.totals, **{name: stated}))
    other = replace(DOCUMENT, totals=replace(DOCUMENT.totals, **{name: stated + more}))
    assert formats.contradicts(one, other)
    assert formats.contradicts(other, one)


@given(
    st.integers(0, len(DOCUMENT.lines) - 1), st.sampled_from(["amount", "tax", "quantity", "price"]), st.integers(1, 99)
)
def test_another_figure_on_a_line_contradicts(at: int, name: str, more: int) -> None:
    lines = list(DOCUMENT.lines)
    lines[at] = replace(lines[at], **{name: (getattr(lines[at], name) or Decimal(0)) + more})
    one, other = replace(DOCUMENT, lines=tuple(lines)), DOCUMENT
    assert formats.contradicts(one, other) is (getattr(DOCUMENT.lines[at], name) is not None)
    assert formats.contradicts(replace(DOCUMENT, lines=DOCUMENT.lines[:-1]), DOCUMENT)


@given(st.decimals("0.01", "9999", places=13), st.integers(2, 13))
def test_a_price_that_a_print_rounds_is_the_same_price(price: Decimal, places: int) -> None:
    rounded = price.quantize(Decimal(1).scaleb(-places))
    one, other = (replace(DOCUMENT, lines=(replace(DOCUMENT.lines[0], price=each),)) for each in (price, rounded))
    assert not formats.contradicts(one, other)


def test_another_party_contradicts_by_the_identifier_that_both_state() -> None:
    seller = DOCUMENT.seller
    assert seller is not None
    same = replace(DOCUMENT, seller=replace(seller, name="Another Name"))
    by_name = replace(DOCUMENT, seller=Party(name="Another Name"))
    other = replace(DOCUMENT, seller=replace(seller, company_id="91370200MA0DEM021W"))
    assert [formats.contradicts(each, DOCUMENT) for each in (same, by_name, other)] == [False, True, True]
