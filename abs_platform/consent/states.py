"""Lifecycles of access requests and grants."""

from enum import StrEnum

from abs_platform.core.transitions import Table, transition
from abs_platform.parties.roles import Role


class RequestState(StrEnum):
    """What became of a request for access."""

    REQUESTED = "requested"
    GRANTED = "granted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class GrantState(StrEnum):
    """Whether a grant stands. That its time has run out is seen from `valid_until`."""

    ACTIVE = "active"
    REVOKED = "revoked"


class Purpose(StrEnum):
    """What the data may be used for."""

    FINANCING = "financing"
    DUE_DILIGENCE = "due_diligence"
    MONITORING = "monitoring"


# The owner's side and the requester's side hold different roles, so one table serves both.
REQUEST_TRANSITIONS: Table = {
    "grant": transition([RequestState.REQUESTED], RequestState.GRANTED, by=[Role.SUPPLIER]),
    "decline": transition([RequestState.REQUESTED], RequestState.DECLINED, by=[Role.SUPPLIER]),
    "withdraw": transition([RequestState.REQUESTED], RequestState.WITHDRAWN, by=[Role.FINANCIER]),
}

GRANT_TRANSITIONS: Table = {
    "revoke": transition([GrantState.ACTIVE], GrantState.REVOKED, by=[Role.SUPPLIER]),
}
