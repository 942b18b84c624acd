"""What a person writes over what was read: the fields that may be written, and what follows from them. Pure Python."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from abs_platform.crypto import fields
from abs_platform.integrations.formats import rechecking
from abs_platform.integrations.formats.model import (
    Extracted,
    Level,
    Remark,
    from_json,
    line_from_json,
    to_json,
)
from abs_platform.integrations.formats.rechecking import TYPED

Json = Mapping[str, Any]  # Any: JSON

HEADER = (
    "kind",
    "number",
    "issue_date",
    "currency",
    "order_number",
    "despatch_numbers",
    "receipt_numbers",
    "invoice_numbers",
    "contract_number",
    "due_date",
    "delivery_date",
    "payment_terms",
    "payee_account",
    "notes",
)
PARTIES = ("seller", "buyer")


def edited(base: Json | None, header: Json, lines: Sequence[Json]) -> Extracted:
    """The document that `header` and `lines` make of the reading `base` (JSON of Extracted; None: there was none).

    `header` holds any of HEADER, PARTIES and "totals" (of which it may state some); what it leaves out stays. `lines`
    are all lines in their order. What people do not write (other parties, syntax, UUID) stays as it was read. The
    remarks are those of `base`: see `revalidated`.
    """
    content = dict(base or {"kind": "", "number": "", "syntax": TYPED})
    content |= {name: None if header[name] == "" else header[name] for name in HEADER if name in header}
    for name in PARTIES:
        if name in header:
            party = {key: value or None for key, value in (header[name] or {}).items()}
            content[name] = {**party, "name": party.get("name") or ""} if any(party.values()) else None
    content["totals"] = {**(content.get("totals") or {}), **(header.get("totals") or {})}
    document = from_json(content)
    return dataclasses.replace(document, lines=tuple(line_from_json(_filled(line)) for line in lines))


def _filled(line: Json) -> Json:
    """A line without its empty fields, which take their defaults: an allowance left blank is none."""
    return {name: value for name, value in line.items() if value not in (None, "")}


def revalidated(document: Extracted, read: Extracted | None, *, today: date) -> Extracted:
    """The document with the remarks that hold for it now.

    Every check of its kind that does not need the file is made anew. Of what else was remarked on the reading of the file
    (`read`), what is about a field that has been corrected since is answered; what refused the file as a whole, whatever
    its fields, asks for a look from now on: a person answers for the fields.
    """
    kept = tuple(_unanswered(read, document, today)) if read else ()
    return dataclasses.replace(document, remarks=(*kept, *rechecking.remarks_of(document, read, today)))


def _unanswered(read: Extracted, document: Extracted, today: date) -> Iterator[Remark]:
    computed = rechecking.RULES | {each.rule for each in rechecking.remarks_of(read, read, today)}
    before, now = to_json(read), to_json(document)
    for remark in read.remarks:
        if remark.rule in computed:
            continue
        if remark.field and _at(before, remark.field) != _at(now, remark.field):
            continue
        is_on_all = remark.level == Level.REFUSED and not remark.field
        yield dataclasses.replace(remark, level=Level.ATTENTION) if is_on_all else remark


def _at(content: Any, path: str) -> Any:  # Any: JSON
    """What stands at a path such as "lines.3.amount"; None where there is nothing."""
    for step in path.split("."):
        if isinstance(content, list):
            content = content[int(step)] if step.isdigit() and int(step) < len(content) else None
        elif isinstance(content, Mapping):
            content = content.get(step)
        else:
            return None
    return content


def changes(before: Json | None, after: Json | None) -> list[dict[str, str | None]]:
    """Which field went from what to what, by JSON pointer; remarks are none of the document's fields."""
    old, new = _flat(before), _flat(after)
    paths = [*old, *(path for path in new if path not in old)]
    return [
        {"path": path, "from": old.get(path), "to": new.get(path)} for path in paths if old.get(path) != new.get(path)
    ]


def _flat(content: Json | None) -> dict[str, str]:
    if content is None:
        return {}
    return dict(fields.flatten({name: value for name, value in content.items() if name != "remarks"}))
