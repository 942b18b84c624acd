"""Tables: 100,000 rows of 13 columns, from a file's bytes to typed rows with every bad cell kept and named.

Ours is the product's reader and its checks under a mapping. `csv` and `xlsx` run both in one process, as the peers run: csv
or openpyxl in plain Python, Decimal and date for each cell, errors kept. `csv_confined` and `xlsx_confined` are the same
files as the product takes them: to the reader's confined process, and back from it as columns of text, which no peer does.
"""

import csv
import io
import random
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import partial

import openpyxl
import xlsxwriter

from abs_platform.imports import checking, guessing
from abs_platform.integrations import tables
from abs_platform.integrations.tables import child
from tests.bench._measuring import Figure, Progress, faster, timed

ROWS = 100_000
ROUNDS = 5
BAD_EVERY = 1_000
HEADERS = (
    "发票号码", "开票日期", "购买方名称", "购买方税号", "行号", "物料编码", "物料名称", "数量", "单位", "单价", "金额", "税率", "订单号",
)  # fmt: skip
DATES, FIGURES, RATES = (1,), (7, 9, 10), (11,)
Row = Sequence[str]


def figures_of(progress: Progress, *, rows: int = ROWS, rounds: int = ROUNDS) -> list[Figure]:
    """csv, csv_confined, xlsx, xlsx_confined."""
    table = _made(rows)
    tables.read(b"a,b\n1,2\n")  # the reader's process is there
    found = []
    for name, data, peer, their_name, goal in (
        ("csv", _csv(table), _by_csv, "csv + Decimal", ">=10"),
        ("xlsx", _xlsx(table), _by_openpyxl, "openpyxl + Decimal", ">=12"),
    ):
        ours, confined, theirs = [], [], []
        for number in range(1, rounds + 1):
            ours.append(timed(partial(_ours, child.read, data, rows)))
            confined.append(timed(partial(_ours, tables.read, data, rows)))
            if number <= (rounds if name == "csv" else 2):
                theirs.append(timed(partial(peer, data, rows)))
            else:
                theirs.append(theirs[-1])
            seconds = f"{ours[-1]:.2f} s, confined {confined[-1]:.2f} s, peer {theirs[-1]:.2f} s"
            progress(f"{name}, round {number} of {rounds}: {seconds}")
        found.append(faster(name, "s", ours, their_name, theirs, goal))
        found.append(faster(f"{name}_confined", "s", confined, f"{their_name}, not confined", theirs))
    return found


def _made(rows: int) -> list[list[str]]:
    dice = random.Random(4)
    made = []
    for number in range(rows):
        quantity, price = dice.randint(1, 500), dice.randint(100, 99_999) / 100
        day = date(2026, 1, 1) + timedelta(days=number // 3 % 300)
        made.append([
            f"2432{number // 3:016d}", day.isoformat(), "示例集团有限公司", "91110000MA0DEM0123", str(number % 3 + 1),
            f"B-{number % 977:05d}", "轴承 6204-2RS", str(quantity), "PCE", f"{price:.2f}", f"{quantity * price:.2f}", "13%",
            f"PO{number // 9:08d}",
        ])  # fmt: skip
        if number % BAD_EVERY == 7:
            made[-1][7] = "about ten"
    return made


def _csv(table: Iterable[Row]) -> bytes:
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow(HEADERS)
    writer.writerows(table)
    return target.getvalue().encode("utf-8-sig")


def _xlsx(table: Iterable[Row]) -> bytes:
    """Dates as dates, figures as figures."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"constant_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, HEADERS)
        for number, row in enumerate(table, start=1):
            for column, cell in enumerate(row):
                if column in DATES:
                    sheet.write_datetime(number, column, datetime.fromisoformat(cell), day)
                elif column in FIGURES and cell[0].isdigit():
                    sheet.write_number(number, column, float(cell))
                else:
                    sheet.write_string(number, column, cell)
    return target.getvalue()


def _ours(read: Callable[[bytes], tables.Table], data: bytes, rows: int) -> None:
    table = read(data)
    guess = guessing.guess(table.frame, kind="invoice", saved=(), figures_are_plain=table.format != "CSV")
    typed, errors = checking.typed(
        table.frame.with_row_index("row", offset=1),
        kind="invoice",
        plan=guess.plan,
        header_row=guess.header_row,
        lost=table.lost,
    )
    if (typed.height, errors.height) != (rows, len(range(7, rows, BAD_EVERY))):
        raise RuntimeError(f"{typed.height} rows, {errors.height} errors")


def _by_csv(data: bytes, rows: int) -> None:
    reader = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    next(reader)
    _typed(reader, rows, _day_of_text)


def _by_openpyxl(data: bytes, rows: int) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(data), read_only=True).active
    assert sheet is not None
    _typed(sheet.iter_rows(min_row=2, values_only=True), rows, _day_of_cell)


_CONTROLS = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def _typed(lines: Iterable[Sequence[object]], rows: int, day: Callable[[object], object]) -> None:
    """Typed rows and the cells that could not be typed, with the checks that ours makes: lengths, controls, empty ones."""
    found, errors = [], []
    for number, line in enumerate(lines, start=2):
        row: list[object] = []
        for column, cell in enumerate(line):
            try:
                if column in DATES:
                    row.append(day(cell))
                elif column in FIGURES:
                    row.append(Decimal(str(cell).strip().replace(",", "")))
                elif column in RATES:
                    row.append(Decimal(str(cell).strip().rstrip("%")))
                else:
                    text = str(cell).strip()
                    if not text or len(text) > 500 or _CONTROLS.search(text):
                        raise ValueError
                    row.append(text)
            except (ValueError, InvalidOperation):
                row.append(None)
                errors.append((number, column, cell))
        found.append(row)
    if (len(found), len(errors)) != (rows, len(range(7, rows, BAD_EVERY))):
        raise RuntimeError(f"{len(found)} rows, {len(errors)} errors")


def _day_of_text(cell: object) -> object:
    return date.fromisoformat(str(cell).strip())


def _day_of_cell(cell: object) -> object:
    if not isinstance(cell, datetime):
        raise ValueError
    return cell.date()
