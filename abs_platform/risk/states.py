"""An alert's lifecycle."""

from enum import StrEnum

from abs_platform.core.transitions import Table, transition
from abs_platform.parties.roles import Role


class AlertState(StrEnum):
    """Where an alert stands in the officers' queue."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"


TRANSITIONS: Table = {
    "acknowledge": transition([AlertState.OPEN], AlertState.ACKNOWLEDGED, by=[Role.RISK_OFFICER]),
    "close": transition([AlertState.OPEN, AlertState.ACKNOWLEDGED], AlertState.CLOSED, by=[Role.RISK_OFFICER]),
}
