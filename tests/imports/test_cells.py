"""What people and ERP systems write for a date, an amount, a rate; and that no table of texts gets past the checks."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from abs_platform.imports import cells, checking, guessing, presets
from abs_platform.imports.currencies import CURRENCIES
from abs_platform.imports.fields import BY_NAME, KINDS
from abs_platform.imports.mapping import Plan, missing

D = Decimal


def typed(field: str, text: str, **more: object) -> tuple[object, str]:
    options = {"date_order": "ymd", "decimal_mark": ".", "lost": None, **more}
    found = cells.typed(pl.Series([text], dtype=pl.String), BY_NAME[field], **options)  # type: ignore[arg-type]
    return found.values[0], "" if found.codes is None else found.codes[0]


DATES = [
    ("2026-01-05", date(2026, 1, 5)), ("2026/1/5", date(2026, 1, 5)), ("2026.1.5", date(2026, 1, 5)),
    ("2026年1月5日", date(2026, 1, 5)), ("20260105", date(2026, 1, 5)), ("46027", date(2026, 1, 5)),
    ("2026-01-05 13:05:06", date(2026, 1, 5)), (" 2026-1-5 ", date(2026, 1, 5)), ("05.01.2026", date(2026, 1, 5)),
    ("", None), ("2026-02-30", "date_invalid"), ("soon", "date_invalid"), ("1/2/26", "date_invalid"), ("0001-01-01", "date_invalid"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), DATES)
def test_dates(text: str, expected: object) -> None:
    assert typed("issue_date", text) == ((None, expected) if isinstance(expected, str) else (expected, ""))


@pytest.mark.parametrize(
    ("number", "is_sum"),
    [("合 计", True), ("Total 3", True), ("SUBTOTAL", True), ("sum", True), ("ſum", True), ("**", True),
     ("小计", True), ("总 计", True), ("本页合计", True), ("累计", True), ("Grand Total", True), ("subtotal", True),
     ("合计：1,725.00元", True), ("合计金额（元）", True), ("Total: 8", True), ("N-2", False), ("24320000", False), ("GT-7", False),
     ("****", False), ("SUM-2026-1", False), ("SUMITOMO", False), ("TOTAL-3", False), ("Sum3", False)],
)  # fmt: skip
def test_a_row_of_sums_is_no_document(number: str, is_sum: bool) -> None:
    table = pl.DataFrame({"row": [2, 3], "c0": ["1", number], "c1": ["8", "8"]}, schema_overrides={"row": pl.UInt32})
    plan = Plan(columns={"number": 0, "amount": 1}, defaults={})
    rows, _ = checking.typed(table, kind="invoice", plan=plan, header_row=1)
    assert rows["row"].to_list() == ([2] if is_sum else [2, 3])


HEADED = ("number", "issue_date", "buyer_name", "item_name", "amount")


@pytest.mark.parametrize(
    ("row", "is_sum"),
    [
        (("", "", "", "SUMITOMO 6204", "500"), False),
        (("", "", "", "Total Quartz", "300"), False),
        (("", "", "", "Total 5000", "300"), False),
        (("合计", "", "", "轴承", "500"), False),
        (("Total", "2026-01-05", "B", "", "500"), False),
        (("", "", "", "小计", "500"), True),
        (("", "", "", "Sum:", "500"), True),
        (("合计", "", "", "", "500"), True),
        (("合计", "2026-01-05", "", "", "500"), True),
    ],
)
def test_a_row_that_names_goods_or_a_whole_document_is_no_sum(row: tuple[str, ...], is_sum: bool) -> None:
    rows = [("INV-1", "2026-01-05", "B", "nut", "10"), row, ("", "", "", "washer", "5")]
    frame = pl.DataFrame(rows, schema=[f"c{at}" for at in range(5)], orient="row").with_row_index("row", offset=2)
    plan = Plan({name: at for at, name in enumerate(HEADED)}, {"currency": "CNY"})
    found = checking.check(frame, kind="invoice", plan=plan, header_row=1)
    assert found.rows["row"].to_list() == ([2, 4] if is_sum else [2, 3, 4])


def checked(headers: Sequence[str], *rows: Sequence[str], **defaults: str) -> checking.Checked:
    """Rows from the second on, under columns that are the fields of an invoice."""
    frame = pl.DataFrame(
        {f"c{at}": [row[at] or None for row in rows] for at in range(len(headers))},
        schema={f"c{at}": pl.String for at in range(len(headers))},
    )
    plan = Plan({name: at for at, name in enumerate(headers)}, defaults)
    return checking.check(frame.with_row_index("row", offset=2), kind="invoice", plan=plan, header_row=1)


@pytest.mark.parametrize(
    ("figure", "currency", "wrong"),
    [
        ("$1,200.00", "CNY", True), ("USD 500", "CNY", True), ("€7", "CNY", True), ("7 hkd", "CNY", True), ("7美元", "CNY", True),
        ("¥7", "CNY", False), ("￥7", "JPY", False), ("7元", "CNY", False), ("7元", "USD", True), ("人民币7元", "CNY", False),
        ("RMB 7", "人民币", False), ("$7", "USD", False), ("$7", "HKD", False), ("US$7", "HKD", True), ("CNY $7", "CNY", True),
        ("-1,200.5", "CNY", False),
    ],
)  # fmt: skip
def test_a_figure_in_another_currency_than_its_document_s_is_named(figure: str, currency: str, wrong: bool) -> None:
    for found in (
        checked([*HEADED, "currency"], ["I-1", "2026-01-05", "B", "nut", figure, currency]),
        checked(HEADED, ["I-1", "2026-01-05", "B", "nut", figure], currency=currency),
        checked(  # which currency it is stands in the document's other row
            [*HEADED, "currency"],
            ["I-1", "2026-01-05", "B", "nut", figure, ""],
            ["I-1", "2026-01-05", "B", "nut", "1", currency],
        ),
    ):
        expected = CURRENCIES.get(currency, currency)
        assert found.errors.rows() == ([(2, "amount", "currency_differs", expected)] if wrong else [])


def test_what_belongs_to_a_document_may_stand_in_any_of_its_rows() -> None:
    found = checked(
        [*HEADED, "due_date", "total"],
        ["I-1", "2026-01-05", "B", "nut", "100", "", ""],
        ["I-2", "2026-01-05", "B", "nut", "100", "2026-04-01", ""],
        ["I-1", "2026-01-05", "B", "nut", "50", "2026-06-01", "9999"],
        ["I-1", "", "B", "nut", "50", "2026-06-02", ""],
        currency="CNY",
    )
    first = found.rows.filter(pl.col("row") == pl.col("position")).select("row", "due_date", "total")
    assert first.rows() == [(2, date(2026, 6, 1), D(9999)), (3, date(2026, 4, 1), None)]
    assert found.errors.rows() == [(5, "due_date", "header_differs", "2026-06-01")]


@pytest.mark.parametrize(
    ("cells_of", "wrong"),
    [
        ({"amount": "9" * 15}, True),
        ({"amount": "6" + "0" * 14}, True),  # twice: the document's sum
        ({"amount": "", "quantity": "9" * 15, "price": "9" * 15}, True),
        ({"amount": "6" + "0" * 14, "tax_percent": "100"}, True),
        ({"amount": "1", "total": "9" * 15 + ".9999"}, True),
        ({"amount": "400000000000", "tax_percent": "13"}, False),
    ],
)
def test_a_document_s_sums_have_a_place_in_the_columns(cells_of: dict[str, str], wrong: bool) -> None:
    """Else the background stumbles over it for ever, and the import neither ends nor can be undone."""
    names = ["number", "issue_date", "buyer_name", "amount", "quantity", "price", "tax_percent", "total"]
    row = {"number": "N-1", "issue_date": "2026-03-01", "buyer_name": "x", "quantity": "", "price": "", **cells_of}
    table = pl.DataFrame(
        {"row": [2, 3], **{f"c{at}": [row.get(name, "")] * 2 for at, name in enumerate(names)}},
        schema_overrides={"row": pl.UInt32},
    )
    plan = Plan(columns={name: at for at, name in enumerate(names)}, defaults={"currency": "CNY"})
    found = checking.check(table, kind="invoice", plan=plan, header_row=1)
    assert ("sum_too_large" in found.errors["code"].to_list()) == wrong


def test_the_order_of_a_date_is_as_mapped() -> None:
    assert typed("issue_date", "03/04/2026", date_order="dmy")[0] == date(2026, 4, 3)
    assert typed("issue_date", "03/04/2026", date_order="mdy")[0] == date(2026, 3, 4)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("03/04/2026", None),
        ("3-4-2026", None),
        ("13/04/2026", date(2026, 4, 13)),
        ("03/03/2026", date(2026, 3, 3)),
        ("03.04.2026", date(2026, 4, 3)),
    ],
)
def test_a_date_that_could_be_another_is_none_until_somebody_says_its_order(text: str, expected: date | None) -> None:
    assert typed("due_date", text) == (expected, "" if expected else "date_invalid")


@pytest.mark.parametrize(
    ("days", "order"),
    [
        (["03/04/2026", "2026-01-05"], ""),
        (["03/04/2026", "13/04/2026"], "dmy"),
        (["03/04/2026", "04-13-2026"], "mdy"),
        (["04/13/2026", "13/04/2026"], ""),
        (["03/04/2026"] * 1_500 + ["04/13/2026"], "mdy"),
        (["03.04.2026"], "dmy"),
        (["03/03/2026", "2026-01-05"], "ymd"),
    ],
)
def test_the_order_of_dates_is_guessed_by_what_can_be_no_month_and_else_left_open(days: list[str], order: str) -> None:
    columns = {"c0": ["发票号码", *(f"N-{at}" for at in range(len(days)))], "c1": ["开票日期", *days]}
    guess = guessing.guess(pl.DataFrame(columns), kind="invoice", saved=(), figures_are_plain=False)
    assert guess.plan.date_order == order


@pytest.mark.parametrize(
    ("headers", "currency"),
    [
        (["单价", "金额"], "CNY"),
        (["单价（元）", "金额（人民币）"], "CNY"),
        (["单价(usd)", "金额 ( US$ )"], "USD"),
        (["单价（元）", "金额（美元）"], None),
    ],
)
def test_the_currency_that_headers_name_is_the_table_s(headers: list[str], currency: str | None) -> None:
    frame = pl.DataFrame({f"c{at}": [header, "1"] for at, header in enumerate(["发票号码", *headers])})
    guess = guessing.guess(frame, kind="invoice", saved=(), figures_are_plain=False)
    assert guess.plan.defaults.get("currency") == currency
    assert ("currency" in missing("invoice", guess.plan)) == (currency is None)


AMOUNTS = [
    ("1", D(1)), ("1,234.50", D("1234.5")), ("¥1,234.50", D("1234.5")), ("1 234.5", D("1234.5")), ("(12.5)", D("-12.5")),
    ("12.50-", D("-12.5")), ("-5", D(-5)), ("+3.", D(3)), (".5", D("0.5")), ("１２", D(12)), ("", None),
    ("abc", "decimal_invalid"), ("1.2.3", "decimal_invalid"), ("1e5", "decimal_invalid"), ("NaN", "decimal_invalid"),
    ("1234567890123456", "decimal_invalid"), ("0.12345678901234", "decimal_invalid"), ("1,23", "decimal_invalid"),
    ("-", "decimal_invalid"), ("=1+1", "decimal_invalid"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), AMOUNTS)
def test_amounts(text: str, expected: object) -> None:
    assert typed("amount", text) == ((None, expected) if isinstance(expected, str) else (expected, ""))


def test_commas_for_decimals() -> None:
    assert [typed("amount", text, decimal_mark=",")[0] for text in ("1.234,50", "1234,5", "1.234", "5,000-")] == [
        D("1234.5"), D("1234.5"), D(1234), D(-5),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [("13%", D(13)), ("0.13", D(13)), ("13", D(13)), ("１３％", D(13)), ("免税", D(0)), ("***", D(0)), ("1", D(1)), ("0.5%", D("0.5")), ("0.5", "percent_unclear"),
     ("0.29", D(29)), ("0.3", "percent_unclear"), ("101", "percent_invalid"), ("-1", "percent_invalid")],
)  # fmt: skip
def test_rates(text: str, expected: object) -> None:
    assert typed("tax_percent", text) == ((None, expected) if isinstance(expected, str) else (expected, ""))


def test_identifiers_keep_their_digits_or_say_that_they_are_lost() -> None:
    assert typed("number", "'00123") == ("00123", "")
    assert typed("number", "2.43220E+19") == (None, "digits_lost")
    long = "24322000000000000123"
    assert typed("number", long) == (long, "")
    assert typed("number", long, lost=pl.Series([True])) == (None, "digits_lost")


WRITTEN = st.one_of(
    st.sampled_from([text for text, _ in (*DATES, *AMOUNTS)]),
    st.sampled_from(
        ["1e5", "2.4E+19", "'00123", "'=1", "a  b", "\u3000", "13%", "０.13", "免税", "元", "x\u200b", "9" * 20]
    ),
    st.text("0123456789.+-", max_size=16),
    st.text("0123456789.,-/年月日() ¥%eE'\n\tＡ\u202e", max_size=12),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6),
)


@settings(max_examples=150, deadline=None)
@example("buyer_id", ["0\xa00"], "ymd", ".", False)
@given(
    st.sampled_from(sorted(BY_NAME)),
    st.lists(st.none() | WRITTEN, max_size=6),
    st.sampled_from(["ymd", "dmy", "mdy"]),
    st.sampled_from([".", ","]),
    st.booleans(),
)
def test_a_column_looked_at_as_a_whole_gives_what_its_cells_give_one_by_one(
    name: str, written: list[str | None], order: str, mark: str, many: bool
) -> None:
    # Enough different texts that the column is looked at as one text; none of them asks for a second look.
    more = [str(number) for number in range(cells.REPETITIVE + 2)] if many else []
    column = pl.Series([*more, *written], dtype=pl.String)
    table, plain = cells.trimmed(pl.DataFrame({name: column}))
    texts, at_once = table[name], cells.read_at_once(table, mark)
    trimmed = column.fill_null("").str.strip_chars()
    assert BY_NAME[name].type in cells.TRIMMED_LATER or texts.to_list() == trimmed.to_list()
    quick = cells.typed(
        texts,
        BY_NAME[name],
        date_order=order,
        decimal_mark=mark,
        plain=name in plain,
        quick=at_once.get_column(name, default=None),
    )
    codes = [""] * len(texts) if quick.codes is None else quick.codes.to_list()
    for text, value, code in list(zip(trimmed, quick.values, codes, strict=True))[len(more) :]:
        # Beside a cell that needs every second look, alone in its column.
        beside = cells.typed(
            pl.Series([text, "  x\u202e,"]), BY_NAME[name], date_order=order, decimal_mark=mark, plain=False
        )
        assert beside.codes is not None
        assert (value, code) == (beside.values[0], beside.codes[0]), repr(text)


def test_white_space_alone_states_nothing() -> None:
    names = ["number", "issue_date", "buyer_name", "due_date", "amount", "price"]
    written = [
        ("N-1", " 2026-03-01 ", "x", "2026-05-01", "\t8 ", "4"),
        (" ", "\u3000", "\t", " ", "9", " "),  # continues the one before it, dates and all
        ("N-2", "2026-03-02", "x", "  ", "\n", "5"),  # due as is given for the whole table
        (" ", "\t", "", "\u3000", " ", " "),  # nobody's
    ]
    table = pl.DataFrame(
        {"row": [2, 3, 4, 5], **{f"c{at}": [row[at] for row in written] for at in range(len(names))}},
        schema_overrides={"row": pl.UInt32},
    )
    plan = Plan(columns={name: at for at, name in enumerate(names)}, defaults={"due_date": "2026-06-01"})
    rows, errors = checking.typed(table, kind="invoice", plan=plan, header_row=1)
    assert rows.select("row", "issue_date", "due_date", "amount", "price").rows() == [
        (2, date(2026, 3, 1), date(2026, 5, 1), D(8), D(4)),
        (3, date(2026, 3, 1), date(2026, 5, 1), D(9), None),
        (4, date(2026, 3, 2), date(2026, 6, 1), None, D(5)),
    ]
    assert errors.is_empty()


HEADERS = [word for system in presets.SYSTEMS for words in system.words.values() for word in words]
TEXTS = st.one_of(
    st.sampled_from(
        ["", " ", "合计", "小计：100.00", "total 3", "SUMITOMO 6204", "SUM-2026-1", "Total Quartz", "2026-01-01", "13%",
         "1,000.00", "CNY", "PO-1", "-", "0", "\n", "'=1", "9" * 20]
    ),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12),
)  # fmt: skip
TABLES = st.tuples(
    st.lists(st.sampled_from(HEADERS), min_size=3, max_size=8),
    st.lists(st.lists(TEXTS, min_size=8, max_size=8), max_size=12),
)


SUM = re.compile(r"(合\s*计|小计|total|sum)\s*([:：]\s*)?[\d.,]*", re.IGNORECASE)


def may_be_left_out(row: list[str], plan: Plan) -> bool:
    """Whether nothing of the row is mapped, or it is a sum: called so as a whole, and naming neither goods nor a document."""
    cells_of = {name: row[at].strip() for name, at in plan.columns.items()}
    if not any(cells_of.values()):
        return True
    first = next(cell for cell in row if cell.strip())
    goods = [cells_of[name] for name in checking.ITEMS if cells_of.get(name)]
    document = [
        cells_of.get("number"),
        cells_of.get("issue_date"),
        cells_of.get("buyer_name") or cells_of.get("buyer_id"),
    ]
    number = cells_of.get("number") or first
    return (
        all(text.strip("* ") == "" or SUM.fullmatch(text.strip()) is not None for text in (first, number))
        and all(SUM.fullmatch(text) for text in goods)
        and not all(document)
    )


@settings(max_examples=300, deadline=None)
@given(TABLES, st.sampled_from(KINDS))
def test_every_row_of_any_table_is_a_documents_or_left_out_and_sound_or_named(
    table: tuple[list[str], list[list[str]]], kind: str
) -> None:
    headers, body = table
    rows = [headers, *(row[: len(headers)] for row in body)]
    frame = pl.DataFrame(
        {f"c{at}": [row[at] or None for row in rows] for at in range(len(headers))},
        schema={f"c{at}": pl.String for at in range(len(headers))},
    )
    guess = guessing.guess(frame, kind=kind, saved=(), figures_are_plain=False)
    numbered = frame.with_row_index("row", offset=1)
    found = checking.check(numbered, kind=kind, plan=guess.plan, header_row=guess.header_row)
    numbers = found.rows["row"].to_list()
    assert numbers == sorted(set(numbers))
    assert set(numbers) <= set(range(guess.header_row + 1, len(rows) + 1))
    for number in set(range(guess.header_row + 1, len(rows) + 1)) - set(numbers):
        assert may_be_left_out(rows[number - 1], guess.plan), rows[number - 1]
    assert set(found.errors["row"]) <= set(numbers)
    assert found.rows["key"].null_count() == 0
    said = set(zip(found.errors["row"], found.errors["field"], strict=True))
    for name in guess.plan.columns:
        for number, value in zip(numbers, found.rows[name], strict=True):
            cell = (rows[number - 1][guess.plan.columns[name]] or "").strip()
            assert value is not None or not cell.strip("' ") or (number, name) in said


def test_a_plan_of_nothing_makes_no_documents() -> None:
    frame = pl.DataFrame({"row": [1, 2], "c0": ["a", "b"]}, schema={"row": pl.UInt32, "c0": pl.String})
    assert checking.check(frame, kind="invoice", plan=Plan(), header_row=1).rows.height <= 1


def test_what_a_row_that_continues_a_document_states_of_it_is_not_lost() -> None:
    rows = [["PO-1", "2026-01-05", "2026-03-01", "1"], ["", "", "", "2"], ["", "", "2026-04-01", "3"]]
    frame = pl.DataFrame(rows, schema=["c0", "c1", "c2", "c3"], orient="row").with_row_index("row", offset=2)
    plan = Plan({"number": 0, "issue_date": 1, "due_date": 2, "line_id": 3}, {"currency": "CNY", "buyer_name": "B"})
    found = checking.check(frame, kind="order", plan=plan, header_row=1)
    assert found.rows["due_date"].to_list() == [date(2026, 3, 1), date(2026, 3, 1), date(2026, 4, 1)]
    assert [row for row in found.errors.rows() if row[1] == "due_date"] == [
        (4, "due_date", "header_differs", "2026-03-01")
    ]
