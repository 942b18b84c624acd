"""Which keys may sign checkpoints: a log's first ones, and each that was announced under its predecessor's last checkpoint.

So whoever puts a key of his own beside ours must have the old key sign its announcement.
"""

from collections.abc import Iterable

from abs_platform.ledger import keys, note
from abs_platform.ledger.audit.report import Wrong
from abs_platform.ledger.models import Checkpoint


class Succession:
    """Follows a log's checkpoints from one on. `announced` are the commitments (hex) of key changes before it."""

    def __init__(self, announced: Iterable[str]) -> None:
        self.announced = set(announced)
        self._new: set[str] = set()
        self._present: dict[str, bytes] = {}

    def pass_record(self, template: str, commitment: bytes) -> None:
        """Look at a record under the checkpoint that comes next."""
        if template == keys.CHANGE_TEMPLATE:
            self._new.add(commitment.hex())

    def pass_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Its keys are those of the checkpoint before, or their announced successors. Raises Wrong."""
        for algorithm, key in ((note.SM2, checkpoint.sm2_key), (note.ED25519, checkpoint.ed25519_key)):
            public = bytes(key.public)
            before = self._present.setdefault(algorithm, public)
            if public != before:
                change = keys.announcement(algorithm=algorithm, public=public, predecessor=before)
                if change.hex() not in self.announced:
                    raise Wrong(
                        f"checkpoint {checkpoint.size}",
                        f"is signed by key {key.name}, which no record under its predecessor's last checkpoint announces",
                    )
                self._present[algorithm] = public
        self.announced |= self._new
        self._new.clear()
