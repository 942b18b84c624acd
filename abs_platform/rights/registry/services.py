"""What the registry is to be told. Each function writes its step in the caller's transaction; a job takes it to the chain."""

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from abs_platform.core import jobs
from abs_platform.core.errors import Conflict, NotFound
from abs_platform.core.prepared import IDS, Prepared
from abs_platform.parties.actor import PLATFORM, Actor
from abs_platform.rights.models import Right
from abs_platform.rights.registry import contract, digests
from abs_platform.rights.registry.models import RegistryEntry
from abs_platform.rights.registry.states import EntryState

CARRY = "rights.registry"
CLAIM = "rights.claim"

_steps = Prepared(
    lambda: (
        RegistryEntry.objects.filter(right_id__in=Right.objects.filter(trade__id__among=IDS).values("id"))
        .order_by("id")
        .only("right_id", "kind", "rung", "active")
    )
)

Steps = Mapping[UUID, Sequence[RegistryEntry]]
"""By right, in sequence."""


def register(*, right_id: UUID) -> RegistryEntry:
    """The right exists. Repeating it changes nothing."""
    return _write(PLATFORM, f"register:{right_id}", right_id=right_id, kind="register")


def attest(*, right_id: UUID, rung: int) -> RegistryEntry:
    """The right stands on this rung of the ladder now. Repeating it changes nothing. To be called in the right's own
    order: under the lock of its trade.
    """
    before = RegistryEntry.objects.filter(right_id=right_id, kind="attest").order_by("id")
    last = before.last()
    if last is not None and last.rung == rung:
        return last
    return _write(PLATFORM, f"attest:{right_id}:{before.count()}", right_id=right_id, kind="attest", rung=rung)


def pledge(*, actor: Actor, right_id: UUID, pledge_id: UUID, holder_id: UUID) -> RegistryEntry:
    """The right is pledged or assigned to an organisation. Repeating it changes nothing.

    Raises NotFound for a right that is not registered, Conflict where another pledge of it is active here. Whether the
    registry takes it is known later: topics `registry.done` and `registry.refused`.
    """
    if not RegistryEntry.objects.filter(right_id=right_id, kind="register").exists():
        raise NotFound
    digest = digests.of_pledge(right_id=right_id, pledge_id=pledge_id, holder_id=holder_id)
    effect = f"pledge:{right_id}:{pledge_id}"
    try:
        with transaction.atomic():
            return _write(
                actor,
                effect,
                right_id=right_id,
                kind="pledge",
                pledge_id=pledge_id,
                holder_id=holder_id,
                pledge_digest=digest,
                active=True,
            )
    except IntegrityError as error:
        if (same := RegistryEntry.objects.filter(effect=effect).first()) is not None:
            return same
        raise Conflict(
            "right_pledged", "Another pledge of this right is active. Have it released first, or finance another right."
        ) from error


def release(*, actor: Actor, right_id: UUID, pledge_id: UUID) -> RegistryEntry:
    """The pledge is over. Repeating it changes nothing. Raises NotFound for a pledge that was never written."""
    pledged = RegistryEntry.objects.select_for_update().filter(effect=f"pledge:{right_id}:{pledge_id}").first()
    if pledged is None:
        raise NotFound
    if pledged.active:
        pledged.active = False
        pledged.save(update_fields=["active"])
    return _write(
        actor,
        f"release:{right_id}:{pledge_id}",
        right_id=right_id,
        kind="release",
        pledge_id=pledge_id,
        pledge_digest=pledged.pledge_digest,
    )


def settle(*, actor: Actor, right_id: UUID) -> RegistryEntry:
    """The right was paid in full: it is never pledged again, and what it rests on stays taken. Repeating it changes
    nothing. Raises NotFound for a right that is not registered.
    """
    if not RegistryEntry.objects.filter(right_id=right_id, kind="register").exists():
        raise NotFound
    return _write(actor, f"settle:{right_id}", right_id=right_id, kind="settle")


def ask(trade_ids: Sequence[UUID]) -> Callable[[], Steps]:
    """The steps of the rights of trades, within a `prepared.pipeline`: what gives them once that has ended."""
    asked = _steps.ask(trade_ids)
    return lambda: _by_right(asked())


def _by_right(rows: Sequence[RegistryEntry]) -> Steps:
    found: dict[UUID, list[RegistryEntry]] = {}
    for row in rows:
        found.setdefault(row.right_id, []).append(row)
    return found


def follow(right: Right, known: Steps) -> None:
    """Tell the registry what a right's computation changed: that it exists, its rung, and what it rests on while it is
    pledged. In the transaction that computed it. `known`: its steps, as they stand with its trade locked.
    """
    if right.financeable_since is None:
        return
    steps = known.get(right.id, ())
    if not any(step.kind == "register" for step in steps):
        register(right_id=right.id)
    if [step.rung for step in steps if step.kind == "attest"][-1:] != [right.rung]:
        attest(right_id=right.id, rung=right.rung)
    if any(step.active for step in steps):
        jobs.enqueue(CLAIM, key=str(right.id), payload={"right": str(right.id)})


def claim(*, right_id: UUID) -> None:
    """Claim what a pledged right has come to rest on since it was pledged: an invoice that came after the order. Takes a
    while; call it outside transactions.
    """
    right = Right.objects.select_related("trade").filter(id=right_id).first()
    if right is None:
        return
    present = digests.fingerprints_of(right.trade)
    with transaction.atomic():
        pledged = RegistryEntry.objects.select_for_update().filter(right_id=right_id, active=True).first()
        if pledged is None or pledged.fingerprints is None:
            return  # released meanwhile, or about to take along all there is
        claims = RegistryEntry.objects.filter(right_id=right_id, kind="claim", pledge_id=None)
        known = {bytes(each) for row in (pledged, *claims) for each in row.fingerprints or ()}
        for each in present:
            if each not in known:
                _write(
                    PLATFORM,
                    f"claim:{right_id}:{pledged.id}:{each.hex()}",
                    right_id=right_id,
                    kind="claim",
                    fingerprints=[each],
                )


def taken(*, right_id: UUID) -> bool:
    """Whether what the right rests on backs another right that is pledged or settled, on whichever platform. Asks the
    chain: call it outside transactions. Raises NotFound, Unavailable.
    """
    right = Right.objects.select_related("trade").filter(id=right_id).first()
    if right is None:
        raise NotFound
    present = digests.fingerprints_of(right.trade)
    return any(contract.asked(lambda client: client.taken(digests.of_right(right_id), present))) if present else False


def _write(actor: Actor, effect: str, *, right_id: UUID, **values: object) -> RegistryEntry:
    """Write a step unless it is there, and have it carried. Raises IntegrityError where another pledge is active."""
    if not connection.in_atomic_block:
        raise RuntimeError("a step belongs into the transaction that it tells of")
    known = RegistryEntry.objects.filter(effect=effect).first()
    if known is not None:
        return known
    row = RegistryEntry.objects.create(
        effect=effect, right_id=right_id, digest=digests.of_right(right_id), actor=actor.label, **values
    )
    jobs.enqueue(CARRY, key=CARRY)
    return row


def is_done(*, right_id: UUID, pledge_id: UUID) -> bool:
    """Whether the registry holds the pledge at the chain's depth."""
    rows = RegistryEntry.objects.filter(effect=f"pledge:{right_id}:{pledge_id}", state=EntryState.DONE)
    return rows.exists()
