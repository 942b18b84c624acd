"""Tables as ERP systems export them."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date

import xlsxwriter

from abs_platform.config.demo import cast

Cell = str | float | date | None
BUYER = cast.GROUP
SELLER = cast.BEARINGS


def as_csv(rows: Iterable[Sequence[Cell]], *, encoding: str = "utf-8-sig", separator: str = ",") -> bytes:
    """Separated values."""
    target = io.StringIO(newline="")
    csv.writer(target, delimiter=separator).writerows(rows)
    return target.getvalue().encode(encoding)


def as_xlsx(rows: Iterable[Sequence[Cell]], *, sheet: str = "Sheet1", before: Sequence[str] = ()) -> bytes:
    """A workbook: dates as dates, figures as figures. `before`: names of empty sheets in front."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as workbook:
        for name in before:
            workbook.add_worksheet(name)
        page = workbook.add_worksheet(sheet)
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, date):
                    page.write_datetime(number, column, cell, day)
                elif isinstance(cell, str):
                    page.write_string(number, column, cell)
                elif cell is not None:
                    page.write_number(number, column, cell)
    return target.getvalue()


def u8_invoices() -> list[list[Cell]]:
    """用友 U8, 销售发票列表: a title, the document's fields in its first row alone, sums between."""
    buyer = BUYER.name
    return [
        ["销售发票列表"],
        ["发票号", "开票日期", "客户名称", "税号", "存货编码", "存货名称", "规格型号", "主计量", "数量", "无税单价", "无税金额", "税率", "税额", "订单号", "币种"],
        ["24322000000000000001", date(2026, 3, 2), buyer, BUYER.credit_code, "B-1", "轴承 6204", "6204-2RS", "PCE", 100, 10, 1000, "13%", 130, "PO-U8-1", "人民币"],
        [None, None, None, None, "B-2", "轴承 6205", "6205-2RS", "PCE", 50, 12.5, 625, "13%", 81.25, "PO-U8-1", None],
        ["24322000000000000002", date(2026, 3, 5), buyer, BUYER.credit_code, "B-1", "轴承 6204", "6204-2RS", "PCE", 10, 10, 100, "13%", 13, "PO-U8-1", "人民币"],
        ["合计", None, None, None, None, None, None, None, 160, None, 1725, None, 224.25, None, None],
    ]  # fmt: skip


def k3_orders() -> list[list[Cell]]:
    """金蝶云星空, 销售订单: text everywhere, thousands' marks."""
    return [
        ["单据编号", "日期", "客户", "客户税号", "物料编码", "物料名称", "规格型号", "销售单位", "销售数量", "单价", "金额", "税率%", "结算币别"],
        ["PO-K3-1", "2026/2/1", BUYER.name, BUYER.credit_code, "B-1", "轴承", "6204", "PCE", "1,000", "10.00", "10,000.00", "13", "人民币"],
        ["PO-K3-1", "2026/2/1", BUYER.name, BUYER.credit_code, "B-2", "轴承", "6205", "PCE", "200", "12.50", "2,500.00", "13", "人民币"],
        ["PO-K3-2", "2026/2/3", BUYER.name, BUYER.credit_code, "B-1", "轴承", "6204", "PCE", "5", "10.00", "50.00", "13", "人民币"],
    ]  # fmt: skip


def sap_receipts() -> list[list[Cell]]:
    """SAP, MB51: semicolons, decimal commas, days first, a minus behind."""
    return [
        ["Material Document", "Posting Date", "Name 1", "Material", "Material Description", "Qty in unit of entry", "Unit of Entry", "Purchase Order", "PO Item"],
        ["5000000001", "13.03.2026", BUYER.name, "B-1", "Bearing 6204", "1.000,000", "PCE", "PO-K3-1", "10"],
        ["5000000001", "13.03.2026", BUYER.name, "B-2", "Bearing 6205", "200,000", "PCE", "PO-K3-1", "20"],
        ["5000000002", "14.03.2026", BUYER.name, "B-1", "Bearing 6204", "5,000-", "PCE", "PO-K3-2", "10"],
    ]  # fmt: skip


def simple_invoices(count: int, *, lines: int = 1, prefix: str = "INV") -> list[list[Cell]]:
    """Plain invoices of one order each."""
    head: list[Cell] = [
        "发票号码",
        "开票日期",
        "购买方名称",
        "购买方税号",
        "物料名称",
        "数量",
        "单价",
        "金额",
        "税率",
        "订单号",
    ]
    return [
        head,
        *(
            [f"{prefix}-{n}", "2026-03-01", BUYER.name, BUYER.credit_code, f"item {line}", "2", "50", "100", "13%", f"PO-{prefix}-{n}"]
            for n in range(count)
            for line in range(lines)
        ),
    ]  # fmt: skip
