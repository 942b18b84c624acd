"""The platform's own keys: which sign now, and which signed what. Private parts stay in the key-management system."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max, Q

from abs_platform.crypto import ed25519
from abs_platform.integrations.kms import kms
from abs_platform.ledger.models import Channel, Checkpoint, PublisherKey
from abs_platform.ledger.note import ED25519, SM2

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


def establish() -> None:
    """Make the first keys where there are none."""
    with transaction.atomic():
        for algorithm, name in FIRST_NAMES.items():
            if not PublisherKey.objects.filter(algorithm=algorithm, retired_at=None).exists():
                public = kms().signing_key(name).public if algorithm == SM2 else kms().ed25519_key(name).public
                PublisherKey.objects.create(algorithm=algorithm, name=name, public=public)
