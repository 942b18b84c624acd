"""PDFs of Chinese invoices: what is embedded, else what is printed, in whatever order it was drawn."""

import random
import time
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from abs_platform.integrations import formats
from abs_platform.integrations.formats.cn.printed import invoice_in_print
from abs_platform.integrations.formats.cn.rows import Row, Run, rows_of
from abs_platform.integrations.formats.model import Extracted, Level
from abs_platform.integrations.formats.reading import Verdict
from tests.formats.cn_papers import (
    FONTS,
    LABELS,
    PAPER,
    RED,
    Item,
    Text,
    ofd_members,
    packed,
    pdf,
    right,
    shown,
    xbrl,
    xml,
)


def document(data: bytes) -> Extracted:
    extracted = formats.parse(data)
    assert extracted is not None
    return extracted


def rules(data: bytes) -> dict[str, Level]:
    return {remark.rule: remark.level for remark in formats.read(data).all_remarks}


PRINT = [*LABELS, *shown()]


def test_the_form_of_the_shudian_invoice() -> None:
    data = pdf(PRINT)
    printed = document(data)
    assert formats.read(data).format == "PDF print"
    assert rules(data) == {"read_from_print": Level.ATTENTION}
    assert formats.business_key(printed) == formats.business_key(document(xml()))
    assert not formats.contradicts(printed, document(xml()))
    [line] = printed.lines
    assert (line.item_name, line.item_description, line.unit) == ("*轴承*深沟球轴承", "6204-2RS", "套")
    assert (line.quantity, line.price, line.tax_percent) == (Decimal(20), Decimal("18.5840707964602"), Decimal(13))
    assert (printed.totals.tax_exclusive, printed.totals.tax) == (Decimal("371.68"), Decimal("48.32"))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("size", ["2.6mm", "3mm"])
def test_the_order_of_drawing_does_not_matter(seed: int, size: str) -> None:
    texts = list(PRINT)
    random.Random(seed).shuffle(texts)
    assert formats.content_key(document(pdf(texts, size=size))) == formats.content_key(document(pdf(PRINT)))


@pytest.mark.parametrize(
    "change",
    [
        {"buyer": ("张伟", "")},
        {"net": "420.00", "tax": "***", "items": (Item(amount="420.00", price="21", rate="免税", tax="***"),)},
        {"net": "12345678.90", "tax": "1604938.26", "total": "13950617.16", "words": "", "items": ()},
        {"items": (Item(quantity="", price="", unit="", spec=""),)},
        {"items": (Item(spec="", unit="批", quantity="1", price="371.68"),)},
    ],
)
def test_other_invoices_on_the_form(change: dict[str, object]) -> None:
    paper = replace(PAPER, **change)  # type: ignore[arg-type]  # one field each
    printed, stated = document(pdf([*LABELS, *shown(paper)])), document(xml(paper))
    assert formats.business_key(printed) == formats.business_key(stated)
    assert not formats.contradicts(printed, stated)
    assert len(printed.lines) == len(stated.lines)


def test_a_red_letter_print() -> None:
    printed = document(pdf([*LABELS, *shown(RED)]))
    assert (printed.kind, printed.invoice_numbers, printed.total) == ("credit_note", (PAPER.number,), Decimal("420.00"))
    assert formats.business_key(printed) == formats.business_key(document(xml(RED)))


LEGACY: tuple[Text, ...] = (
    (69, 12, "江苏增值税电子普通发票"),
    *((148, 9 + 5 * n, label) for n, label in enumerate(("发票代码：", "发票号码：", "开票日期：", "校 验 码："))),
    *((164, 9 + 5 * n, text) for n, text in enumerate(("032002000111", "66543210", "2020年06月18日", "03272 87581 96862 71285"))),
    (6, 24, "机器编号：499099906712"),
    *((7, 33 + 6 * n, sign) for n, sign in enumerate("购买方")),
    *((13, 34 + 5 * n, label) for n, label in enumerate(("名        称：", "纳税人识别号：", "地 址、电 话：", "开户行及账号："))),
    (38, 34, "青岛海晟装备有限公司"),
    (38, 39, "91370200MA0DEM021W"),
    (38, 49, "中国银行青岛分行 3700123456789012"),
    *((121, 34 + 6 * n, sign) for n, sign in enumerate("密码区")),
    *((128, 34 + 4 * n, "0092--9<+4-+/8+>-0<1<>157731") for n in range(4)),
    *((x, 55, title) for x, title in ((20, "货物或应税劳务、服务名称"), (64, "规格型号"), (85, "单位"), (99, "数 量"))),
    *((x, 55, title) for x, title in ((118, "单 价"), (144, "金 额"), (164, "税率"), (184, "税 额"))),
    (6, 60, "*餐饮服务*餐费"),
    (86, 60, "次"),
    right(111, 60, "3"),
    right(134, 60, "100"),
    right(161, 60, "300.00"),
    right(174, 60, "6%"),
    right(203, 60, "18.00"),
    (22, 94, "合        计"),
    right(161, 94, "¥300.00"),
    right(203, 94, "¥18.00"),
    (17, 101, "价税合计（大写）"),
    (63, 101, "⊗叁佰壹拾捌圆整"),
    (156, 101, "（小写）"),
    (170, 101, "¥318.00"),
    *((7, 108 + 6 * n, sign) for n, sign in enumerate("销售方")),
    *((13, 108 + 5 * n, label) for n, label in enumerate(("名        称：", "纳税人识别号：", "地 址、电 话：", "开户行及账号："))),
    (38, 108, "苏州精工轴承有限公司"),
    (38, 113, "91320594MA0DEM0132"),
    (38, 123, "中国建设银行苏州分行 32050198863600001234"),
    *((121, 108 + 8 * n, sign) for n, sign in enumerate("备注")),
    (7, 130, "收款人：付强"),
)  # fmt: skip


@pytest.mark.parametrize("seed", [None, 1, 2])
def test_the_form_of_the_legacy_invoice(seed: int | None) -> None:
    texts = list(LEGACY)
    if seed is not None:
        random.Random(seed).shuffle(texts)
    printed = document(pdf(texts))
    assert (printed.number, printed.total, str(printed.issue_date)) == (
        "03200200011166543210",
        Decimal("318.00"),
        "2020-06-18",
    )
    assert printed.buyer is not None
    assert printed.seller is not None
    assert (printed.buyer.name, printed.buyer.company_id) == ("青岛海晟装备有限公司", "91370200MA0DEM021W")
    assert (printed.seller.name, printed.seller.company_id) == ("苏州精工轴承有限公司", "91320594MA0DEM0132")
    assert printed.payee_account == "32050198863600001234"
    [line] = printed.lines
    assert (line.item_name, line.unit, line.quantity, line.price) == ("*餐饮服务*餐费", "次", Decimal(3), Decimal(100))
    assert [remark.rule for remark in printed.remarks] == ["read_from_print"]


EMBEDDED = {
    "einvoice": {"einvoice.xml": xml()},
    "under another name": {"data.bin": xml()},
    "ofd": {"invoice.ofd": packed(ofd_members(attached={"einvoice.xml": xml()}))},
    "accounts": {"einv.xml": xbrl()},
}


@pytest.mark.parametrize("what", EMBEDDED)
def test_what_is_embedded_counts(what: str) -> None:
    data = pdf(PRINT, EMBEDDED[what])
    extracted = document(data)
    assert formats.business_key(extracted) == formats.business_key(document(xml()))
    assert not formats.contradicts(extracted, document(xml()))
    assert "read_from_print" not in rules(data)
    assert "seen_differs_from_stated" not in rules(data)


def test_what_is_seen_must_be_what_is_embedded() -> None:
    data = pdf([*LABELS, *shown(replace(PAPER, total="4200.00"))], {"einvoice.xml": xml()})
    assert rules(data)["seen_differs_from_stated"] == Level.ATTENTION
    assert document(data).total == Decimal("420.00")


def test_the_flag_in_an_embedded_instance_counts() -> None:
    assert rules(pdf(PRINT, {"a.xml": xml(), "b.xml": xbrl(financed="true")}))["already_financed"] == Level.ATTENTION


@pytest.mark.parametrize(
    "texts",
    [
        [],
        [(10.0, 10.0, "会议通知")],
        [(10.0, 10.0, "发票号码：26322000000004180018")],
        [(10.0, 10.0, "发票号码：1"), (10.0, 20.0, "开票日期：2026年13月45日"), (10.0, 30.0, "（小写）¥1")],
    ],
)
def test_other_pdfs_are_kept_for_entry(texts: list[Text]) -> None:
    reading = formats.read(pdf(texts))
    assert (reading.document, reading.media_type, reading.verdict) == (None, "application/pdf", Verdict.ATTENTION)
    assert [remark.rule for remark in reading.remarks] == ["no_structured_data"]


@pytest.mark.parametrize("data", [b"%PDF-1.7 x", b"%PDF-1.4\n%%EOF", b"%PDF-" + b"\0" * 10_000])
def test_broken_pdfs_are_attachments(data: bytes) -> None:
    assert formats.parse(data) is None


def test_impossible_dates_and_figures_in_print_are_refused() -> None:
    with pytest.raises(formats.Refused) as refusal:
        formats.parse(pdf([*LABELS, *shown(replace(PAPER, day="2026-02-30"))]))
    assert refusal.value.code == "day_invalid"


def test_a_flood_of_text_ends() -> None:
    started = time.monotonic()
    flood = [(float(x % 200), float(x % 140), "发票号码：" * 20) for x in range(600)]
    formats.read(pdf(flood))
    assert time.monotonic() - started < 10


@given(
    st.lists(
        st.builds(
            Run,
            st.integers(0, 2),
            st.floats(-1e5, 1e5),
            st.floats(-1e5, 1e5),
            st.floats(0, 1e3),
            st.floats(0.1, 100),
            st.text("发票号码：26¥ 0.大小写（）名称合计*%\t\n金额税率单", max_size=30),
        ),
        max_size=40,
    )
)
@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_anywhere_is_read_or_refused(runs: list[Run]) -> None:
    rows = rows_of(runs)
    assert all(isinstance(row, Row) and row.cells for row in rows)
    try:
        printed = invoice_in_print(rows, "PDF print")
        assert printed is None or (printed.number and printed.issue_date and printed.total is not None)
    except formats.Refused as refusal:
        assert refusal.code in ("figure_invalid", "day_invalid", "text_too_long", "text_invalid")


WHOLE = pdf(PRINT, {"einvoice.xml": xml()}) if FONTS.is_dir() else b""


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_damaged_pdfs_are_read_kept_or_refused(data: st.DataObject) -> None:
    if not WHOLE:
        pytest.skip("the fonts are not installed")
    broken = bytearray(WHOLE)
    for at in data.draw(st.lists(st.integers(0, len(broken) - 1), min_size=1, max_size=8)):
        broken[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.sampled_from([len(broken), len(broken), len(broken) // 3]))
    reading = formats.read(bytes(broken[:cut]))
    assert reading.document is not None or reading.verdict != Verdict.ACCEPTED or not reading.media_type.endswith("pdf")
