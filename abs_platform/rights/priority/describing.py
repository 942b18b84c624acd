"""The description of the claim (财产描述) for filing at 中登, drafted from the facts. Pure Python; in Chinese, as 中登 takes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import cn2an

MOST_INVOICES = 50
"""That are listed one by one; of more, how many they are."""
LIMIT = Decimal(10) ** 12


@dataclass(frozen=True, slots=True)
class Named:
    """A party with its 统一社会信用代码, empty where it is not known."""

    name: str
    code: str = ""

    def __str__(self) -> str:
        return f"{self.name}（统一社会信用代码：{self.code}）" if self.code else self.name


@dataclass(frozen=True, slots=True)
class InvoiceFacts:
    """What is said of an invoice. `total` in `currency`, empty where none is stated."""

    number: str
    issue_date: date | None
    total: Decimal | None
    currency: str = ""


def description(
    *,
    creditor: Named,
    debtor: Named,
    order_number: str,
    amount: Decimal,
    currency: str,
    due_date: date | None,
    invoices: Sequence[InvoiceFacts],
) -> str:
    """One paragraph that tells the claim from every other, as a registration must to hold against others."""
    order = f"编号{order_number}的订单" if order_number else "双方之间的买卖"
    due = f"到期日：{_day(due_date)}；" if due_date else ""
    return (
        f"债权人{creditor}基于{order}向债务人{debtor}销售货物或提供服务，由此对债务人享有的应收账款及其附属权利。"
        f"应收账款金额：{_money(amount, currency)}；{due}{_invoices(invoices, currency)}"
    )


def _invoices(invoices: Sequence[InvoiceFacts], currency: str) -> str:
    if not invoices:
        return "尚未开具发票。"
    if len(invoices) > MOST_INVOICES:
        total = sum((each.total or Decimal(0) for each in invoices), Decimal(0))
        return f"对应发票共{len(invoices)}张，合计{_money(total, currency)}，清单见附件。"
    listed = "；".join(
        f"号码{each.number}"
        + (f"，开票日期{_day(each.issue_date)}" if each.issue_date else "")
        + (f"，价税合计{_amount(each.total, each.currency)}" if each.total is not None else "")
        for each in invoices
    )
    return f"对应发票共{len(invoices)}张：{listed}。"


def _money(amount: Decimal, currency: str) -> str:
    if currency != "CNY":
        return _amount(amount, currency)
    words = cn2an.an2cn(f"{amount:.2f}", "rmb") if Decimal(0) < amount < LIMIT else ""
    return f"人民币{_amount(amount, currency)}元" + (f"（大写：{words}）" if words else "")


def _amount(amount: Decimal, currency: str) -> str:
    """The figure; with its currency, where that is known and another than the yuan."""
    figure = f"{amount:,.2f}"
    return figure if currency in ("", "CNY") else f"{currency} {figure}"


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
