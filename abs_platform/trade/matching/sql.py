"""The texts of the matching: one definition, filled in for all trades or for those of an event.

The event's form is a function in the database (migrations install it with `install`), so that its plan is made once in a
session and one event is one round trip.
"""

from pathlib import Path
from string import Template

_FOLDER = Path(__file__).parent

COLUMNS = (
    "trade_id", "unit", "ordered", "despatched", "received", "rejected", "short", "accepted", "invoiced", "credited",
    "ordered_amount", "invoiced_amount", "credited_amount", "uncovered", "unit_value", "value_accepted", "value_invoiced",
    "used_again_by", "status",
)  # fmt: skip
PIECE_COLUMNS = ("of_id", "starts", "by_id", "trade_id", "ends", "available")
AGREEING = ("matched", "to_receive", "to_invoice")
"""Statuses of rows that say nothing against each other."""
_ROLL_UP = {
    "rows": "count(*)",
    "matched": "count(*) FILTER (WHERE status = 'matched')",
    "differing": "count(*) FILTER (WHERE status NOT IN ({}))".format(", ".join(f"'{each}'" for each in AGREEING)),
    "consumed_twice": "count(used_again_by)",
    **{
        name: f"coalesce(sum({name}), 0)"
        for name in ("ordered_amount", "invoiced_amount", "credited_amount", "value_accepted", "value_invoiced")
    },
}
ROLL_UP_COLUMNS = tuple(_ROLL_UP)
_STORED = {
    "rows": ("trade_linematch", ("line_id", *COLUMNS), "derived"),
    "pieces": ("trade_consumption", PIECE_COLUMNS, "pieces"),
    "sums": ("trade_tradematch", ("trade_id", *ROLL_UP_COLUMNS), "derived"),
    "cleared": ("trade_cleared", ("item_id", "filed_in", "trade_id", "invoice_id", "beyond"), "cleared"),
    "clearings": ("trade_clearing", ("invoice_id", "starts", "item_id", "trade_id", "ends", "billed"), "clearings"),
}
STORED = tuple(_STORED)
TABLES = tuple(table for table, _, _ in _STORED.values())
"""What is derived."""


AMONG = "{} = ANY (%(trades)s::uuid[])"
"""Some trades. The full form goes many by many, so that its time grows with the lines and its memory does not."""


class _Text(Template):
    """`$affected(column)` is the condition that narrows the text to an event's trades."""

    idpattern = r"(?a:[_a-z][_a-z0-9]*)"


def _read(name: str) -> str:
    return (_FOLDER / f"{name}.sql").read_text(encoding="utf-8")


def _narrowed(text: str, condition: str) -> str:
    """`condition` with "{}" for the column, else one without it."""
    parts = text.split("$affected(")
    return parts[0] + "".join(
        condition.format(column) + rest for column, _, rest in (part.partition(")") for part in parts[1:])
    )


def standing(condition: str = "true") -> str:
    """Lines brought up to how their documents stand."""
    return _narrowed(_read("standing"), condition)


def definition(condition: str = "true") -> str:
    """WITH …: `derived`, the rows; `pieces`, what is consumed."""
    return _narrowed(_read("definition"), condition)


def clearing(condition: str = "true") -> str:
    """WITH …: `cleared`, where payments and credit notes count; `clearings`, which of them clear what of an invoice."""
    return _narrowed(_read("clearing"), condition)


EVENT = (
    "SELECT true, trade_id, line_id FROM trade_match(%(trades)s::uuid[]) "
    "UNION ALL SELECT false, trade_id, item_id FROM trade_clear(%(trades)s::uuid[])"
)
"""An event, by the functions in the database: the lines that use what others had used up, and what `trade_clear` tells."""


def roll_up(source: str) -> str:
    """SELECT … of the rows in `source`, summed by trade."""
    return f"SELECT trade_id, {', '.join(_ROLL_UP.values())} FROM {source} GROUP BY trade_id"  # noqa: S608  # our own words


def event_function() -> str:
    """CREATE FUNCTION trade_match, in the place of the one there is. Parameters: ids of the trades."""
    condition = "{} = ANY (affected)"
    return _Text(_read("event")).safe_substitute(
        standing=standing(condition).strip(),
        definition=definition(condition).strip(),
        elsewhere=_narrowed(_read("elsewhere"), condition).strip(),
        columns=", ".join(COLUMNS),
        stored_columns=", ".join(f"stored.{name}" for name in COLUMNS),
        derived_columns=", ".join(f"derived.{name}" for name in COLUMNS),
        roll_up_columns=", ".join(ROLL_UP_COLUMNS),
        roll_up=", ".join(_ROLL_UP.values()),
        excluded=", ".join(f"excluded.{name}" for name in ROLL_UP_COLUMNS),
    )


def clear_function() -> str:
    """CREATE FUNCTION trade_clear, in the place of the one there is. Parameters: ids of the trades."""
    return _Text(_read("clearing_event")).safe_substitute(clearing=clearing("{} = ANY (affected)").strip())


def stored(what: str, condition: str = "true") -> str:
    """SELECT … of what the events left: one of STORED."""
    table, columns, _ = _STORED[what]
    return f"SELECT {', '.join(columns)} FROM {table} WHERE {condition.format('trade_id')}"  # noqa: S608  # our own words


def anew(what: str, condition: str = "true") -> str:
    """SELECT … of the same, derived from the lines."""
    _, columns, source = _STORED[what]
    if what == "sums":
        return f"{definition(condition)} {roll_up(source)}"
    text = clearing if what in ("cleared", "clearings") else definition
    return f"{text(condition)} SELECT {', '.join(columns)} FROM {source}"  # noqa: S608  # our own words


def misplaced() -> list[str]:
    """DELETE … of what is stored under a trade that is not its line's, or its invoice's, any more."""
    lines = "SELECT FROM trade_matchline line WHERE line.line_id = stored.{} AND line.trade_id = stored.trade_id"
    trades = "SELECT FROM trade_matchline line WHERE line.trade_id = stored.trade_id"
    papers = "SELECT FROM trade_tradedocument filed WHERE filed.document_id = stored.invoice_id AND filed.trade_id = stored.trade_id"
    return [
        f"DELETE FROM {table} stored WHERE NOT EXISTS ({there})"  # noqa: S608  # our own words
        for table, there in (
            ("trade_linematch", lines.format("line_id")),
            ("trade_consumption", lines.format("of_id")),
            ("trade_tradematch", trades),
            ("trade_cleared", "SELECT FROM trade_trade trade WHERE trade.id = stored.trade_id"),
            ("trade_clearing", papers),
        )
    ]


def emptied() -> list[str]:
    """DELETE … of all that is stored of some trades. Parameter: trades."""
    return [f"DELETE FROM {table} WHERE {AMONG.format('trade_id')}" for table in TABLES]  # noqa: S608  # our own words


def full() -> str:
    """Lines of some trades matched anew and stored, where nothing of them is. Parameter: trades."""
    rows, pieces, sums = (", ".join(_STORED[what][1]) for what in ("rows", "pieces", "sums"))
    return (
        f"{definition(AMONG)}, "  # noqa: S608  # our own words
        f"stored_rows AS (INSERT INTO trade_linematch ({rows}) SELECT {rows} FROM derived), "
        f"stored_pieces AS (INSERT INTO trade_consumption ({pieces}) SELECT {pieces} FROM pieces) "
        f"INSERT INTO trade_tradematch ({sums}) {roll_up('derived')}"
    )


def full_clearing() -> str:
    """Invoices of some trades cleared anew and stored, where nothing of them is. Parameter: trades.

    What is stored of an item under another trade than it counts in gives way.
    """
    cleared, clearings = (", ".join(_STORED[what][1]) for what in ("cleared", "clearings"))
    return (
        f"{clearing(AMONG)}, "  # noqa: S608  # our own words
        f"stored_pieces AS (INSERT INTO trade_clearing ({clearings}) SELECT {clearings} FROM clearings) "
        f"INSERT INTO trade_cleared ({cleared}) SELECT {cleared} FROM cleared "
        "ON CONFLICT (item_id) DO UPDATE SET filed_in = excluded.filed_in, trade_id = excluded.trade_id, "
        "invoice_id = excluded.invoice_id, beyond = excluded.beyond"
    )
