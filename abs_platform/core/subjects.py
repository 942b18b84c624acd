"""What the substrates (ledger, consent, risk) act on without knowing what it is."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class SubjectRef:
    """A thing of some application: its kind, such as "document" or "trade", and its id."""

    kind: str
    id: UUID
