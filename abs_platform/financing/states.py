"""Lifecycles of programmes, requests, offers, pledges, loans and payments. Pure Python.

Money-relevant acts take two people: one proposes (经办, maker), another approves (复核, checker). The database refuses
one person in both places.
"""

from enum import StrEnum

from abs_platform.core.transitions import Table, transition
from abs_platform.parties.roles import Role


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


class LoanState(StrEnum):
    """What became of the money. That one is overdue is seen from `due_date`."""

    AWAITING = "awaiting"
    DISBURSEMENT_PROPOSED = "disbursement_proposed"
    OUTSTANDING = "outstanding"
    SETTLED = "settled"
    CANCELLED = "cancelled"
    WRITTEN_OFF = "written_off"


class PaymentState(StrEnum):
    """Money that came in: recorded by one person, confirmed by another, reversed where it was wrong."""

    RECORDED = "recorded"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    REVERSED = "reversed"


PROGRAMME_TRANSITIONS: Table = {
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
    "submit": transition([RequestState.DRAFT], RequestState.SUBMITTED, by=[Role.SUPPLIER]),
    "withdraw": transition([RequestState.DRAFT, RequestState.SUBMITTED], RequestState.WITHDRAWN, by=[Role.SUPPLIER]),
}

OFFER_TRANSITIONS: Table = {
    "approve": transition([OfferState.PROPOSED], OfferState.OPEN, by=[Role.FINANCIER]),
    "withdraw": transition([OfferState.PROPOSED, OfferState.OPEN], OfferState.WITHDRAWN, by=[Role.FINANCIER]),
    "propose_acceptance": transition([OfferState.OPEN], OfferState.ACCEPTANCE_PROPOSED, by=[Role.SUPPLIER]),
    "take_back_acceptance": transition([OfferState.ACCEPTANCE_PROPOSED], OfferState.OPEN, by=[Role.SUPPLIER]),
    "accept": transition([OfferState.ACCEPTANCE_PROPOSED], OfferState.ACCEPTED, by=[Role.SUPPLIER]),
    "reject": transition([OfferState.OPEN, OfferState.ACCEPTANCE_PROPOSED], OfferState.REJECTED, by=[Role.SUPPLIER]),
}

LOAN_TRANSITIONS: Table = {
    "propose_disbursement": transition([LoanState.AWAITING], LoanState.DISBURSEMENT_PROPOSED, by=[Role.FINANCIER]),
    "take_back_disbursement": transition([LoanState.DISBURSEMENT_PROPOSED], LoanState.AWAITING, by=[Role.FINANCIER]),
    "disburse": transition([LoanState.DISBURSEMENT_PROPOSED], LoanState.OUTSTANDING, by=[Role.FINANCIER]),
    "cancel": transition([LoanState.AWAITING], LoanState.CANCELLED, by=[Role.FINANCIER]),
    "write_off": transition([LoanState.OUTSTANDING], LoanState.WRITTEN_OFF, by=[Role.FINANCIER]),
}

PAYMENT_TRANSITIONS: Table = {
    "confirm": transition([PaymentState.RECORDED], PaymentState.CONFIRMED, by=[Role.FINANCIER]),
    "reject": transition([PaymentState.RECORDED], PaymentState.REJECTED, by=[Role.FINANCIER]),
    "reverse": transition([PaymentState.CONFIRMED], PaymentState.REVERSED, by=[Role.FINANCIER]),
}
