"""The destruction of an organisation's keys: one person asks for it, another carries it out, either takes it back."""

from enum import StrEnum

from abs_platform.core.transitions import transition
from abs_platform.parties.roles import Role


class DestructionState(StrEnum):
    REQUESTED = "requested"
    DESTROYED = "destroyed"
    WITHDRAWN = "withdrawn"


DESTRUCTION = {
    "destroy": transition({DestructionState.REQUESTED}, DestructionState.DESTROYED, {Role.OPERATOR}),
    "withdraw": transition({DestructionState.REQUESTED}, DestructionState.WITHDRAWN, {Role.OPERATOR}),
}
