"""How what needs several people comes about: proposals to confirm, and changes of the desk's settings. Pure Python."""

from enum import StrEnum

from abs_platform.core.transitions import Table, transition
from abs_platform.parties.roles import Role


class ProposalState(StrEnum):
    """Where a proposal to confirm stands."""

    PROPOSED = "proposed"  # by the maker (经办); waits for the checker (复核)
    CHECKED = "checked"  # waits for a third person (高管)
    SIGNED = "signed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


OPEN = (ProposalState.PROPOSED, ProposalState.CHECKED)
_BUYER = [Role.CORE_ENTERPRISE]

# Of two people, the checker's word signs; of three, the executive's: `check` then leads to CHECKED, see `checked`.
PROPOSALS: Table = {
    "check": transition([ProposalState.PROPOSED], ProposalState.SIGNED, by=_BUYER),
    "approve": transition([ProposalState.CHECKED], ProposalState.SIGNED, by=_BUYER),
    "decline": transition(OPEN, ProposalState.DECLINED, by=_BUYER),
    "withdraw": transition(OPEN, ProposalState.WITHDRAWN, by=_BUYER),
}


def checked(people: int) -> ProposalState:
    """Where a checker's word leads when so many people must agree."""
    return ProposalState.CHECKED if people > 2 else ProposalState.SIGNED  # maker and checker


class ChangeState(StrEnum):
    """Where a change of settings stands that one person asked for and another approves."""

    REQUESTED = "requested"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"


CHANGES: Table = {
    "approve": transition([ChangeState.REQUESTED], ChangeState.APPROVED, by=_BUYER),
    "withdraw": transition([ChangeState.REQUESTED], ChangeState.WITHDRAWN, by=_BUYER),
}


class ChangeKind(StrEnum):
    """What a change sets."""

    POLICY = "policy"
    OWN_KEY = "own_key"
    CUSTODIAL_KEY = "custodial_key"  # back to the key in the platform's custody
    AUTOMATIC_RULE = "automatic_rule"
