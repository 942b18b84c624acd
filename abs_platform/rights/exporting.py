"""The list of rights as a file that opens rightly in Excel."""

from collections.abc import Mapping

from django.db.models import QuerySet

from abs_platform.core.rest.fields import Body
from abs_platform.core.words import Pair, said, word
from abs_platform.integrations.tables.lists import list_file
from abs_platform.integrations.tables.writing import TableFile
from abs_platform.parties.actor import Actor
from abs_platform.rights import replies
from abs_platform.rights.models import Right
from abs_platform.rights.words import DUE_BASES, MISSING, RUNGS
from abs_platform.trade import selectors as trades
from abs_platform.trade import services as trade_services

STEM = ("权利", "rights")
# The columns by what they show of a right in a reply.
COLUMNS: Mapping[str, Pair] = {
    "order_number": ("订单号", "Order number"),
    "seller": ("供应商", "Supplier"),
    "buyer": ("核心企业", "Core enterprise"),
    "rung": ("阶梯", "Rung"),
    "state": ("状态", "State"),
    "poolable": ("入池基本条件已满足", "Basic pool condition met"),
    "currency": ("币种", "Currency"),
    "base": ("基数", "Base"),
    "rate": ("比例", "Rate"),
    "supported": ("可支持金额", "Supported amount"),
    "due_date": ("到期日（确定）", "Due (certain)"),
    "expected_due_date": ("预计到期日", "Due (expected)"),
    "due_basis": ("到期日依据", "Due date follows from"),
    "missing": ("还差", "Missing"),
    "financeable_since": ("可融资起（UTC）", "Financeable since (UTC)"),
    "payment_confirmed_at": ("付款确认（UTC）", "Payment confirmed (UTC)"),
    "days_earlier": ("提前天数", "Days earlier"),
    "id": ("权利编号", "Right"),
}
FIGURES = frozenset({"base", "rate", "supported", "days_earlier"})
YES_NO: tuple[Pair, Pair] = (("否", "no"), ("是", "yes"))


def export(*, actor: Actor, rows: QuerySet[Right], form: str, language: str) -> TableFile:
    """`rows`, which the actor may see, newest first, as `form` (xlsx or csv) in `language` (zh or en).

    Those of disclosed trades go into their owners' access logs as when they are listed; what a revocation hides meanwhile
    is left out. Raises Invalid for too many.
    """

    def lines(chunk: list[Right]) -> list[list[str]]:
        return [_line(replies.right_body(row), language) for row in shown(actor=actor, rows=chunk)]

    return list_file(rows, lines, stem=STEM, columns=COLUMNS, figures=FIGURES, form=form, language=language)


def shown(*, actor: Actor, rows: list[Right]) -> list[Right]:
    """The rows of a page that may be shown; the disclosed ones go into their owners' access logs."""
    visible = trades.trades(actor=actor).filter(id__in=[row.trade_id for row in rows])
    listed = {row.id for row in trade_services.listed(actor=actor, rows=list(visible))}
    return [row for row in rows if row.trade_id in listed]


def _line(body: Body, language: str) -> list[str]:
    cells = {
        **body,
        "seller": body["seller"]["name"],
        "buyer": body["buyer"]["name"],
        "rung": f"{body['rung']} {said(RUNGS, str(body['rung']), language)}",
        "state": replies.state_in_words(body, language),
        "poolable": word(YES_NO[body["poolable"]], language),
        "due_basis": said(DUE_BASES, body["due_basis"], language),
        "missing": word(("、", ", "), language).join(said(MISSING, each, language) for each in body["missing"]),
    }
    return ["" if cells[name] is None else str(cells[name]) for name in COLUMNS]
