"""Reads of the log. It holds commitments and nothing readable, so whoever may see a subject may see its record;
the callers, who know the subject, decide that."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from abs_platform.core.errors import NotFound
from abs_platform.crypto.merkle import Hasher, Prover
from abs_platform.integrations import chains
from abs_platform.integrations.chains import ChainError, Unreachable
from abs_platform.ledger import keys, public_log
from abs_platform.ledger.entries import rfc3339
from abs_platform.ledger.models import Anchor, Chain, Channel, ChannelChain, Checkpoint, Leaf, Record
from abs_platform.ledger.note import COSIGNATURE, vkey
from abs_platform.ledger.readers import StoredLog
from abs_platform.ledger.services import MAIN, log_size
from abs_platform.ledger.states import OPEN, AnchorState

Json = dict[str, Any]  # Any: JSON
STATUS_TIMEOUT = 2.0


@dataclass(frozen=True, slots=True)
class AnchorView:
    """Where the smallest anchored checkpoint over a record stands on one chain; while there is none, how far one is.

    `block`, `block_hash` ("0x…"), `time` (of the block) and `tx` ("0x…") are None before the transaction is in a block.
    """

    chain: str
    chain_id: int
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
    """A record's place: no index while it is pending; the smallest checkpoint over it; one view for each chain."""

    index: int | None = None
    checkpoint_size: int | None = None
    anchors: tuple[AnchorView, ...] = ()


def positions(record_ids: Iterable[UUID]) -> dict[UUID, Position]:
    """The places of many records in two queries. Every id asked for is in the answer."""
    found: dict[UUID, Position] = {record_id: Position() for record_id in record_ids}
    if not found:
        return found
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT leaf.record_id, leaf.index,
                   (SELECT min(size) FROM ledger_checkpoint
                    WHERE channel_id = leaf.channel_id AND size > leaf.index)
            FROM ledger_leaf leaf WHERE leaf.record_id = ANY(%s)
            """,
            [list(found)],
        )
        for record_id, index, size in cursor.fetchall():
            found[record_id] = Position(index, size)
        cursor.execute(
            """
            SELECT leaf.record_id, chain.name, chain.chain_id,
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
        for record_id, name, chain_id, block, block_hash, time, tx, state in cursor.fetchall():
            view = AnchorView(name, chain_id, block, _hex(block_hash), time, _hex(tx), state)
            position = found[record_id]
            found[record_id] = replace(position, anchors=(*position.anchors, view))
    return found


def record_ids(*, channel: str, first: int, size: int) -> list[UUID]:
    """The records behind the leaves first … size-1 of a channel, in the log's order."""
    leaves = Leaf.objects.filter(channel__name=channel, index__gte=first, index__lt=size)
    return list(leaves.order_by("index").values_list("record_id", flat=True))


def evidence(record_id: UUID) -> Json:
    """The parts record, log, inclusion, checkpoint and anchors of a record's proof bundle (abs-proof-bundle/v1).

    The checkpoint is the smallest anchored one over the record (on most chains, should they differ), else the smallest
    signed one; inclusion and checkpoint are None while the record is pending. Raises NotFound.
    """
    record = _record(record_id)
    channel = record.channel
    parts: Json = {
        "record": _record_json(record),
        "log": {"origin": channel.origin, "hash": channel.hash},
        "inclusion": None,
        "checkpoint": None,
        "anchors": [],
    }
    index = Leaf.objects.filter(record=record).values_list("index", flat=True).first()
    if index is None:
        return parts
    checkpoint, anchors = _covering(channel, index)
    path = Prover(Hasher(channel.hash), StoredLog(channel), checkpoint.size).inclusion(index)
    return parts | {
        "inclusion": {"index": index, "size": checkpoint.size, "path": [node.hex() for node in path]},
        "checkpoint": public_log.note_of(checkpoint),
        "anchors": [_anchor_json(anchor) for anchor in anchors],
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
    candidates = (
        Anchor.objects.filter(channel=channel, size__gt=index, state=AnchorState.ANCHORED)
        .select_related("checkpoint", "chain")
        .order_by("size", "chain__name")
    )
    by_size: dict[int, list[Anchor]] = {}
    chain_count = ChannelChain.objects.filter(channel=channel).count()
    for anchor in candidates[: 8 * max(1, chain_count)]:
        by_size.setdefault(anchor.size, []).append(anchor)
    if not by_size:
        return smallest, []
    best = min(by_size.values(), key=lambda anchors: (-len(anchors), anchors[0].size))
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
    }


def _trusted_key(name: str, algorithm: str, public: bytes) -> Json:
    return {"name": name, "type": algorithm, "public": public.hex(), "vkey": vkey(name, algorithm, public)}


def chain_status() -> list[Json]:
    """How each chain does, for operators: name, chain_id, state, head, lag (records not yet anchored), pending
    (transactions under way), detail (what is wrong, in words).

    States: ok; behind (records wait for it); trouble (it refuses us); unreachable; not_set_up. Asks each chain for its
    head, so call it outside transactions.
    """
    return [_status(chain) for chain in Chain.objects.order_by("name")]


def _status(chain: Chain) -> Json:
    lag = sum(_lag(chain, channel) for channel in Channel.objects.filter(chains=chain))
    pending = Anchor.objects.filter(chain=chain, state__in=OPEN).count()
    head, detail = chain.head, chain.trouble
    state = "trouble" if detail else "behind" if lag else "ok"
    if not chain.contract:
        state, detail = "not_set_up", "run setup_ledger"
    else:
        try:
            head = chains.client(chain.name, contract=chain.contract, timeout=STATUS_TIMEOUT).head().number
        except Unreachable as error:
            state, detail = "unreachable", str(error)
        except ChainError as error:
            state, detail = "trouble", str(error)
    return {
        "name": chain.name,
        "chain_id": chain.chain_id,
        "state": state,
        "head": head,
        "lag": lag,
        "pending": pending,
        "detail": detail,
    }


def _lag(chain: Chain, channel: Channel) -> int:
    covered = (
        Anchor.objects.filter(chain=chain, channel=channel, contract=chain.contract, state=AnchorState.ANCHORED)
        .order_by("-size")
        .values_list("size", flat=True)
        .first()
    )
    return log_size(channel) - (covered or 0)


def _hex(value: bytes | memoryview | None) -> str | None:
    return None if value is None else f"0x{bytes(value).hex()}"
