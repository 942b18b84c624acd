"""What somebody decides on documents, before anything is signed. Pure Python."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from abs_platform.core.errors import Invalid
from abs_platform.core.rest.fields import number
from abs_platform.integrations.formats.model import Line
from abs_platform.trade.facts import stated_quantity, takes_back

Json = dict[str, Any]  # Any: JSON
MOST_DOCUMENTS = 500
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Choice:
    """Confirm or dispute one document, as the content says that `content_digest` names.

    `quantities`: how much of which line (by position, from 0) is confirmed; None: the whole document. What is not named
    is not confirmed; `rest_disputed`: and disputed, for `reason`.
    """

    document_id: UUID
    decision: str  # "confirm", "dispute"
    content_digest: str
    quantities: Mapping[int, Decimal] | None = None
    rest_disputed: bool = False
    reason_code: str = ""
    reason: str = ""

    @property
    def action(self) -> str:
        """The action in the table of confirmations."""
        return "confirm_part" if self.quantities is not None else self.decision

    @property
    def is_dispute(self) -> bool:
        """Whether it disputes anything."""
        return self.decision == "dispute" or self.rest_disputed


def check_reason(choice: Choice) -> None:
    """Raises Invalid where a dispute does not say why."""
    if choice.is_dispute and not choice.reason.strip():
        raise Invalid("reason_missing", "Say why you dispute it, so that the supplier can mend it.")


def check_quantities(
    choice: Choice, lines: Sequence[Line], *, kind: str, confirmed: Mapping[int, Decimal] | None
) -> None:
    """Raises Invalid unless a part is a part: of known lines, above zero in all, none above what is stated or below what
    was confirmed before (`confirmed`)."""
    if choice.quantities is None:
        return
    for position, quantity in choice.quantities.items():
        line = lines[position] if 0 <= position < len(lines) else None
        stated = stated_quantity(line, kind=kind) if line and not takes_back(line) else None
        if line is None or stated is None:
            raise Invalid("line_unknown", "Name only lines that state a quantity.", line=position + 1)
        if not ZERO <= quantity <= stated:
            raise Invalid(
                "quantity_above_stated",
                f"Line {line.id} states {number(stated)}: confirm from 0 up to that.",
                line=line.id,
                stated=number(stated),
            )
    for position, before in (confirmed or {}).items():
        if before > 0 and choice.quantities.get(position, ZERO) < before:
            raise Invalid(
                "quantity_taken_back",
                f"Line {lines[position].id} was confirmed with {number(before)} already, which stays confirmed.",
                line=lines[position].id,
                confirmed=number(before),
            )
    if not any(choice.quantities.values()):
        raise Invalid("nothing_confirmed", "Confirm a quantity of some line, or dispute the document.")


def parts_of(choice: Choice, lines: Sequence[Line]) -> list[dict[str, str | int]] | None:
    """The lines of a part as statements and rows name them; None for the whole document."""
    if choice.quantities is None:
        return None
    return [
        {"position": position, "line": lines[position].id, "quantity": number(quantity) or "0"}
        for position, quantity in sorted(choice.quantities.items())
    ]


def to_json(choices: Sequence[Choice]) -> list[Json]:
    """Choices to keep with a proposal."""
    return [
        {
            "id": str(each.document_id),
            "content_digest": each.content_digest,
            "lines": None
            if each.quantities is None
            else [{"position": at, "quantity": str(quantity)} for at, quantity in sorted(each.quantities.items())],
            "rest_disputed": each.rest_disputed,
            "reason_code": each.reason_code,
            "reason": each.reason,
        }
        for each in choices
    ]


def from_json(rows: Sequence[Json]) -> list[Choice]:
    """What `to_json` made, or a request's documents: confirmations all."""
    return [
        Choice(
            document_id=UUID(str(each["id"])),
            decision="confirm",
            content_digest=each["content_digest"],
            quantities=quantities_of(each.get("lines")),
            rest_disputed=each.get("rest_disputed", False),
            reason_code=each.get("reason_code", ""),
            reason=each.get("reason", ""),
        )
        for each in rows
    ]


def quantities_of(lines: Sequence[Json] | None) -> dict[int, Decimal] | None:
    """[{"position", "quantity"}] by position. Raises Invalid for a line named twice."""
    if lines is None:
        return None
    found = {int(each["position"]): Decimal(each["quantity"]) for each in lines}
    if len(found) < len(lines):
        raise Invalid("line_twice", "Name each line once.")
    return found
