"""A round with a time-stamp authority (RFC 3161): has the next checkpoint's body stamped, and keeps the verified token.

A request is stored before it is sent, and in any doubt the very same goes out again; whichever answer to it holds is as
good as another. A token counts when its chain of signatures leads to a trusted root, its digest is SHA-256 of the
checkpoint's body, and its time is possible: neither before the checkpoint was made nor yet to come.
"""

import hashlib
from datetime import timedelta

from abs_platform.core import clock, crashpoints
from abs_platform.integrations.timestamps import InvalidToken, TimestampAuthority
from abs_platform.ledger.anchors import (
    Next,
    Place,
    Sendable,
    change,
    next_checkpoint,
    open_anchors,
    records_taken_in,
    store,
)
from abs_platform.ledger.models import Anchor, AnchorTransaction, Chain, Checkpoint

CLOCK_TOLERANCE = timedelta(minutes=5)


def stamped(checkpoint: Checkpoint) -> bytes:
    """What a time-stamp is over: the checkpoint's body, the note up to its empty line."""
    return checkpoint.note.partition("\n\n")[0].encode() + b"\n"


def stamp(chain: Chain, authority: TimestampAuthority) -> bool:
    """One round. Returns whether something is left to do there. Raises ChainError."""
    under_way = open_anchors(chain)
    if not under_way:
        following = next_checkpoint(chain)
        if following is None:
            return False
        anchor = _prepare(chain, authority, following)
        under_way = [anchor] if anchor else []
    for anchor in under_way:
        _pursue(anchor, authority)
    return bool(open_anchors(chain)) or next_checkpoint(chain) is not None


def _prepare(chain: Chain, authority: TimestampAuthority, following: Next) -> Anchor | None:
    raw = authority.request(stamped(following.checkpoint))
    sendable = Sendable(raw, hashlib.sha256(raw).digest())
    crashpoints.reach("anchor.signed")
    anchor = store(chain, following, records=records_taken_in(following.checkpoint), sendable=sendable)
    crashpoints.reach("anchor.stored")
    return anchor


def _pursue(anchor: Anchor, authority: TimestampAuthority) -> None:
    stored = anchor.transactions.get()
    AnchorTransaction.objects.filter(id=stored.id, sent_at=None).update(sent_at=clock.now())
    found = authority.stamp(bytes(stored.raw), stamped(anchor.checkpoint))
    crashpoints.reach("anchor.sent")
    earliest, latest = anchor.checkpoint.time - CLOCK_TOLERANCE, clock.now() + CLOCK_TOLERANCE
    if not earliest <= found.time <= latest:
        raise InvalidToken(
            f"the authority's time {found.time:%Y-%m-%d %H:%M:%S} UTC cannot be: the checkpoint was made at "
            f"{anchor.checkpoint.time:%Y-%m-%d %H:%M:%S} UTC and it is {clock.now():%Y-%m-%d %H:%M:%S} UTC here"
        )
    crashpoints.reach("anchor.seen")
    change(anchor.id, "include", place=Place(found.time, token=found.token), settle=True)
