"""Cosignatures: a configured witness tells that it found a checkpoint consistent with all that it had seen of the log.

That it looked is the witness's promise, made by its signature; what is checked here is that the signature is its own.
"""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import transaction

from abs_platform.core import audit, clock
from abs_platform.core.errors import Invalid
from abs_platform.core.subjects import SubjectRef
from abs_platform.ledger import note, public_log
from abs_platform.ledger.models import Checkpoint, Cosignature
from abs_platform.parties.actor import Actor

CLOCKS_DIFFER = timedelta(minutes=10)
"""How far a witness's clock may be from ours."""


def parse(text: str) -> tuple[int, str]:
    """What a witness sends: the checkpoint's size on a line, and its signature line. Raises Invalid."""
    first, _, rest = text.partition("\n")
    line = rest.removesuffix("\n")
    if not (first.isascii() and first.isdigit() and len(first) <= 18) or not line or "\n" in line:
        raise Invalid(
            "cosignature_malformed",
            "Send two lines: the checkpoint's size in decimal, and the witness's signature line.",
        )
    return int(first), line


def cosign(*, channel: str, text: str) -> tuple[Cosignature, bool]:
    """Keep a witness's cosignature of a stored checkpoint; whether it is a new one.

    Raises NotFound for an unknown channel or size, and Invalid for anything but a valid line of a configured witness.
    """
    size, line = parse(text)
    checkpoint = public_log.checkpoint(public_log.channel_named(channel), size)
    witness, seconds = _verified(checkpoint, line)
    time = _moment(checkpoint, seconds)
    with transaction.atomic():
        row, created = Cosignature.objects.get_or_create(
            checkpoint=checkpoint, witness=witness, defaults={"line": line, "time": time}
        )
        if created:
            audit.record(
                actor=Actor(label=f"witness {witness}"),
                verb="ledger.cosigned",
                subject=SubjectRef("checkpoint", checkpoint.id),
                detail={"channel": channel, "size": size},
            )
    return row, created


def _verified(checkpoint: Checkpoint, line: str) -> tuple[str, int]:
    """The witness whose line this is, and the Unix time that it states."""
    found = note.signatures(f"\n\n{line}\n")
    # In its one proper form: the line is kept as it is, and verifiers refuse a whole note for one that is not.
    if len(found) != 1 or len(line) > 300 or found[0].line() != line:
        raise Invalid("cosignature_malformed", "This is no signature line: — <name> <base64 of key id and signature>.")
    known = {entry["name"]: bytes.fromhex(entry["public"]) for entry in settings.WITNESSES}
    name = found[0].name
    if name not in known:
        raise Invalid(
            "witness_unknown",
            f"{name!r} is no witness of this log. Its operator can add it to ABS_WITNESSES.",
            name=name,
        )
    try:
        signed = note.parse(checkpoint.note)
        seconds = note.verify_cosignature(signed, found[0], name=name, public=known[name])
    except note.InvalidNote as error:
        raise Invalid(
            "cosignature_wrong",
            f"This is not a valid cosignature of the checkpoint of size {checkpoint.size}: {error}.",
            size=checkpoint.size,
        ) from None
    return name, seconds


def _moment(checkpoint: Checkpoint, seconds: int) -> datetime:
    earliest, latest = checkpoint.time - CLOCKS_DIFFER, clock.now() + CLOCKS_DIFFER
    if not earliest.timestamp() <= seconds <= latest.timestamp():
        raise Invalid(
            "cosignature_time",
            "The cosignature's time is before the checkpoint or in the future. Set the witness's clock.",
        )
    return datetime.fromtimestamp(seconds, UTC)
