"""Checkpoints and cosignatures, to the last byte of their notes."""

from django.conf import settings

from abs_platform.ledger import note
from abs_platform.ledger.audit.memory import Facts
from abs_platform.ledger.audit.report import Wrong
from abs_platform.ledger.entries import rfc3339
from abs_platform.ledger.key_models import PublisherKey
from abs_platform.ledger.models import Checkpoint, Cosignature


def key_facts(key: PublisherKey) -> Facts:
    """What must stay as it is, once it is there."""
    return {
        "algorithm": key.algorithm,
        "name": key.name,
        "public": bytes(key.public).hex(),
        "created_at": key.created_at.isoformat(),
        "retired_at": key.retired_at.isoformat() if key.retired_at else None,
    }


def check_row(checkpoint: Checkpoint) -> None:
    """The row says what its note says. Raises Wrong."""
    row = f"checkpoint {checkpoint.size}"
    try:
        signed = note.parse(checkpoint.note)
    except note.InvalidNote as error:
        raise Wrong(row, f"its note is not valid: {error}") from error
    if (signed.size, signed.root) != (checkpoint.size, bytes(checkpoint.root)):
        raise Wrong(row, f"its note says size {signed.size} and root {signed.root.hex()}")


def check_signed(checkpoint: Checkpoint, root: bytes) -> None:
    """The row has the root that its leaves have, and both keys that it names have signed its note. Raises Wrong."""
    row = f"checkpoint {checkpoint.size}"
    if bytes(checkpoint.root) != root:
        raise Wrong(row, f"has root {bytes(checkpoint.root).hex()}, its leaves have {root.hex()}")
    origin = checkpoint.channel.origin
    keys = {note.SM2: checkpoint.sm2_key, note.ED25519: checkpoint.ed25519_key}
    for algorithm, key in keys.items():
        if key.algorithm != algorithm:
            raise Wrong(row, f"names key {key.name}, which is of {key.algorithm}, for its {algorithm} signature")
    try:
        public = {algorithm: bytes(key.public) for algorithm, key in keys.items()}
        signed = note.verify(checkpoint.note, origin=origin, name=origin, keys=public)
    except note.InvalidNote as error:
        raise Wrong(row, f"its note is not valid: {error}") from error
    signatures = note.signatures(checkpoint.note)
    lines = [signature.line() for signature in signatures]
    if len(signatures) != len(keys) or checkpoint.note != "\n".join([signed.body(), *lines, ""]):
        raise Wrong(row, "its note holds more than the checkpoint and its two signatures")


def check_cosignature(cosignature: Cosignature) -> None:
    """The row says what its line says, to the last byte, and the witness has signed it, as far as ABS_WITNESSES knows it.

    Raises Wrong.
    """
    row = f"cosignature of {cosignature.witness} on checkpoint {cosignature.checkpoint.size}"
    signature = next(iter(note.signatures(f"\n\n{cosignature.line}")), None)
    if signature is None or signature.line() != cosignature.line:
        raise Wrong(row, "its line is no signature line")
    if signature.name != cosignature.witness:
        raise Wrong(row, f"its line is of {signature.name}")
    if note.cosigned_at(signature) != cosignature.time.timestamp():
        raise Wrong(row, f"its line is of another time than {rfc3339(cosignature.time)}")
    public = {witness["name"]: bytes.fromhex(witness["public"]) for witness in settings.WITNESSES}
    if cosignature.witness in public:
        try:
            cosigned = note.parse(cosignature.checkpoint.note)
            note.verify_cosignature(cosigned, signature, name=signature.name, public=public[signature.name])
        except note.InvalidNote as error:
            raise Wrong(row, str(error)) from error
