"""Programmes, requests, offers, pledges, and notices to debtors. Loans, payments and the journal are in `lending`."""

from typing import Any

import pgtrigger
from django.db import models
from django.db.models import F, Q

from abs_platform.consent.models import Grant
from abs_platform.core import clock
from abs_platform.core.ids import uuid7
from abs_platform.core.models import append_only, one_of
from abs_platform.core.money import amount_field, within_limits
from abs_platform.financing.lending.models import Loan
from abs_platform.financing.states import (
    HOLDING,
    InvitationState,
    NoticeState,
    OfferState,
    PledgeState,
    ProgrammeState,
    RequestState,
)
from abs_platform.parties.models import Organisation
from abs_platform.rights.models import Right
from abs_platform.trade.models import Signed

DAY_COUNTS = ("ACT/360", "ACT/365", "30/360")
METHODS = ("pledge", "assignment")


def rate_field(**options: Any) -> "models.DecimalField[Any, Any]":  # Any: Django's own field options
    """A rate as a fraction of one: 0.0435 is 4.35 %."""
    return models.DecimalField(max_digits=9, decimal_places=6, **options)


def _rates_between_0_and_1(*fields: str) -> Q:
    condition = Q()
    for field in fields:
        condition &= Q(**{f"{field}__gte": 0, f"{field}__lte": 1})
    return condition


class Terms(models.Model):
    """What money costs and how it is secured; a programme states them, an offer fixes them.

    `annual_rate` and `fee_rate` are fractions; the fee is taken once, of the principal, at disbursement.
    """

    method = models.CharField(max_length=10, choices=[(m, m) for m in METHODS])
    recourse = models.BooleanField()
    annual_rate = rate_field()
    fee_rate = rate_field(default=0)
    day_count = models.CharField(max_length=8, choices=[(d, d) for d in DAY_COUNTS])

    class Meta:
        abstract = True


class Programme(Terms):
    """A funder's standing offer to the suppliers of one core enterprise: terms, limits, advance rates, tenor."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    funder = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="programmes_funded")
    core_enterprise = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="programmes_about")
    name = models.CharField(max_length=120)
    currency = models.CharField(max_length=3)
    limit = amount_field()
    supplier_limit = amount_field()
    min_rung = models.PositiveSmallIntegerField()
    advance_rates = models.JSONField()  # {"3": "0.70", …}: by rung, a fraction of the right's base
    max_tenor_days = models.PositiveIntegerField()
    grace_days = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, choices=[(s, s) for s in ProgrammeState], default=ProgrammeState.DRAFT)
    maker_id = models.UUIDField(null=True)
    checker_id = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            one_of("state", ProgrammeState, "programme_state_known"),
            one_of("method", METHODS, "programme_method_known"),
            one_of("day_count", DAY_COUNTS, "programme_day_count_known"),
            models.CheckConstraint(condition=~Q(funder=F("core_enterprise")), name="programme_between_two"),
            within_limits("limit", "programme_limit"),
            within_limits("supplier_limit", "programme_supplier_limit"),
            models.CheckConstraint(condition=Q(supplier_limit__lte=F("limit")), name="programme_limits_nested"),
            models.CheckConstraint(condition=_rates_between_0_and_1("annual_rate", "fee_rate"), name="programme_rates"),
            models.CheckConstraint(condition=Q(min_rung__gte=1, min_rung__lte=5), name="programme_min_rung"),
            models.CheckConstraint(
                condition=Q(max_tenor_days__gte=1, max_tenor_days__lte=3660), name="programme_tenor"
            ),
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="programme_currency"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "proposed", "closed"])
                | Q(maker_id__isnull=False, checker_id__isnull=False),
                name="programme_active_by_two",
            ),
            models.CheckConstraint(
                condition=Q(checker_id__isnull=True) | ~Q(checker_id=F("maker_id")), name="programme_two_people"
            ),
        ]


class Request(models.Model):
    """A supplier asks funders for money on one or several of its rights."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    supplier = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="financing_requests")
    amount = amount_field()
    currency = models.CharField(max_length=3)
    until = models.DateField()  # the day on which the supplier means to pay back, at the latest
    note = models.CharField(max_length=500, blank=True, default="")
    state = models.CharField(max_length=10, choices=[(s, s) for s in RequestState], default=RequestState.DRAFT)
    created_at = models.DateTimeField(default=clock.now)
    submitted_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        triggers = [
            pgtrigger.Trigger(
                name="settles_with_its_loan",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF TG_OP = 'UPDATE' AND OLD.state = 'settled' AND NEW.state <> 'settled' THEN
                        RAISE EXCEPTION 'request % is settled', OLD.id USING ERRCODE = 'check_violation';
                    END IF;
                    IF NEW.state = 'settled' AND (TG_OP = 'INSERT' OR OLD.state <> 'settled') AND NOT EXISTS (
                        SELECT FROM financing_loan AS loan
                            JOIN financing_offer AS offer ON offer.id = loan.offer_id
                            JOIN financing_invitation AS invitation ON invitation.id = offer.invitation_id
                            WHERE invitation.request_id = NEW.id AND loan.state IN ('settled', 'written_off')
                                AND NOT EXISTS (
                                    SELECT FROM financing_pledge AS pledge
                                    WHERE pledge.loan_id = loan.id AND pledge.state IN ('registering', 'active')
                                )
                    ) THEN
                        RAISE EXCEPTION 'request % settles once its loan is paid back and its rights are let go', NEW.id
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]
        constraints = [
            one_of("state", RequestState, "financing_request_state_known"),
            within_limits("amount", "financing_request_amount"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="financing_request_positive"),
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="financing_request_currency"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "withdrawn"]) | Q(submitted_at__isnull=False),
                name="financing_request_submitted_has_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "submitted"], decided_at__isnull=True)
                | ~Q(state__in=["draft", "submitted"]) & Q(decided_at__isnull=False),
                name="financing_request_decided_has_time",
            ),
            models.CheckConstraint(
                condition=Q(state="settled", settled_at__isnull=False)
                | ~Q(state="settled") & Q(settled_at__isnull=True),
                name="financing_request_settled_has_time",
            ),
        ]
        indexes = [models.Index(fields=["supplier", "-id"], name="financing_request_supplier")]


class RequestedRight(models.Model):
    """One right of a request, with what it supported when it was asked on."""

    id = models.BigAutoField(primary_key=True)
    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="rights")
    right = models.ForeignKey(Right, on_delete=models.PROTECT, related_name="requested")
    base = amount_field()
    rung = models.PositiveSmallIntegerField()
    due_date = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "right"], name="requested_right_once"),
            within_limits("base", "requested_right_base"),
        ]


class Invitation(models.Model):
    """A request was put to one programme; its funder offers or declines. `grant`: by which it sees the rights meanwhile."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="invitations")
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="invitations")
    state = models.CharField(max_length=10, choices=[(s, s) for s in InvitationState], default=InvitationState.OPEN)
    reason = models.CharField(max_length=500, blank=True, default="")
    grant = models.OneToOneField(Grant, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "programme"], name="invitation_once"),
            one_of("state", InvitationState, "invitation_state_known"),
            models.CheckConstraint(
                condition=~Q(state="declined") | ~Q(reason=""), name="invitation_declined_has_reason"
            ),
        ]


class Offer(Terms):
    """A funder's terms for a request. Made by two people of the funder, accepted by two people of the supplier."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    invitation = models.ForeignKey(Invitation, on_delete=models.PROTECT, related_name="offers")
    amount = amount_field()
    currency = models.CharField(max_length=3)
    maturity = models.DateField()
    grace_days = models.PositiveIntegerField(default=0)
    valid_until = models.DateTimeField()
    conditions = models.CharField(max_length=1000, blank=True, default="")
    reason = models.CharField(max_length=500, blank=True, default="")  # why the supplier rejected it
    state = models.CharField(max_length=20, choices=[(s, s) for s in OfferState], default=OfferState.PROPOSED)
    maker_id = models.UUIDField()
    checker_id = models.UUIDField(null=True)
    accepting_maker_id = models.UUIDField(null=True)
    accepting_checker_id = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=clock.now)
    accepted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            one_of("state", OfferState, "offer_state_known"),
            one_of("method", METHODS, "offer_method_known"),
            one_of("day_count", DAY_COUNTS, "offer_day_count_known"),
            within_limits("amount", "offer_amount"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="offer_positive"),
            models.CheckConstraint(condition=_rates_between_0_and_1("annual_rate", "fee_rate"), name="offer_rates"),
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "withdrawn", "expired", "superseded"]) | Q(checker_id__isnull=False),
                name="offer_made_by_two",
            ),
            models.CheckConstraint(
                condition=Q(checker_id__isnull=True) | ~Q(checker_id=F("maker_id")), name="offer_two_people"
            ),
            models.CheckConstraint(
                condition=~Q(state="accepted")
                | Q(accepting_maker_id__isnull=False, accepting_checker_id__isnull=False, accepted_at__isnull=False),
                name="offer_accepted_by_two",
            ),
            models.CheckConstraint(
                condition=Q(accepting_checker_id__isnull=True) | ~Q(accepting_checker_id=F("accepting_maker_id")),
                name="offer_two_people_accept",
            ),
            models.UniqueConstraint(
                fields=["invitation"],
                condition=Q(state__in=["proposed", "open", "acceptance_proposed", "accepted"]),
                name="offer_one_at_a_time",
            ),
        ]


class Pledge(models.Model):
    """One right held for one loan, by pledge (质押) or assignment (转让). A right is held once, or not at all."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    right = models.ForeignKey(Right, on_delete=models.PROTECT, related_name="pledges")
    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="pledges")
    holder = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="pledges_held")
    method = models.CharField(max_length=10, choices=[(m, m) for m in METHODS])
    base = amount_field()  # of the right when it was pledged
    held_for = amount_field()  # its share of the loan's principal
    state = models.CharField(max_length=12, choices=[(s, s) for s in PledgeState], default=PledgeState.REGISTERING)
    created_at = models.DateTimeField(default=clock.now)
    registered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["right"], condition=Q(state__in=[str(s) for s in HOLDING]), name="right_held_once"
            ),
            models.UniqueConstraint(fields=["right", "loan"], name="pledge_once_a_loan"),
            one_of("state", PledgeState, "pledge_state_known"),
            one_of("method", METHODS, "pledge_method_known"),
            within_limits("base", "pledge_base"),
            within_limits("held_for", "pledge_held_for"),
            models.CheckConstraint(condition=Q(held_for__lte=F("base")), name="pledge_held_for_within_base"),
            models.CheckConstraint(
                condition=Q(state__in=[str(s) for s in HOLDING], ended_at__isnull=True)
                | ~Q(state__in=[str(s) for s in HOLDING]) & Q(ended_at__isnull=False),
                name="pledge_ended_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["active", "settled"]) | Q(registered_at__isnull=False),
                name="pledge_active_is_registered",
            ),
        ]
        indexes = [models.Index(fields=["holder", "-id"], name="pledge_holder")]


class Notice(Signed):
    """转让通知书 or 质押通知书: one for a loan. The supplier signs it when it accepts; the debtor is told once all its rights
    are registered (民法典546), and acknowledges that it was."""

    loan = models.OneToOneField(Loan, on_delete=models.PROTECT, related_name="notice")
    debtor = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="notices_received")
    state = models.CharField(max_length=12, choices=[(s, s) for s in NoticeState], default=NoticeState.PREPARED)
    sent_at = models.DateTimeField(null=True)
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        triggers = [
            pgtrigger.Protect(name="no_delete", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="says_what_was_signed",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF to_jsonb(NEW) - ARRAY['state', 'sent_at', 'lifted_at']
                        <> to_jsonb(OLD) - ARRAY['state', 'sent_at', 'lifted_at']
                        OR NEW.sent_at IS DISTINCT FROM OLD.sent_at AND OLD.sent_at IS NOT NULL
                    THEN
                        RAISE EXCEPTION 'notice % says what was signed, and was sent when it was sent', OLD.id;
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]
        constraints = [
            one_of("state", NoticeState, "notice_state_known"),
            models.CheckConstraint(
                condition=Q(state="prepared", sent_at__isnull=True, lifted_at__isnull=True)
                | Q(state__in=["sent", "acknowledged"], sent_at__isnull=False, lifted_at__isnull=True)
                | Q(state="lifted", lifted_at__isnull=False),
                name="notice_state_has_times",
            ),
        ]
        indexes = [models.Index(fields=["debtor", "-id"], name="notice_debtor")]


class Acknowledgement(Signed):
    """回执: the debtor signs that the notice reached it."""

    notice = models.OneToOneField(Notice, on_delete=models.PROTECT, related_name="acknowledgement")

    class Meta:
        triggers = append_only()
