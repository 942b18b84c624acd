"""Tables whose amounts are in 万元, 千元 or millions: read exactly, shown, and asked about where they say too little."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from abs_platform.documents.models import Document
from abs_platform.imports import cells, presets
from abs_platform.imports.fields import BY_NAME
from abs_platform.imports.units import Heading, unit_of
from tests.imports import sheets
from tests.imports.sheets import BUYER, Cell
from tests.imports.using import Import
from tests.support.world import World

D = Decimal
HEADERS = [
    ("金额", None), ("金额（含税）", None), ("本币无税金额", None), ("Amount in document currency", None), ("开票金额（大写）", None),
    ("金额(元)", "1"), ("金额（元，含税）", "1"), ("单价(元/吨)", "1"), ("单价(元/千克)", "1"), ("Amount (USD)", "1"),
    ("金额(千元)", "1000"), ("税额_千元", "1000"), ("Amount (CNY '000)", "1000"), ("Amount (RMB’000)", "1000"), ("Amount (k)", "1000"),
    ("Amount in thousands of RMB", "1000"), ("Amount (KRMB)", "1000"), ("Total (000)", "1000"),
    ("金额(万元)", "10000"), ("含税金额（万元）", "10000"), ("金额（含税，万元）", "10000"), ("价税合计（单位：万元）", "10000"),
    ("金额/万元", "10000"), ("金额万元", "10000"), ("金额（万）", "10000"), ("金额（人民币万元）", "10000"), ("单价（万元/吨）", "10000"),
    ("Amount (RMB 10k)", "10000"), ("Amount (RMB 10,000)", "10000"), ("Amount (10k RMB)", "10000"), ("金额(万美元)", "10000"),
    ("金额(十万元)", "100000"), ("金额（百万元）", "1000000"), ("Amount, RMB million", "1000000"), ("Amount (RMB mn)", "1000000"),
    ("金额【亿元】", "100000000"), ("Amount (USD bn)", "1000000000"),
    ("金额(元/万元)", ""), ("万元金额", ""), ("Net value (M)", ""), ("Total (1,000)", ""), ("Amount K", ""),
]  # fmt: skip


@pytest.mark.parametrize(("header", "factor"), HEADERS)
def test_what_a_header_says_of_its_unit(header: str, factor: str | None) -> None:
    found = unit_of(header)
    assert (found.factor if found else None) == factor


@pytest.mark.parametrize(
    ("above", "headers", "expected"),
    [
        ([], ["单价", "金额", "税额"], ["1", "1", "1"]),
        ([["销售发票列表", "", "单位：元"]], ["单价", "金额", "税额"], ["1", "1", "1"]),
        ([["编制单位：某某有限公司"]], ["单价", "金额", "税额"], ["1", "1", "1"]),
        ([["单位：千克"]], ["单价", "金额", "税额"], ["1", "1", "1"]),
        ([], ["单价(元)", "金额(万元)", "税额（千元）"], ["1", "10000", "1000"]),
        ([["编制单位：某某有限公司", "金额单位：人民币万元"]], ["单价(元)", "金额", "税额"], ["1", "10000", "10000"]),
        ([["单位：", "万元"]], ["单价(元)", "金额", "税额"], ["1", "10000", "10000"]),
        ([["Invoices (in RMB thousands)"]], ["单价(元)", "金额", "税额"], ["1", "1000", "1000"]),
        ([["单位：万元"]], ["单价", "金额", "税额(元)"], ["", "10000", "1"]),  # prices are mostly in 元
        ([], ["单价(元)", "金额(万元)", "税额"], ["1", "10000", ""]),
        ([["单位：元、万元"]], ["单价", "金额", "税额"], ["", "", ""]),
        ([["", "金额（万元）", ""]], ["单价(元)", "金额", "税额"], ["1", "", ""]),  # of how many columns?
    ],
)
def test_the_units_of_a_table(above: list[list[str]], headers: list[str], expected: list[str]) -> None:
    columns = {"price": 0, "amount": 1, "tax": 2}
    assert list(Heading(headers, above).units(columns).values()) == expected


@pytest.mark.parametrize("header", ["金额万元", "金额/万元", "金额(万元)", "金额：千元"])
def test_a_unit_behind_a_name_does_not_hide_it(header: str) -> None:
    assert presets.folded(header) == "金额"


@pytest.mark.parametrize(
    ("text", "scale", "expected"),
    [
        ("12.5", 10_000, (D(125_000), "")), ("0.0000001", 1000, (D("0.0001"), "")), ("1,234.567891", 10_000, (D("12345678.91"), "")),
        ("(3)", 1000, (D(-3000), "")), ("¥2", 10_000, (D(20_000), "")), ("", 10_000, (None, "")), ("x", 10_000, (None, "decimal_invalid")),
        ("99999999999", 10_000, (D(999_999_999_990_000), "")), ("100000000000", 10_000, (None, "decimal_invalid")),
        ("125000元", 10_000, (None, "unit_differs")), ("12.5万元", 10_000, (None, "decimal_invalid")),
    ],
)  # fmt: skip
def test_figures_are_scaled_exactly(text: str, scale: int, expected: tuple[object, str]) -> None:
    found = cells.typed(
        pl.Series([text]), BY_NAME["amount"], date_order="ymd", decimal_mark=".", scale=D(scale)
    )  # fmt: skip
    assert (found.values[0], "" if found.codes is None else found.codes[0]) == expected


def u8_in_ten_thousands() -> list[list[Cell]]:
    """用友 U8 as finance departments hand it on: title, unit above the headers, prices in 元, sums."""
    return [
        ["销售发票汇总表"],
        ["编制单位：示例轴承有限公司", None, None, None, None, None, "金额单位：人民币万元"],
        ["发票号", "开票日期", "客户名称", "存货名称", "数量", "无税单价（元）", "无税金额", "税额", "价税合计总额"],
        ["24322000000000000001", date(2026, 3, 2), BUYER.name, "轴承 6204", 10_000, 12.345, 12.345, 1.60485, 20.340565],
        [None, None, None, "轴承 6205", 5000, 11.31, 5.655, 0.73515, None],
        ["合计", None, None, None, 15_000, None, 18, 2.34, 20.34],
    ]  # fmt: skip


def test_a_title_in_ten_thousands_is_read_exactly_and_shown(world: World) -> None:
    found = Import.of(world.supplier.browser, sheets.as_xlsx(u8_in_ten_thousands()), name="u8.xlsx")
    seen = found.seen()
    assert (seen["state"], seen["missing"], seen["counts"]["wrong"]) == ("ready", [], 0)
    assert seen["mapping"]["units"] == {"price": "1", "amount": "10000", "tax": "10000", "total": "10000"}
    assert [column["unit"] for column in seen["columns"]][5:7] == ["1", None]
    found.act("import")
    [document] = Document.objects.filter(kind="invoice")
    lines = [(line["price"], line["amount"], line["tax"]) for line in document.content["lines"]]
    assert lines == [("12.345", "123450", "16048.5"), ("11.31", "56550", "7351.5")]
    assert (document.content["totals"]["lines"], document.content["totals"]["payable"]) == ("180000", "203405.65")


def in_thousands(*headers: str) -> list[list[Cell]]:
    return [["Invoice No", "Invoice Date", "Customer", *headers], ["I-1", "2026-03-01", BUYER.name, "10", "1.3", "5"]]


def test_what_headers_leave_open_waits_for_somebody_to_say(world: World) -> None:
    table = in_thousands("Net amount (RMB '000)", "VAT amount", "Unit price")
    found = Import.of(world.supplier.browser, table)
    seen = found.seen()
    assert (seen["state"], seen["missing"]) == ("mapping", ["money_unit"])
    assert seen["mapping"]["units"] == {"amount": "1000", "tax": "", "price": ""}
    columns = seen["mapping"]["columns"]
    refused = found.map(columns, status=422)
    assert (refused["code"], refused["params"]["fields"]) == ("unit_unclear", ["tax", "price"])
    assert found.map(columns, status=422, units={"tax": "7", "price": "1"})["code"] == "invalid_input"
    assert found.map(columns, status=422, units={"quantity": "1000"})["code"] == "unit_unknown"
    found.map(columns, units={"tax": "1000", "price": "1"}, save_as="in thousands")
    assert found.seen()["mapping"]["units"] == {"amount": "1000", "tax": "1000", "price": "1"}
    found.act("import")
    [document] = Document.objects.filter(kind="invoice")
    [line] = document.content["lines"]
    assert (line["amount"], line["tax"], line["price"]) == ("10000", "1300", "5")

    again = Import.of(world.supplier.browser, table).seen()  # as the saved mapping says
    assert (again["state"], again["saved_as"]) == ("ready", "in thousands")
    contradicted = Import.of(world.supplier.browser, [["Unit: RMB million"], *table]).seen()
    assert (contradicted["state"], contradicted["missing"]) == ("mapping", ["money_unit"])
    assert contradicted["mapping"]["units"] == {"amount": "1000", "tax": "", "price": "1"}
    proposals = world.supplier.browser.get(f"imports/{contradicted['id']}/proposals?header_row=2")["proposals"]
    assert {each["source"]: each["mapping"]["units"] for each in proposals}["guess"]["tax"] == "1000000"


def test_a_corrected_cell_is_in_its_column_s_unit_and_says_what_the_document_says_so(world: World) -> None:
    head = ["发票号码", "开票日期", "客户名称", "金额（万元）", "价税合计总额（万元）"]
    rows = [[f"K-{at}", "2026-03-01", BUYER.name, "1.5x", "3"] for at in (1, 1)]
    rows[1][3:] = ["1.5", "3.1"]
    found = Import.of(world.supplier.browser, [head, *rows])
    assert found.correct(2, 3, "1.5")["row"]["errors"] == []
    [wrong] = found.rows(wrong=True)
    assert [(error["code"], D(error["params"]["expected"])) for error in wrong["errors"]] == [("header_differs", D(3))]
    found.correct(3, 4, "3")
    found.act("import")
    assert [entry["total"] for entry in found.entries()] == ["30000.00"]


def test_a_currency_beside_the_unit_counts(world: World) -> None:
    rows = [["发票号码", "开票日期", "客户名称", "金额(万美元)"], ["K-1", "2026-03-01", BUYER.name, "1.5"]]
    found = Import.of(world.supplier.browser, rows)
    assert found.seen()["mapping"]["defaults"] == {"currency": "USD"}
    found.act("import")
    assert [(entry["total"], entry["currency"]) for entry in found.entries()] == [("15000.00", "USD")]


def test_what_a_cell_is_read_as_is_told_where_that_is_not_what_it_says(world: World) -> None:
    table = [
        ["发票号码", "开票日期", "购买方名称", "金额（万元）", "税率"],
        ["K-1", "03/04/2026", BUYER.name, "1.00", "0.13"],
        ["K-2", "2026-04-05", BUYER.name, "12,5x", "13"],
    ]
    found = Import.of(world.supplier.browser, table)
    columns, amount = (
        {"number": 0, "issue_date": 1, "buyer_name": 2, "amount": 3, "tax_percent": 4},
        {"amount": "10000"},
    )

    def read() -> list[dict[str, str]]:
        return [row["read"] for row in found.rows()]

    found.map(columns, date_order="dmy", units=amount)
    assert read() == [{}, {"1": "2026-04-03", "3": "10000", "4": "13"}, {}]
    found.map(columns, date_order="mdy", units=amount)
    assert read()[1]["1"] == "2026-03-04"
    assert found.correct(3, 3, "2.50")["row"]["read"] == {"3": "25000"}
