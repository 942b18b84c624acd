"""How a provider words its questions and answers, as data: aggregators of the tax office's 查验平台 differ in names alone.

They take a number, a code (legacy invoices), a date, an amount and a check code, under names such as fphm, fpdm, kprq, je,
jym or InvoiceNo, InvoiceCode, InvoiceDate, InvoiceSum, VerifyCode, and answer with a return code, a state, and a list of
red-letter invoices. A form in a JSON file names these (see STANDARD); the provider's contract says what its codes mean.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from abs_platform.integrations.formats.model import fold
from abs_platform.integrations.tax.status import (
    CODES,
    FIGURE_LIMIT,
    MAX_RED_NUMBERS,
    Answer,
    Malformed,
    NotConfigured,
    Query,
    Rejected,
    Status,
)

Json = Any  # Any: JSON of a stranger's making
MAX_TEXT = 200
ENCODINGS = ("json", "form")
ATTRIBUTES = frozenset(each.name for each in fields(Query))


@dataclass(frozen=True, slots=True)
class Form:
    """Paths are names joined by dots.

    `request`: their name → ours, a date with its form ("issue_date:%Y%m%d"). `outcome`: where the return code stands;
    `answered` and `unknown`: which codes mean "here it is" and "no such invoice"; every other refuses us. `state`: where
    the standing is; `states`: their code → DOMAIN's number. `echo`: what must say again what was asked, path → attribute.
    `red`: the list of red-letter invoices, and in each its number and its amount with tax. `said`: what is kept.
    """

    request: Mapping[str, str]
    state: str
    states: Mapping[str, int]
    encoding: str = "json"
    outcome: str = ""
    answered: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    echo: Mapping[str, str] | None = None
    red: str = ""
    red_number: str = ""
    red_amount: str = ""
    said: Mapping[str, str] | None = None

    def asked(self, query: Query) -> dict[str, str]:
        """The question in their words; what the invoice does not state is left out."""
        found = {theirs: _worded(query, ours) for theirs, ours in self.request.items()}
        return {name: text for name, text in found.items() if text}

    def read(self, body: Json, query: Query) -> Answer:
        """Their answer in our words. Raises Rejected, Malformed."""
        outcome = _text(_at(body, self.outcome)) if self.outcome else ""
        said = {name: text for name, path in (self.said or {}).items() if (text := _text(_at(body, path)))}
        if outcome in self.unknown:
            return Answer(Status.NOT_VERIFIED, said=said)
        if self.outcome and outcome not in self.answered:
            raise Rejected(f"it answered with code {outcome[:40] or 'none'}")
        for path, attribute in (self.echo or {}).items():
            if fold(_text(_at(body, path))) != fold(_worded(query, attribute)):
                raise Malformed(f"{path} is not what was asked about")
        state = _text(_at(body, self.state))
        if state not in self.states:
            raise Malformed(f"{self.state} is {state[:40] or 'missing'!r}, which its form does not know")
        status = CODES[self.states[state]]
        if status != Status.RED_LETTER:
            return Answer(status, said=said)
        return Answer(status, *self._red(body), said=said)

    def _red(self, body: Json) -> tuple[Decimal | None, tuple[str, ...]]:
        """The sum of the red-letter invoices, None where none states its amount, and their numbers."""
        rows = _at(body, self.red) if self.red else None
        if rows is None:
            return None, ()
        if not isinstance(rows, list) or len(rows) > MAX_RED_NUMBERS:
            raise Malformed(f"{self.red} is no list of at most {MAX_RED_NUMBERS}")
        amounts = [amount for row in rows if (amount := _amount(_at(row, self.red_amount))) is not None]
        numbers = tuple(dict.fromkeys(text for row in rows if (text := _text(_at(row, self.red_number)))))
        total = sum(amounts, Decimal(0))
        if amounts and not 0 < total < FIGURE_LIMIT:
            raise Malformed(f"the amounts of {self.red} add up to nothing, or to more than anything real")
        return (total if amounts else None), numbers


STANDARD = Form(
    request={
        "number": "number",
        "code": "code",
        "check_code": "check_code",
        "issue_date": "issue_date:%Y-%m-%d",
        "amount": "amount",
        "total": "total",
        "seller_id": "seller_id",
        "buyer_id": "buyer_id",
    },
    state="status",
    states={str(number): number for number in CODES},
    echo={"number": "number"},
    red="red_letters",
    red_number="number",
    red_amount="amount",
    said={"message": "message", "reference": "reference"},
)
"""`{"number": "…", "status": 7, "red_letters": [{"number": "…", "amount": "113.00"}], "message": "…", "reference": "…"}`"""


def read_form(file: Path) -> Form:
    """The form in a JSON file: an object with the fields of `Form`. Raises NotConfigured."""
    try:
        stated: Json = json.loads(file.read_text(encoding="utf-8"))
        fields_of: dict[str, Json] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in stated.items()
        }
        form = Form(**fields_of)
        _check(form)
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise NotConfigured(f"the tax form {file.name} cannot be used: {error}") from error
    return form


def _check(form: Form) -> None:
    ours = [*form.request.values(), *(form.echo or {}).values()]
    unknown = {name.partition(":")[0] for name in ours} - ATTRIBUTES
    numbers = set(form.states.values()) - set(CODES)
    if unknown or numbers or form.encoding not in ENCODINGS or not form.state:
        raise ValueError(f"unknown: {', '.join(map(str, [*unknown, *numbers])) or 'encoding or state'}")


def _worded(query: Query, attribute: str) -> str:
    name, _, pattern = attribute.partition(":")
    value = getattr(query, name)
    if isinstance(value, date):
        return value.strftime(pattern or "%Y-%m-%d")
    return format(value, "f") if isinstance(value, Decimal) else value or ""


def _at(body: Json, path: str) -> Json:
    """What stands at a path; None where nothing does."""
    for name in path.split(".") if path else ():
        body = body.get(name) if isinstance(body, dict) else None
    return body


def _text(value: Json) -> str:
    """A text or a number as a short text without control characters; anything else is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        return ""
    return "".join(character for character in str(value)[:MAX_TEXT] if character.isprintable()).strip()


def _amount(value: Json) -> Decimal | None:
    """An amount without its sign, which red-letter invoices carry or leave out."""
    if value is None or value == "":
        return None
    try:
        amount = abs(Decimal(_text(value)))
    except InvalidOperation:
        raise Malformed("a red-letter invoice's amount is no number") from None
    if not amount.is_finite() or amount >= FIGURE_LIMIT:
        raise Malformed("a red-letter invoice's amount is beyond anything real")
    return amount.quantize(Decimal("0.0001"))
