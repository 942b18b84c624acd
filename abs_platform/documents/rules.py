"""What can be told of a file from what was read from it. Pure Python."""

import dataclasses
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from uuid import UUID

from abs_platform.integrations.formats.model import Extracted, fold
from abs_platform.integrations.formats.reading import Member
from abs_platform.integrations.formats.refusal import Refused

# Beyond this no figure of a real document lies, and the columns end.
FIGURE_LIMIT = Decimal(10) ** 15
# A seller uses an invoice number once, whoever the buyer is: the same one to two buyers is one claim sold twice.
NUMBERED_ONCE = frozenset({"invoice", "credit_note"})


def reading_lane(owner_id: UUID) -> str:
    """The lane of an organisation's readings: one runs at a time, so that nobody's files keep everybody else's waiting."""
    return f"reading:{owner_id}"


def filing_lane(owner_id: UUID) -> str:
    """The lane in which an organisation's documents are filed: they lock their owner, and would wait in all workers."""
    return f"filing:{owner_id}"


def number_key(extracted: Extracted, buyer_id: UUID | None) -> str:
    """What a second document of the same number shares with the first, however its number is written."""
    return _number_key(extracted, buyer_id, fold(extracted.number))


def number_shape(extracted: Extracted, buyer_id: UUID | None) -> str:
    """The same, blind to punctuation and leading zeros: RK-01 and RK1 look alike."""
    bare = "".join(c for c in fold(extracted.number) if c.isalnum())
    return _number_key(extracted, buyer_id, re.sub(r"(?<!\d)0+(?=\d)", "", bare))


def _number_key(extracted: Extracted, buyer_id: UUID | None, number: str) -> str:
    buyer = ""
    if extracted.kind not in NUMBERED_ONCE:
        identifiers = extracted.buyer.identifiers() if extracted.buyer else []
        buyer = str(buyer_id) if buyer_id else ":".join(identifiers[0]) if identifiers else ""
    return f"{extracted.kind}|{buyer}|{number}"


def check_plausible(extracted: Extracted | None) -> None:
    """Raises Refused where a figure, stated or summed up, is beyond anything real."""
    if extracted is None:
        return
    for part in (extracted.totals, *extracted.lines):
        for name, figure in _figures(part):
            if not abs(figure) < FIGURE_LIMIT:
                raise Refused("decimal_invalid", f"{name} is {figure:.0e}, beyond any real document.", field=name)


def check_members(members: Sequence[Member], *, limit: int) -> None:
    """Raises Refused where a member of an archive is larger than a file may be: all of them are taken, or none."""
    for member in members:
        if len(member.data) > limit:
            detail = f"“{member.name}” has more than {limit} bytes. Send it by itself, or in parts."
            raise Refused("archive_too_large", detail, limit=limit, member=member.name)


def _figures(part: object) -> Iterator[tuple[str, Decimal]]:
    for each in dataclasses.fields(part):  # type: ignore[arg-type]  # Totals and Line are dataclasses
        value = getattr(part, each.name)
        if isinstance(value, Decimal):
            yield each.name, value
