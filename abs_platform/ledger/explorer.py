"""Reads for people who look around in the ledger. What the log publishes anyway, its channels, checkpoints and anchors,
is for whoever has signed in; a record is for the organisation on whose behalf it was made, and for nobody else.
"""

import base64
import binascii
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict, TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import Count, Model, OuterRef, Q, QuerySet, Subquery

from abs_platform.core.errors import NotFound
from abs_platform.ledger import selectors
from abs_platform.ledger.models import (
    Anchor,
    AnchorTransaction,
    Chain,
    Channel,
    ChannelChain,
    Checkpoint,
    Cosignature,
    PendingRecord,
    Record,
)
from abs_platform.ledger.states import AnchorState
from abs_platform.parties.actor import Actor
from abs_platform.parties.roles import Role

MOST_FOUND = 20
"""Hits of a kind in one search."""
LARGEST = 2**63 - 1

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class ChannelState:
    """A channel, its newest checkpoint, how many records wait for a place, and what size each of its chains covers."""

    channel: Channel
    newest: Checkpoint | None
    pending: int
    covered: dict[str, int]

    @property
    def anchored(self) -> int:
        """The size that as many chains cover as the channel requires."""
        sizes = sorted(self.covered.values(), reverse=True)
        return sizes[self.channel.required - 1] if len(sizes) >= self.channel.required else 0


def channels() -> list[ChannelState]:
    """Every channel, by name."""
    newest = Checkpoint.objects.filter(channel=OuterRef("id")).order_by("-size").values("id")[:1]
    rows = list(Channel.objects.annotate(newest_id=Subquery(newest)).order_by("name"))
    pending = dict(PendingRecord.objects.values_list("channel").annotate(Count("id")))
    checkpoints = Checkpoint.objects.in_bulk([row.newest_id for row in rows if row.newest_id])
    covered: dict[UUID, dict[str, int]] = {row.id: {} for row in rows}
    size = Anchor.objects.filter(
        channel=OuterRef("channel"), chain=OuterRef("chain"), contract=OuterRef("chain__contract"),
        state=AnchorState.ANCHORED,
    ).order_by("-size").values("size")[:1]  # fmt: skip
    links = ChannelChain.objects.annotate(size=Subquery(size)).order_by("chain__name")
    for channel_id, chain, reached in links.values_list("channel_id", "chain__name", "size"):
        covered[channel_id][chain] = reached or 0
    return [ChannelState(row, checkpoints.get(row.newest_id), pending.get(row.id, 0), covered[row.id]) for row in rows]


def chains_of(channel_ids: Collection[UUID]) -> dict[UUID, list[str]]:
    """The names of the chains that each channel goes to."""
    found: dict[UUID, list[str]] = {id: [] for id in channel_ids}
    links = ChannelChain.objects.filter(channel__in=list(found)).order_by("chain__name")
    for channel_id, name in links.values_list("channel_id", "chain__name"):
        found[channel_id].append(name)
    return found


def chains(*, actor: Actor) -> list[selectors.Json]:
    """How each chain does. What exactly is wrong names addresses of nodes, and is for operators; the reason is for all."""
    rows = selectors.chain_status()
    return rows if actor.has(Role.OPERATOR) else [row | {"detail": ""} for row in rows]


def checkpoints(*, channel: Channel) -> QuerySet[Checkpoint]:
    """A channel's checkpoints."""
    return Checkpoint.objects.filter(channel=channel).select_related("channel", "sm2_key", "ed25519_key")


def checkpoint(*, channel: Channel, size: int) -> Checkpoint:
    """The channel's checkpoint of that size. Raises NotFound."""
    row = checkpoints(channel=channel).filter(size=size).first() if size <= LARGEST else None
    if row is None:
        raise NotFound
    return row


def neighbours(row: Checkpoint) -> tuple[int | None, int | None]:
    """The sizes of the checkpoints before and after."""
    following = Checkpoint.objects.filter(channel=row.channel, first=row.size).values_list("size", flat=True).first()
    return row.first or None, following


def covering(*, channel: Channel, indexes: Sequence[int]) -> dict[int, list[Anchor]]:
    """For each leaf, on each chain that has one: the smallest anchored anchor over it, else the oldest under way."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT wanted.index, anchor.id
            FROM unnest(%(indexes)s::bigint[]) AS wanted(index)
            JOIN ledger_channelchain link ON link.channel_id = %(channel)s
            CROSS JOIN LATERAL (
                (SELECT a.id, 0 AS later FROM ledger_anchor a
                 WHERE a.channel_id = link.channel_id AND a.chain_id = link.chain_id AND a.size > wanted.index
                   AND a.state = 'anchored'
                 ORDER BY a.size LIMIT 1)
                UNION ALL
                (SELECT a.id, 1 AS later FROM ledger_anchor a
                 WHERE a.channel_id = link.channel_id AND a.chain_id = link.chain_id AND a.size > wanted.index
                   AND a.state IN ('prepared', 'included', 'orphaned')
                 ORDER BY a.index LIMIT 1)
                ORDER BY later LIMIT 1
            ) anchor
            """,
            {"channel": channel.id, "indexes": list(indexes)},
        )
        pairs = cursor.fetchall()
    anchors = Anchor.objects.select_related("chain").in_bulk({id for _, id in pairs})
    found: dict[int, list[Anchor]] = {index: [] for index in indexes}
    for index, id in sorted(pairs, key=lambda pair: anchors[pair[1]].chain.name):
        found[index].append(anchors[id])
    return found


def abandoned(row: Checkpoint) -> list[Anchor]:
    """Attempts to bring the checkpoint to a chain that came to nothing, the oldest first."""
    return list(row.anchors.filter(state=AnchorState.ABANDONED).select_related("chain").order_by("id"))


def leaf_hash(record: Record) -> bytes:
    """The hash of the record's leaf, which it has from the beginning."""
    return bytes(record.leaf.hash if hasattr(record, "leaf") else record.pending.leaf_hash)


class RecordFilter(TypedDict, total=False):
    """Which records: of a channel, under a template, about a subject, at a place in the log, made from `since` until
    just before `until`.
    """

    channel: str
    template: str
    subject: UUID
    index: int
    since: datetime
    until: datetime


def records(*, actor: Actor, wanted: RecordFilter | None = None) -> QuerySet[Record]:
    """The records of the actor's organisation; of the platform itself too for its operator."""
    own = Q(organisation_id=actor.organisation_id) if actor.organisation_id else Q(pk__in=[])
    if actor.has(Role.OPERATOR):
        own |= Q(organisation_id=None)
    conditions = {
        "channel": "channel__name", "template": "template", "subject": "subject_id", "index": "leaf__index",
        "since": "time__gte", "until": "time__lt",
    }  # fmt: skip
    asked = {conditions[name]: value for name, value in (wanted or {}).items()}
    return Record.objects.filter(own, **asked).select_related("channel")


def record(*, actor: Actor, record_id: UUID) -> Record:
    """One record of the actor's organisation. Raises NotFound for another's as for none."""
    row = records(actor=actor).filter(id=record_id).select_related("leaf", "pending").first()
    if row is None:
        raise NotFound
    return row


def smallest_over(channel: Channel, index: int) -> Checkpoint:
    """The checkpoint that the leaf came with."""
    return checkpoints(channel=channel).filter(size__gt=index).earliest("size")


def cosignatures(channel: Channel, index: int) -> list[Cosignature]:
    """Of each witness, the first of its cosignatures over the leaf."""
    over = Cosignature.objects.filter(checkpoint__channel=channel, checkpoint__size__gt=index)
    first: dict[str, Cosignature] = {}
    for row in over.select_related("checkpoint").order_by("checkpoint__size")[: 5 * MOST_FOUND]:
        first.setdefault(row.witness, row)
    return list(first.values())


def attempts(record: Record, index: int) -> list[Anchor]:
    """Every anchor that was to bring the record to a chain that had it not yet, by chain and in order."""
    found: list[Anchor] = []
    for link in ChannelChain.objects.filter(channel=record.channel).select_related("chain").order_by("chain__name"):
        over = Anchor.objects.filter(channel=record.channel, chain=link.chain, size__gt=index)
        # Those that cover the leaf first are the smallest; how often an attempt fails has no bound, what is shown has.
        nearest = over.select_related("chain", "checkpoint").prefetch_related("transactions").order_by("size", "id")
        found += [anchor for anchor in nearest[:MOST_FOUND] if anchor.first <= index]
    return found


@dataclass(frozen=True, slots=True)
class Found:
    """What a search came upon."""

    records: Sequence[Record] = ()
    checkpoints: Sequence[Checkpoint] = ()
    anchors: Sequence[Anchor] = ()


HASH = re.compile(r"(?:0x)?([0-9a-fA-F]{64})")


def search(*, actor: Actor, text: str) -> Found:
    """What `text` names: a number (a record's place in the log, a checkpoint's size, a block), a hash in hex (a leaf, a
    root, a transaction) or base64 (a root, as in a note), an id (a record or what it is about). Records: own ones only.
    """
    text = text.strip()
    if text.isascii() and text.isdigit():
        return _by_number(actor, int(text)) if int(text[:20]) <= LARGEST and len(text) < 20 else Found()
    if digest := _digest_of(text):
        return _by_hash(actor, digest)
    try:
        id = UUID(text)
    except ValueError:
        return Found()
    return Found(records=_first(records(actor=actor).filter(Q(id=id) | Q(subject_id=id))))


def _digest_of(text: str) -> bytes | None:
    if match := HASH.fullmatch(text):
        return bytes.fromhex(match[1])
    try:
        decoded = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return decoded if len(decoded) == 32 else None


def _by_number(actor: Actor, number: int) -> Found:
    return Found(
        records=_first(records(actor=actor, wanted={"index": number})),
        checkpoints=_first(_any_checkpoint().filter(size=number)),
        anchors=_first(_any_anchor().filter(block=number)),
    )


def _by_hash(actor: Actor, digest: bytes) -> Found:
    sent = AnchorTransaction.objects.filter(chain__in=list(Chain.objects.all()), transaction=digest)
    carried = list(sent.values_list("anchor_id", flat=True))
    return Found(
        records=_first(records(actor=actor).filter(leaf__hash=digest)),
        checkpoints=_first(_any_checkpoint().filter(root=digest)),
        anchors=_first(_any_anchor().filter(Q(id__in=carried) | Q(transaction=digest))),
    )


def _any_checkpoint() -> QuerySet[Checkpoint]:
    return Checkpoint.objects.select_related("channel", "sm2_key", "ed25519_key")


def _any_anchor() -> QuerySet[Anchor]:
    return Anchor.objects.select_related("chain", "channel")


def _first(rows: "QuerySet[M]") -> list[M]:
    return list(rows.order_by("-id")[:MOST_FOUND])
