"""Reads of the log. It holds commitments and nothing readable, so whoever may see a subject may see its record;
the callers, who know the subject, decide that."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Count, Q

from abs_platform.core import clock
from abs_platform.core.errors import NotFound
from abs_platform.crypto.merkle import Hasher, Prover
from abs_platform.integrations.accounts import address
from abs_platform.ledger import keys, public_log
from abs_platform.ledger.entries import rfc3339
from abs_platform.ledger.models import Anchor, Chain, Channel, Checkpoint, Leaf, Record
from abs_platform.ledger.note import COSIGNATURE, vkey
from abs_platform.ledger.readers import StoredLog
from abs_platform.ledger.services import MAIN
from abs_platform.ledger.states import OPEN, AnchorState

Json = dict[str, Any]  # Any: JSON
CANDIDATES = 16
"""How many anchored checkpoints of each chain, the smallest over a record, are looked at for one that stands on enough."""
UNWATCHED_AFTER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class AnchorView:
    """Where the smallest anchored checkpoint over a record stands on one chain; while there is none, how far one is.

    `block`, `block_hash` ("0x…"), `time` (of the block) and `tx` ("0x…") are None before the transaction is in a block. A
    time-stamp authority (kind "rfc3161") has a time only.
    """

    chain: str
    kind: str
    chain_id: int | None
    block: int | None
    block_hash: str | None
    time: datetime | None
    tx: str | None
    state: str

    @property
    def anchored(self) -> bool:
        """Whether it is final."""
        return self.state == AnchorState.ANCHORED


@dataclass(frozen=True, slots=True)
class Position:
    """A record's place: no index while it is pending; the smallest checkpoint over it; one view for each chain; on how
    many of them it must be.
    """

    index: int | None = None
    checkpoint_size: int | None = None
    anchors: tuple[AnchorView, ...] = ()
    required: int = 1

    @property
    def is_anchored(self) -> bool:
        """Whether it is final on as many chains as its channel asks for."""
        return sum(view.anchored for view in self.anchors) >= self.required


def positions(record_ids: Iterable[UUID]) -> dict[UUID, Position]:
    """The places of many records in two queries. Every id asked for is in the answer."""
    found: dict[UUID, Position] = {record_id: Position() for record_id in record_ids}
    if not found:
        return found
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT record.id, leaf.index, channel.required,
                   (SELECT min(size) FROM ledger_checkpoint
                    WHERE channel_id = leaf.channel_id AND size > leaf.index)
            FROM ledger_record record
            JOIN ledger_channel channel ON channel.id = record.channel_id
            LEFT JOIN ledger_leaf leaf ON leaf.record_id = record.id
            WHERE record.id = ANY(%s)
            """,
            [list(found)],
        )
        for record_id, index, required, size in cursor.fetchall():
            found[record_id] = Position(index, size, required=required)
        cursor.execute(
            """
            SELECT leaf.record_id, chain.name, chain.kind, chain.chain_id,
                   anchor.block, anchor.block_hash, anchor.block_time, anchor.transaction, anchor.state
            FROM ledger_leaf leaf
            JOIN ledger_channelchain link ON link.channel_id = leaf.channel_id
            JOIN ledger_chain chain ON chain.id = link.chain_id
            CROSS JOIN LATERAL (
                (SELECT a.*, 0 AS later FROM ledger_anchor a
                 WHERE a.channel_id = leaf.channel_id AND a.chain_id = chain.id AND a.size > leaf.index
                   AND a.state = 'anchored'
                 ORDER BY a.size LIMIT 1)
                UNION ALL
                (SELECT a.*, 1 AS later FROM ledger_anchor a
                 WHERE a.channel_id = leaf.channel_id AND a.chain_id = chain.id AND a.size > leaf.index
                   AND a.state IN ('prepared', 'included', 'orphaned')
                 ORDER BY a.index LIMIT 1)
                ORDER BY later LIMIT 1
            ) anchor
            WHERE leaf.record_id = ANY(%s)
            ORDER BY chain.name
            """,
            [list(found)],
        )
        for record_id, name, kind, chain_id, block, block_hash, time, tx, state in cursor.fetchall():
            view = AnchorView(name, kind, chain_id, block, _hex(block_hash), time, _hex(tx), state)
            position = found[record_id]
            found[record_id] = replace(position, anchors=(*position.anchors, view))
    return found


def record_ids(*, channel: str, first: int, size: int) -> list[UUID]:
    """The records behind the leaves first … size-1 of a channel, in the log's order."""
    leaves = Leaf.objects.filter(channel__name=channel, index__gte=first, index__lt=size)
    return list(leaves.order_by("index").values_list("record_id", flat=True))


def evidence(record_id: UUID) -> Json:
    """The parts record, log, inclusion, checkpoint, anchors and timestamps of a record's proof bundle.

    The checkpoint is the smallest one over the record that is anchored on as many chains as its channel asks for, else
    the one on most chains, else the smallest signed one; inclusion and checkpoint are None while the record is pending.
    The format is abs-proof-bundle/v1. Raises NotFound.
    """
    record = _record(record_id)
    channel = record.channel
    parts: Json = {
        "record": _record_json(record),
        "log": {"origin": channel.origin, "hash": channel.hash},
        "inclusion": None,
        "checkpoint": None,
        "anchors": [],
        "timestamps": [],
    }
    index = Leaf.objects.filter(record=record).values_list("index", flat=True).first()
    if index is None:
        return parts
    checkpoint, anchors = _covering(channel, index)
    path = Prover(Hasher(channel.hash), StoredLog(channel), checkpoint.size).inclusion(index)
    return parts | {
        "inclusion": {"index": index, "size": checkpoint.size, "path": [node.hex() for node in path]},
        "checkpoint": public_log.note_of(checkpoint),
        "anchors": [_anchor_json(anchor) for anchor in anchors if anchor.token is None],
        "timestamps": [_timestamp_json(anchor) for anchor in anchors if anchor.token is not None],
    }


def record_view(record_id: UUID) -> Json:
    """A record alone, as in its bundle. Raises NotFound."""
    return _record_json(_record(record_id))


def _record(record_id: UUID) -> Record:
    record = Record.objects.select_related("channel").filter(id=record_id).first()
    if record is None:
        raise NotFound
    return record


def _record_json(record: Record) -> Json:
    return {
        "id": str(record.id),
        "template": record.template,
        "time": rfc3339(record.time),
        "commitment": bytes(record.commitment).hex(),
    }


def _covering(channel: Channel, index: int) -> tuple[Checkpoint, list[Anchor]]:
    """The checkpoint to prove leaf `index` in, and its anchors."""
    smallest = Checkpoint.objects.filter(channel=channel, size__gt=index).order_by("size").first()
    if smallest is None:
        raise LookupError(f"leaf {index} of {channel.name} is under no checkpoint")
    chains = list(channel.chains.all())
    anchored = Anchor.objects.filter(channel=channel, chain__in=chains, state=AnchorState.ANCHORED)
    sizes: set[int] = set()
    for chain in chains:
        covering = anchored.filter(chain=chain, size__gt=index).order_by("size").values_list("size", flat=True)
        sizes.update(covering[:CANDIDATES])
    # All anchors at these sizes: where a slow chain meets a fast one, the fast one had many smaller ones before.
    by_size: dict[int, list[Anchor]] = {}
    for anchor in anchored.filter(size__in=sizes).select_related("checkpoint", "chain").order_by("chain__name"):
        by_size.setdefault(anchor.size, []).append(anchor)
    if not by_size:
        return smallest, []
    best = min(by_size.values(), key=lambda anchors: (-min(len(anchors), channel.required), anchors[0].size))
    return best[0].checkpoint, best


def _anchor_json(anchor: Anchor) -> Json:
    return {
        "chain": anchor.chain.name,
        "chain_id": anchor.chain.chain_id,
        "contract": anchor.contract,
        "index": anchor.index,
        "records": anchor.records,
        "tx": _hex(anchor.transaction),
        "block": anchor.block,
        "block_hash": _hex(anchor.block_hash),
        "time": rfc3339(anchor.block_time) if anchor.block_time else None,
    }


def _timestamp_json(anchor: Anchor) -> Json:
    return {
        "authority": anchor.chain.name,
        "time": rfc3339(anchor.block_time) if anchor.block_time else None,
        "token": base64.b64encode(bytes(anchor.token or b"")).decode(),
    }


def trust(*, channel: str = MAIN) -> Json:
    """What a verifier must know apart from any bundle (abs-trust/v1): origin, keys, witnesses, chains and contracts.

    Raises NotFound for a channel that is not set up.
    """
    log = public_log.channel_named(channel)
    listed = []
    for chain in Chain.objects.filter(channels=log).exclude(contract="").order_by("name"):
        entry = next((entry for entry in settings.CHAINS if entry["name"] == chain.name), {})
        listed.append(
            {
                "name": chain.name,
                "kind": chain.kind,
                "chain_id": chain.chain_id,
                "contract": chain.contract,
                "rpc": entry.get("public_url") or entry.get("url"),
            }
        )
    return {
        "format": "abs-trust/v1",
        "origin": log.origin,
        "hash": log.hash,
        "keys": [
            _trusted_key(log.origin, key.algorithm, bytes(key.public))
            | ({} if last_size is None else {"last_size": last_size})
            for key, last_size in keys.signers_of(log)
        ],
        "witnesses": [
            _trusted_key(witness["name"], COSIGNATURE, bytes.fromhex(witness["public"]))
            for witness in settings.WITNESSES
        ],
        "chains": listed,
        "required": max(1, min(log.required, len(listed))),
    }


def _trusted_key(name: str, algorithm: str, public: bytes) -> Json:
    return {"name": name, "type": algorithm, "public": public.hex(), "vkey": vkey(name, algorithm, public)}


def chain_status() -> list[Json]:
    """How each chain does, as far as its last look: everything is in the database, no chain is asked.

    `state` is ok; behind (records wait for it); degraded (`reason` and `detail` tell why); not_set_up. `lag` counts the
    records that are not anchored there yet, `waiting_since` is the time of the oldest checkpoint of these, `pending`
    counts anchors under way. `head`, `sequence` and `balance` are as of `head_seen_at`.
    """
    rows = Chain.objects.select_related("publisher").order_by("name")
    waiting = _waiting()
    under_way = Count("anchor", filter=Q(anchor__state__in=OPEN))
    return [_status(chain, *waiting.get(chain.id, (0, None))) for chain in rows.annotate(pending=under_way)]


def _status(chain: Chain, lag: int, waiting_since: datetime | None) -> Json:
    state, reason, detail = _condition(chain, lag)
    return {
        "name": chain.name,
        "kind": chain.kind,
        "chain_id": chain.chain_id,
        "contract": chain.contract,
        "publisher": address(bytes(chain.publisher.public)) if chain.publisher else "",
        "state": state,
        "reason": reason,
        "detail": detail,
        "head": chain.head,
        "head_seen_at": rfc3339(chain.head_seen_at) if chain.head_seen_at else None,
        "lag": lag,
        "waiting_since": rfc3339(waiting_since) if waiting_since else None,
        "pending": chain.pending,  # type: ignore[attr-defined]  # annotated
        "sequence": chain.sequence,
        "balance": None if chain.balance is None else str(chain.balance),
        "reorganisations": chain.reorganisations,
    }


def _condition(chain: Chain, lag: int) -> tuple[str, str, str]:
    """State, reason and words; the gravest first."""
    if not chain.is_ready:
        return "not_set_up", "", "run setup_ledger"
    if chain.omission:
        return "degraded", "omitted", chain.omission
    if chain.trouble:
        return "degraded", chain.trouble_reason, chain.trouble
    if chain.head_seen_at is not None and clock.now() - chain.head_seen_at > UNWATCHED_AFTER:
        since = f"{chain.head_seen_at:%Y-%m-%d %H:%M:%S} UTC"
        return "degraded", "unwatched", f"nobody has looked at it since {since}; start beat and the anchorer"
    return ("behind" if lag else "ok"), "", ""


def _waiting() -> dict[UUID, tuple[int, datetime | None]]:
    """By chain: how many records are not anchored there, and the time of the oldest checkpoint of these."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT chain.id, sum(newest.size - coalesce(covered.size, 0)), min(oldest.time)
            FROM ledger_chain chain
            JOIN ledger_channelchain link ON link.chain_id = chain.id
            CROSS JOIN LATERAL (
                SELECT size FROM ledger_checkpoint WHERE channel_id = link.channel_id ORDER BY size DESC LIMIT 1
            ) newest
            LEFT JOIN LATERAL (
                SELECT size FROM ledger_anchor
                WHERE channel_id = link.channel_id AND chain_id = chain.id AND contract = chain.contract
                  AND state = 'anchored'
                ORDER BY size DESC LIMIT 1
            ) covered ON true
            LEFT JOIN LATERAL (
                SELECT time FROM ledger_checkpoint
                WHERE channel_id = link.channel_id AND size > coalesce(covered.size, 0)
                ORDER BY size LIMIT 1
            ) oldest ON true
            GROUP BY chain.id
            """
        )
        return {chain_id: (int(lag), since) for chain_id, lag, since in cursor.fetchall()}


def _hex(value: bytes | memoryview | None) -> str | None:
    return None if value is None else f"0x{bytes(value).hex()}"
