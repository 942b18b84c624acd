"""What a witness sends."""

from abs_platform.crypto import ed25519
from abs_platform.ledger import note
from abs_platform.ledger.models import Checkpoint


def cosigned(checkpoint: Checkpoint, name: str, key: ed25519.Ed25519KeyPair, seconds: int) -> str:
    """The size and the witness's signature line over the checkpoint, as made at that Unix time."""
    body = note.parse(checkpoint.note).body()
    signature = ed25519.sign(key.private, note.cosigned_message(body, seconds))
    line = note.line(name, note.COSIGNATURE, key.public, seconds.to_bytes(8, "big") + signature)
    return f"{checkpoint.size}\n{line}\n"
