"""The platform's own keys: which sign now, and which signed what. Private parts stay in the key-management system."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Max, Min, Q

from abs_platform.crypto import ed25519
from abs_platform.crypto.canonical import canonical_json
from abs_platform.crypto.sm3 import sm3
from abs_platform.integrations.accounts import public_key
from abs_platform.integrations.kms import FIRST_CHAIN_KEY, kms
from abs_platform.ledger.key_models import PublisherKey
from abs_platform.ledger.models import AnchorTransaction, Chain, Channel, Checkpoint
from abs_platform.ledger.note import ED25519, SM2

Json = dict[str, Any]  # Any: JSON
SECP256K1 = "secp256k1"
CHANGE_TEMPLATE = "key/v1"  # of the record that announces the next key
FIRST_NAMES = {SM2: "log-publisher", ED25519: "log-publisher-ed25519"}


@dataclass(frozen=True, slots=True)
class LogSigner:
    """A Signer of notes whose private part the key-management system gives."""

    row: PublisherKey

    @property
    def algorithm(self) -> str:
        return self.row.algorithm

    @property
    def public(self) -> bytes:
        return bytes(self.row.public)

    def sign(self, message: bytes) -> bytes:
        """The signature of `message`."""
        if self.row.algorithm == SM2:
            return kms().signing_key(self.row.name).sign(message)
        return ed25519.sign(kms().ed25519_key(self.row.name).private, message)


def log_signers() -> dict[str, LogSigner]:
    """The keys that sign checkpoints now, by algorithm. Raises LookupError before setup_ledger has run."""
    rows = PublisherKey.objects.filter(algorithm__in=FIRST_NAMES, retired_at=None)
    found = {row.algorithm: LogSigner(row) for row in rows}
    if found.keys() != FIRST_NAMES.keys():
        raise LookupError("the log's keys are not set up; run setup_ledger")
    return found


def signers_of(channel: Channel) -> list[tuple[PublisherKey, int | None]]:
    """The keys to trust for a channel's checkpoints: those that sign now, with None; then the retired ones that ever
    signed one, the newest first, each with the size of the last checkpoint that it signed.
    """
    rows = PublisherKey.objects.filter(algorithm__in=FIRST_NAMES)
    active = [(row, None) for row in rows.filter(retired_at=None).order_by("-algorithm")]
    retired = []
    for row in rows.exclude(retired_at=None).order_by("-created_at"):
        signed = Checkpoint.objects.filter(Q(sm2_key=row) | Q(ed25519_key=row), channel=channel)
        last_size = signed.aggregate(size=Max("size"))["size"]
        if last_size is not None:
            retired.append((row, int(last_size)))
    return [*active, *retired]


def announcement(*, algorithm: str, public: bytes, predecessor: bytes) -> bytes:
    """The commitment of a key change: SM3 of canonical JSON (RFC 8785). Unsalted, for anybody shall check it."""
    return sm3(
        canonical_json(
            {
                "format": "abs-key/v1",
                "algorithm": algorithm,
                "public": public.hex(),
                "predecessor": predecessor.hex(),
            }
        )
    )


def establish() -> None:
    """Make the first keys where there are none."""
    with transaction.atomic():
        for algorithm in FIRST_NAMES:
            if not PublisherKey.objects.filter(algorithm=algorithm, retired_at=None).exists():
                next_key(algorithm).save(force_insert=True)


def next_key(algorithm: str) -> PublisherKey:
    """The next key of an algorithm, made in the key-management system under a name of its own; not stored yet."""
    number = PublisherKey.objects.filter(algorithm=algorithm).count() + 1
    name = FIRST_NAMES[algorithm] if number == 1 else f"{FIRST_NAMES[algorithm]}-{number}"
    public = kms().signing_key(name).public if algorithm == SM2 else kms().ed25519_key(name).public
    return PublisherKey(algorithm=algorithm, name=name, public=public)


def listed() -> list[Json]:
    """Every key of the platform, the newest first, for operators: what it signed in each channel, and how many
    transactions on each chain.
    """
    signed: dict[UUID, list[Json]] = {}
    for column in ("sm2_key", "ed25519_key"):
        rows = Checkpoint.objects.values(column, "channel__name").order_by("channel__name")
        for row in rows.annotate(checkpoints=Count("id"), first_size=Min("size"), last_size=Max("size")):
            signed.setdefault(row[column], []).append(
                {"channel": row["channel__name"]}
                | {name: row[name] for name in ("checkpoints", "first_size", "last_size")}
            )
    sent: dict[UUID, dict[str, int]] = {}
    for chain in Chain.objects.exclude(publisher=None).order_by("name"):
        if chain.publisher_id is not None:
            sent.setdefault(chain.publisher_id, {})[chain.name] = 0
    transactions = AnchorTransaction.objects.exclude(key=None).values_list("key", "chain__name").order_by("chain__name")
    for key_id, chain_name, count in transactions.annotate(count=Count("id")):
        sent.setdefault(key_id, {})[chain_name] = count
    return [
        {
            "id": str(key.id),
            "algorithm": key.algorithm,
            "name": key.name,
            "public": bytes(key.public).hex(),
            "created_at": key.created_at,
            "retired_at": key.retired_at,
            "is_active": key.retired_at is None,
            "signed": signed.get(key.id, []),
            "chains": [{"chain": name, "transactions": count} for name, count in sent.get(key.id, {}).items()],
        }
        for key in PublisherKey.objects.order_by("-created_at", "-id")
    ]


def first_chain_publisher() -> PublisherKey:
    """The key that publishes on a chain which has no publisher yet, made at first use. Never a retired one."""
    row = PublisherKey.objects.filter(algorithm=SECP256K1, retired_at=None).order_by("created_at").first()
    if row is None:
        row = next_chain_key()
        row.save(force_insert=True)
    return row


def next_chain_key() -> PublisherKey:
    """The next key for publishing on chains, made in the key-management system; not stored yet."""
    number = PublisherKey.objects.filter(algorithm=SECP256K1).count() + 1
    name = FIRST_CHAIN_KEY if number == 1 else f"{FIRST_CHAIN_KEY}-{number}"
    return PublisherKey(algorithm=SECP256K1, name=name, public=public_key(kms().chain_key(name)))
