"""Lifecycles of programmes, requests, offers, pledges, loans and payments. Pure Python.

Money-relevant acts take two people: one proposes (经办, maker), another approves (复核, checker). The database refuses
one person in both places.
"""

from collections.abc import Mapping
from enum import StrEnum

from abs_platform.core.transitions import Table, transition
from abs_platform.parties.roles import Role
from abs_platform.rights.states import PLATFORM_ROLE


class ProgrammeState(StrEnum):
    """Whether requests may be made to a programme."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class RequestState(StrEnum):
    """How far a supplier's request for money has come."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"
    DECLINED = "declined"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    SETTLED = "settled"


class InvitationState(StrEnum):
    """What a funder answered to a request that one of its programmes was asked with."""

    OPEN = "open"
    OFFERED = "offered"
    DECLINED = "declined"


class OfferState(StrEnum):
    """A funder's terms, from its own draft to the supplier's acceptance by two people."""

    PROPOSED = "proposed"
    OPEN = "open"
    ACCEPTANCE_PROPOSED = "acceptance_proposed"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"


class PledgeState(StrEnum):
    """A claim on one right. Those of HOLDING keep everybody else away from it."""

    REGISTERING = "registering"
    ACTIVE = "active"
    REFUSED = "refused"
    RELEASED = "released"
    SETTLED = "settled"


HOLDING = (PledgeState.REGISTERING, PledgeState.ACTIVE)


class NoticeState(StrEnum):
    """Whether the debtor was told, and said so. Lifted: what it tells of is over."""

    PREPARED = "prepared"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    LIFTED = "lifted"


TOLD = (NoticeState.SENT, NoticeState.ACKNOWLEDGED)


class LoanState(StrEnum):
    """What became of the money. That one is overdue is seen from `due_date`."""

    AWAITING = "awaiting"
    DISBURSEMENT_PROPOSED = "disbursement_proposed"
    OUTSTANDING = "outstanding"
    WRITE_OFF_PROPOSED = "write_off_proposed"
    SETTLED = "settled"
    CANCELLED = "cancelled"
    WRITTEN_OFF = "written_off"


# The money is out and not all of it back.
LENT = (LoanState.OUTSTANDING, LoanState.WRITE_OFF_PROPOSED)


class PaymentState(StrEnum):
    """Money that came in: recorded by one person, confirmed by another; what was wrong, two people reverse."""

    RECORDED = "recorded"
    CONFIRMED = "confirmed"
    REVERSAL_PROPOSED = "reversal_proposed"
    REJECTED = "rejected"
    REVERSED = "reversed"


# These stand in the books.
COUNTING = (PaymentState.CONFIRMED, PaymentState.REVERSAL_PROPOSED)


class PayoutState(StrEnum):
    """A supplier's surplus on its way to it: recorded by one person, confirmed by another."""

    RECORDED = "recorded"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


BEFORE_PROPOSAL: Mapping[str, str] = {
    LoanState.DISBURSEMENT_PROPOSED: LoanState.AWAITING,
    LoanState.WRITE_OFF_PROPOSED: LoanState.OUTSTANDING,
    PaymentState.REVERSAL_PROPOSED: PaymentState.CONFIRMED,
}
"""What a funder has only proposed to itself, and as what the supplier sees it until a second person acts."""
OWN = (PaymentState.RECORDED, PaymentState.REJECTED)
"""Payments and pay-outs that are between people of the funder only: the supplier does not see them."""

# What the platform does of itself stands in the tables like what people do, under a role that nobody carries.

PROGRAMME_TRANSITIONS: Table = {
    "change": transition([ProgrammeState.DRAFT], ProgrammeState.DRAFT, by=[Role.FINANCIER]),
    "propose": transition([ProgrammeState.DRAFT], ProgrammeState.PROPOSED, by=[Role.FINANCIER]),
    "approve": transition([ProgrammeState.PROPOSED], ProgrammeState.ACTIVE, by=[Role.FINANCIER]),
    "send_back": transition([ProgrammeState.PROPOSED], ProgrammeState.DRAFT, by=[Role.FINANCIER]),
    "suspend": transition([ProgrammeState.ACTIVE], ProgrammeState.SUSPENDED, by=[Role.FINANCIER]),
    "resume": transition([ProgrammeState.SUSPENDED], ProgrammeState.PROPOSED, by=[Role.FINANCIER]),
    "close": transition(
        [ProgrammeState.DRAFT, ProgrammeState.ACTIVE, ProgrammeState.SUSPENDED],
        ProgrammeState.CLOSED,
        by=[Role.FINANCIER],
    ),
}

REQUEST_TRANSITIONS: Table = {
    "change": transition([RequestState.DRAFT], RequestState.DRAFT, by=[Role.SUPPLIER]),
    "submit": transition([RequestState.DRAFT], RequestState.SUBMITTED, by=[Role.SUPPLIER]),
    "withdraw": transition([RequestState.DRAFT, RequestState.SUBMITTED], RequestState.WITHDRAWN, by=[Role.SUPPLIER]),
    "accept": transition([RequestState.SUBMITTED], RequestState.ACCEPTED, by=[PLATFORM_ROLE]),
    "decline": transition([RequestState.SUBMITTED], RequestState.DECLINED, by=[PLATFORM_ROLE]),
    "expire": transition([RequestState.SUBMITTED], RequestState.EXPIRED, by=[PLATFORM_ROLE]),
    "cancel": transition([RequestState.ACCEPTED], RequestState.CANCELLED, by=[PLATFORM_ROLE]),
    "settle": transition([RequestState.ACCEPTED], RequestState.SETTLED, by=[PLATFORM_ROLE]),
}

INVITATION_TRANSITIONS: Table = {
    "offer": transition([InvitationState.OPEN], InvitationState.OFFERED, by=[Role.FINANCIER]),
    "decline": transition([InvitationState.OPEN], InvitationState.DECLINED, by=[Role.FINANCIER]),
    "reopen": transition([InvitationState.OFFERED], InvitationState.OPEN, by=[PLATFORM_ROLE]),
}

OFFER_TRANSITIONS: Table = {
    "approve": transition([OfferState.PROPOSED], OfferState.OPEN, by=[Role.FINANCIER]),
    "withdraw": transition([OfferState.PROPOSED, OfferState.OPEN], OfferState.WITHDRAWN, by=[Role.FINANCIER]),
    "propose_acceptance": transition([OfferState.OPEN], OfferState.ACCEPTANCE_PROPOSED, by=[Role.SUPPLIER]),
    "take_back_acceptance": transition([OfferState.ACCEPTANCE_PROPOSED], OfferState.OPEN, by=[Role.SUPPLIER]),
    "accept": transition([OfferState.ACCEPTANCE_PROPOSED], OfferState.ACCEPTED, by=[Role.SUPPLIER]),
    "reject": transition([OfferState.OPEN, OfferState.ACCEPTANCE_PROPOSED], OfferState.REJECTED, by=[Role.SUPPLIER]),
    "expire": transition(
        [OfferState.PROPOSED, OfferState.OPEN, OfferState.ACCEPTANCE_PROPOSED], OfferState.EXPIRED, by=[PLATFORM_ROLE]
    ),
    "supersede": transition(
        [OfferState.PROPOSED, OfferState.OPEN, OfferState.ACCEPTANCE_PROPOSED],
        OfferState.SUPERSEDED,
        by=[PLATFORM_ROLE],
    ),
}

PLEDGE_TRANSITIONS: Table = {
    "register": transition([PledgeState.REGISTERING], PledgeState.ACTIVE, by=[PLATFORM_ROLE]),
    "refuse": transition([PledgeState.REGISTERING], PledgeState.REFUSED, by=[PLATFORM_ROLE]),
    "release": transition([PledgeState.REGISTERING, PledgeState.ACTIVE], PledgeState.RELEASED, by=[PLATFORM_ROLE]),
    "settle": transition([PledgeState.ACTIVE], PledgeState.SETTLED, by=[PLATFORM_ROLE]),
}

NOTICE_TRANSITIONS: Table = {
    "send": transition([NoticeState.PREPARED], NoticeState.SENT, by=[PLATFORM_ROLE]),
    "acknowledge": transition([NoticeState.SENT], NoticeState.ACKNOWLEDGED, by=[Role.CORE_ENTERPRISE]),
    "lift": transition(
        [NoticeState.PREPARED, NoticeState.SENT, NoticeState.ACKNOWLEDGED], NoticeState.LIFTED, by=[PLATFORM_ROLE]
    ),
}

LOAN_TRANSITIONS: Table = {
    "propose_disbursement": transition([LoanState.AWAITING], LoanState.DISBURSEMENT_PROPOSED, by=[Role.FINANCIER]),
    "take_back_disbursement": transition([LoanState.DISBURSEMENT_PROPOSED], LoanState.AWAITING, by=[Role.FINANCIER]),
    "disburse": transition([LoanState.DISBURSEMENT_PROPOSED], LoanState.OUTSTANDING, by=[Role.FINANCIER]),
    "cancel": transition([LoanState.AWAITING], LoanState.CANCELLED, by=[Role.FINANCIER]),
    "refuse": transition(
        [LoanState.AWAITING, LoanState.DISBURSEMENT_PROPOSED], LoanState.CANCELLED, by=[PLATFORM_ROLE]
    ),
    "settle": transition([LoanState.OUTSTANDING], LoanState.SETTLED, by=[PLATFORM_ROLE]),
    "propose_write_off": transition([LoanState.OUTSTANDING], LoanState.WRITE_OFF_PROPOSED, by=[Role.FINANCIER]),
    "take_back_write_off": transition([LoanState.WRITE_OFF_PROPOSED], LoanState.OUTSTANDING, by=[Role.FINANCIER]),
    "write_off": transition([LoanState.WRITE_OFF_PROPOSED], LoanState.WRITTEN_OFF, by=[Role.FINANCIER]),
}

PAYMENT_TRANSITIONS: Table = {
    "confirm": transition([PaymentState.RECORDED], PaymentState.CONFIRMED, by=[Role.FINANCIER]),
    "reject": transition([PaymentState.RECORDED], PaymentState.REJECTED, by=[Role.FINANCIER]),
    "propose_reversal": transition([PaymentState.CONFIRMED], PaymentState.REVERSAL_PROPOSED, by=[Role.FINANCIER]),
    "take_back_reversal": transition([PaymentState.REVERSAL_PROPOSED], PaymentState.CONFIRMED, by=[Role.FINANCIER]),
    "reverse": transition([PaymentState.REVERSAL_PROPOSED], PaymentState.REVERSED, by=[Role.FINANCIER]),
}

PAYOUT_TRANSITIONS: Table = {
    "confirm": transition([PayoutState.RECORDED], PayoutState.CONFIRMED, by=[Role.FINANCIER]),
    "reject": transition([PayoutState.RECORDED], PayoutState.REJECTED, by=[Role.FINANCIER]),
}
