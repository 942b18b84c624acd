"""Computed rights: what a trade's facts support today, and why; the ladder as signed facts; and what was paid."""

import json
from decimal import Decimal
from typing import Any

import pgtrigger
from django.db import models
from django.db.models import Q

from abs_platform.core import clock
from abs_platform.core.ids import uuid7
from abs_platform.core.models import append_only, one_of
from abs_platform.core.money import amount_field, within_limits
from abs_platform.rights.due import CERTAIN, MAX_TERM, Basis
from abs_platform.rights.evidence import LOST
from abs_platform.rights.ladder import ACCEPTED
from abs_platform.rights.payments import PAYMENT, SOURCES
from abs_platform.rights.priority.models import DebtorNotice, ZhongdengAmendment, ZhongdengRegistration, ZhongdengSearch
from abs_platform.rights.registry.models import (
    Reconciliation,
    Registry,
    RegistryBatch,
    RegistryEntry,
    RegistryTransaction,
)
from abs_platform.rights.states import RightState, RungEvent
from abs_platform.trade.models import Trade

__all__ = [
    "Collection",
    "DebtorNotice",
    "Reconciliation",
    "Registry",
    "RegistryBatch",
    "RegistryEntry",
    "RegistryTransaction",
    "Right",
    "RungFact",
    "ZhongdengAmendment",
    "ZhongdengRegistration",
    "ZhongdengSearch",
]


HELD = ("encumbered_by", "held_for", "held_currency", "held_rate", "held_rung")
"""What of a right says by which pledge it is held."""


class Right(models.Model):
    """The right of one trade, computed anew whenever its facts change. `calculation` opens every figure to its lines."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    trade = models.OneToOneField(Trade, on_delete=models.CASCADE, related_name="right")
    rung = models.PositiveSmallIntegerField(default=0)
    base = amount_field(default=0)
    rate = models.DecimalField(max_digits=5, decimal_places=4, default=0)
    supported = amount_field(default=0)
    currency = models.CharField(max_length=3, blank=True, default="")
    poolable = models.BooleanField(default=False)
    poolable_reasons = models.JSONField(default=list)
    reductions = models.JSONField(default=list)
    missing = models.JSONField(default=list)
    calculation = models.JSONField(default=list)
    due_date = models.DateField(null=True)  # where it is certain
    expected_due_date = models.DateField(null=True)
    due_basis = models.CharField(max_length=20, choices=[(str(b), str(b)) for b in Basis], blank=True, default="")
    due_term = models.CharField(max_length=MAX_TERM, blank=True, default="")  # the words that it was reckoned from
    financeable_since = models.DateTimeField(null=True)
    computed_at = models.DateTimeField(default=clock.now)
    state = models.CharField(max_length=10, choices=[(s, s) for s in RightState], default=RightState.FREE)
    encumbered_by = models.UUIDField(null=True)  # the pledge that holds it
    held_for = amount_field(null=True)  # what was lent on it and is not paid back
    held_currency = models.CharField(max_length=3, null=True)  # in which that was lent; null: nothing is
    held_rate = models.DecimalField(max_digits=5, decimal_places=4, null=True)  # of its base, at which that was lent
    held_rung = models.PositiveSmallIntegerField(null=True)  # on which that was lent

    class Meta:
        triggers = [
            pgtrigger.Protect(
                name="kept_while_encumbered",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__state=RightState.ENCUMBERED),
            )
        ]
        constraints = [
            one_of("state", RightState, "right_state_known"),
            within_limits("held_for", "right_held_for"),
            models.CheckConstraint(
                condition=Q(
                    state="encumbered",
                    encumbered_by__isnull=False,
                    held_for__isnull=False,
                    held_currency__regex="^[A-Z]{3}$",
                    held_currency__isnull=False,
                    held_rate__isnull=False,
                    held_rate__gt=0,
                    held_rate__lte=1,
                    held_rung__isnull=False,
                    held_rung__gte=1,
                    held_rung__lte=5,
                )
                | ~Q(state="encumbered") & Q(**{f"{name}__isnull": True for name in HELD}),
                name="right_encumbered_by_a_pledge",
            ),
            within_limits("base", "right_base"),
            within_limits("supported", "right_supported"),
            models.CheckConstraint(condition=Q(supported__lte=models.F("base")), name="right_supported_within_base"),
            models.CheckConstraint(condition=Q(rate__gte=0, rate__lte=1), name="right_rate"),
            models.CheckConstraint(condition=Q(rung__lte=5), name="right_rung"),
            models.CheckConstraint(
                condition=Q(poolable=False) | Q(rung__gte=3, due_date__isnull=False, supported__gt=0),
                name="right_poolable_only_performed",
            ),
            one_of("due_basis", ("", *Basis), "right_due_basis_known"),
            models.CheckConstraint(
                condition=Q(
                    due_basis__in=sorted(map(str, CERTAIN)),
                    due_date__isnull=False,
                    expected_due_date=models.F("due_date"),
                )
                | Q(due_basis__in=["statutory", "term"], due_date__isnull=True, expected_due_date__isnull=False)
                | Q(due_basis="", due_date__isnull=True, expected_due_date__isnull=True),
                name="right_due_date_has_basis",
            ),
            models.CheckConstraint(
                condition=Q(supported=0) | Q(rung__gte=1, financeable_since__isnull=False),
                name="right_supported_has_rung",
            ),
        ]

    NOTHING_LEFT_TO_PAY = Q(rung__gte=ACCEPTED, base=0, reductions__contains=[{"reason": PAYMENT}])

    @property
    def is_paid(self) -> bool:
        """Whether nothing is left to pay on what was accepted: settled, or payments took what other reductions left
        (NOTHING_LEFT_TO_PAY).
        """
        taken = any(each["reason"] == PAYMENT for each in self.reductions)
        return self.state == RightState.SETTLED or (self.rung >= ACCEPTED and self.base == 0 and taken)

    @property
    def missing_now(self) -> list[str]:
        """Codes of what would lift it; none once it is paid."""
        return [] if self.is_paid else self.missing

    @property
    def carried_by_now(self) -> Decimal:
        """What the right carries of what is lent on it, at the rate at which that was lent; nothing while nothing is, and
        where it is in another currency by now: so many yen are not so many yuan.
        """
        if self.currency != self.held_currency:
            return Decimal(0)
        carried: Decimal = self.base * (self.held_rate or Decimal(0))
        return carried


class RungFact(models.Model):
    """That a rung of a right was reached, rests on something else than before, or was lost: a signed statement.

    Never changed; a later fact of the same rung follows it. It outlives a right whose trade was merged into another.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    right = models.ForeignKey(Right, on_delete=models.DO_NOTHING, db_constraint=False, related_name="facts")
    number = models.PositiveIntegerField()  # among the right's facts, from 1
    rung = models.PositiveSmallIntegerField()
    event = models.CharField(max_length=8, choices=[(str(e), str(e)) for e in RungEvent])
    follows = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="followed_by")
    reason = models.CharField(max_length=24, blank=True, default="")
    statement = models.TextField()
    signature = models.BinaryField(max_length=80)
    public_key = models.BinaryField(max_length=65)
    salt = models.BinaryField(max_length=32)
    record_id = models.UUIDField(unique=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        triggers = [
            *append_only(),
            pgtrigger.Trigger(
                name="follows_its_rung",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__follows__isnull=False),
                func="""
                    IF NOT EXISTS (
                        SELECT FROM rights_rungfact former
                        WHERE former.id = NEW.follows_id AND former.right_id = NEW.right_id
                            AND former.rung = NEW.rung AND former.number < NEW.number
                            AND (former.event = 'lost') = (NEW.event = 'reached')
                    ) THEN
                        RAISE EXCEPTION 'a fact follows the former one of its rung';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["right", "number"], name="rung_fact_number"),
            models.UniqueConstraint(
                fields=["right", "rung"], condition=Q(follows__isnull=True), name="rung_fact_first_once"
            ),
            models.CheckConstraint(condition=Q(rung__gte=1, rung__lte=5), name="rung_fact_rung"),
            models.CheckConstraint(
                condition=Q(follows__isnull=False) | Q(event="reached"), name="rung_fact_reached_first"
            ),
            one_of("event", RungEvent, "rung_fact_event_known"),
            one_of("reason", ("", *LOST), "rung_fact_reason_known"),
            models.CheckConstraint(
                condition=Q(event="lost") & ~Q(reason="") | ~Q(event="lost") & Q(reason=""),
                name="rung_fact_lost_has_reason",
            ),
        ]

    @property
    def content(self) -> dict[str, Any]:  # Any: JSON
        """What the statement says."""
        read: dict[str, Any] = json.loads(self.statement)  # Any: JSON
        return read


class Collection(models.Model):
    """The debtor paid on a right: so says its holder, the supplier or the debtor itself. A row is only ever added.

    What was wrong is taken back by a row that `reverses` it and repeats its figures. `cause` names what made it, uniquely.
    `is_another`: it is not the payment of the same amount that another side told of within days of it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    right = models.ForeignKey(Right, on_delete=models.PROTECT, related_name="collections")
    amount = amount_field()
    currency = models.CharField(max_length=3)
    received_on = models.DateField()
    reference = models.CharField(max_length=100)
    is_another = models.BooleanField(default=False)
    source = models.CharField(max_length=10, choices=[(s, s) for s in SOURCES])
    cause = models.CharField(max_length=120, unique=True)
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversed_by")
    person = models.CharField(max_length=200)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        triggers = append_only()
        constraints = [
            one_of("source", SOURCES, "collection_source_known"),
            within_limits("amount", "collection_amount"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="collection_positive"),
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="collection_currency"),
            models.CheckConstraint(condition=~Q(reference=""), name="collection_has_reference"),
            models.CheckConstraint(condition=~Q(reverses=models.F("id")), name="collection_reverses_another"),
        ]
        indexes = [models.Index(fields=["right", "received_on"], name="collection_right")]
