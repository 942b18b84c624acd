"""Trades, the documents filed in them, their lines, and what the buyer signed. What the desk adds is in desk/models.py."""

from typing import Any

import pgtrigger
from django.db import models
from django.db.models import F, Q
from guardian.models import GroupObjectPermissionBase

from abs_platform.core import clock
from abs_platform.core.currencies import AMOUNT_LIMIT
from abs_platform.core.ids import uuid7
from abs_platform.core.models import append_only, one_of
from abs_platform.core.money import amount_field, within_limits
from abs_platform.documents.models import Document
from abs_platform.parties.models import Network, Organisation
from abs_platform.trade.desk.models import (
    AutomaticConfirmation,
    AutomaticRule,
    ConfirmationPolicy,
    Delegation,
    DisputeMessage,
    LoneConfirmation,
    OwnKey,
    PaymentEntry,
    Proposal,
    ProposedDocument,
    SettingsChange,
    SignedManifest,
)
from abs_platform.trade.matching.models import (
    Cleared,
    Clearing,
    ClearingItem,
    Consumption,
    LineMatch,
    MatchLine,
    Tolerance,
    TradeMatch,
)
from abs_platform.trade.signed import Signed, Stated
from abs_platform.trade.states import Confirmation, DisputeReason

__all__ = [
    "AutomaticConfirmation",
    "AutomaticRule",
    "Cleared",
    "Clearing",
    "ClearingItem",
    "ConfirmationPolicy",
    "Consumption",
    "Delegation",
    "DisputeMessage",
    "LineMatch",
    "LoneConfirmation",
    "MatchLine",
    "OwnKey",
    "PaymentConfirmation",
    "PaymentEntry",
    "Proposal",
    "ProposedDocument",
    "SettingsChange",
    "Signed",
    "SignedDecision",
    "SignedManifest",
    "Tolerance",
    "Trade",
    "TradeDocument",
    "TradeGroupPermission",
    "TradeKey",
    "TradeLine",
    "TradeMatch",
]


class Trade(models.Model):
    """Seller, buyer, order number; provisional while the order itself is missing."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    network = models.ForeignKey(Network, on_delete=models.PROTECT)
    seller = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="sales")
    buyer = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="purchases")
    buyer_key = models.CharField(max_length=250)  # the organisation's id, else the party's most decisive identifier
    buyer_name = models.CharField(max_length=300)
    order_number = models.CharField(max_length=200, blank=True, default="")  # empty while no document names an order
    provisional = models.BooleanField(default=True)
    currency = models.CharField(max_length=3, blank=True, default="")
    ordered = amount_field(null=True)
    mismatches = models.PositiveIntegerField(default=0)
    encumbered = models.BooleanField(default=False)  # somebody lent on its right: it stays what and where it is
    created_at = models.DateTimeField(default=clock.now)
    updated_at = models.DateTimeField(default=clock.now)

    class Meta:
        triggers = [
            pgtrigger.Protect(
                name="kept_while_encumbered",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__encumbered=True),
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "buyer_key", "order_number"], condition=~Q(order_number=""), name="trade_once"
            ),
            models.CheckConstraint(condition=~Q(seller=F("buyer")), name="trade_between_two"),
            within_limits("ordered", "trade_ordered", minimum=-AMOUNT_LIMIT),
        ]
        indexes = [
            models.Index(fields=["seller", "-id"], name="trade_seller"),
            models.Index(fields=["buyer", "-id"], name="trade_buyer"),
        ]
        permissions = [("see_trade", "Can see the trade as the buyer's head office")]

    @property
    def buyer_called(self) -> str:
        """The buyer's name here, else the one by which its documents call it. `buyer` is fetched where it was not."""
        return self.buyer.name if self.buyer else self.buyer_name


class TradeGroupPermission(GroupObjectPermissionBase):
    """Per-trade exceptions: a group head office sees the purchases of its project companies."""

    content_object = models.ForeignKey(Trade, on_delete=models.CASCADE)


class TradeKey(models.Model):
    """A reference by which documents find their trade: "order:…", "despatch:…", "receipt:…", "invoice:…"."""

    id = models.BigAutoField(primary_key=True)
    trade = models.ForeignKey(Trade, on_delete=models.CASCADE, related_name="keys")
    seller = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    buyer_key = models.CharField(max_length=250)
    key = models.CharField(max_length=220)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["seller", "buyer_key", "key"], name="trade_key_names_one_trade")]


class TradeDocument(models.Model):
    """A business document filed in its trade."""

    document = models.OneToOneField(Document, on_delete=models.PROTECT, primary_key=True, related_name="filed")
    trade = models.ForeignKey(Trade, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=20)
    number = models.CharField(max_length=200)
    issue_date = models.DateField(null=True)
    currency = models.CharField(max_length=3, blank=True, default="")
    due_date = models.DateField(null=True)
    total = amount_field(null=True)
    invoice_key = models.UUIDField(null=True)  # of an invoice: digest of its number, by which payments name it
    confirmation = models.CharField(max_length=12, choices=[(s, s) for s in Confirmation])
    deadline = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    rest_disputed = models.BooleanField(default=False)  # of a document confirmed in part: the rest of it is disputed
    filed_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmation="not_required", deadline__isnull=True, decided_at__isnull=True)
                | Q(confirmation="pending", deadline__isnull=False, decided_at__isnull=True)
                | Q(
                    confirmation__in=["confirmed", "partial", "disputed"],
                    deadline__isnull=False,
                    decided_at__isnull=False,
                ),
                name="trade_document_confirmation_times",
            ),
            models.CheckConstraint(
                condition=Q(rest_disputed=False) | Q(confirmation="partial"), name="trade_document_rest_of_a_part"
            ),
            within_limits("total", "trade_document_total", minimum=-AMOUNT_LIMIT),
            models.CheckConstraint(
                condition=Q(kind="invoice", invoice_key__isnull=False) | ~Q(kind="invoice") & Q(invoice_key=None),
                name="trade_document_invoice_key",
            ),
        ]
        indexes = [
            models.Index(fields=["trade"], name="trade_document_trade"),
            models.Index(fields=["invoice_key"], name="trade_document_invoice", condition=Q(invoice_key__isnull=False)),
            models.Index(fields=["confirmation", "deadline"], name="trade_document_queue"),
        ]


def _quantity(**options: Any) -> "models.DecimalField[Any, Any]":  # Any: Django's own field options
    return models.DecimalField(max_digits=30, decimal_places=13, **options)


def _text(length: int = 200) -> "models.CharField[Any, Any]":  # Any: Django's own field types
    return models.CharField(max_length=length, blank=True, default="")


class TradeLine(models.Model):
    """One line of a filed document and what it refers to. The columns bear the names of formats.model.Line."""

    id = models.BigAutoField(primary_key=True)
    document = models.ForeignKey(TradeDocument, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField()
    line_id = _text()  # Line.id
    item_name = _text(500)
    item_description = models.TextField(blank=True, default="")
    buyer_item_id = _text()
    seller_item_id = _text()
    standard_item_id = _text()
    unit = _text(20)
    quantity = _quantity(null=True)
    confirmed = _quantity(
        null=True
    )  # of a document confirmed in part: how much of it counts; of a receipt, as accepted
    rejected = _quantity(default=0)
    short = _quantity(default=0)
    oversupply = _quantity(default=0)
    backorder = _quantity(default=0)
    price = _quantity(null=True)
    price_base_quantity = _quantity(default=1)
    allowances = _quantity(default=0)
    charges = _quantity(default=0)
    amount = _quantity(null=True)
    tax = _quantity(null=True)
    tax_percent = _quantity(null=True)
    order_number = _text()
    order_line_id = _text()
    despatch_number = _text()
    despatch_line_id = _text()
    receipt_number = _text()
    receipt_line_id = _text()
    invoice_number = _text()
    invoice_line_id = _text()
    note = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document", "position"], name="trade_line_position"),
            models.CheckConstraint(
                condition=Q(confirmed=None)
                | Q(confirmed__gte=0, quantity__gte=0, confirmed__lte=F("quantity"))
                | Q(quantity__lt=0, confirmed=F("quantity")),
                name="trade_line_confirmed_within_stated",
            ),
        ]


class SignedDecision(Stated):
    """What the core enterprise signed on a document: the exact content that it was shown, and its word on it.

    One signed together with others has no signature of its own: its `manifest` has, and names the digest of `statement`,
    which then is the content itself.
    """

    signature = models.BinaryField(max_length=80, null=True)
    salt = models.BinaryField(max_length=32, null=True)
    record_id = models.UUIDField(unique=True, null=True)
    manifest = models.ForeignKey(SignedManifest, on_delete=models.PROTECT, null=True, related_name="decisions")
    document = models.ForeignKey(TradeDocument, on_delete=models.PROTECT, related_name="decisions")
    number = models.PositiveSmallIntegerField(default=1)  # of the decisions on one document, from 1
    decision = models.CharField(max_length=10, choices=[("confirm", "confirm"), ("dispute", "dispute")])
    reason_code = models.CharField(max_length=20, blank=True, default="")
    reason = models.TextField(blank=True, default="")
    lines = models.JSONField(null=True)  # of a confirmation in part: [{"position", "line", "quantity"}]
    rest_disputed = models.BooleanField(default=False)
    content_digest = models.CharField(max_length=64)
    on_behalf_of = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        triggers = append_only()
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="decision_once"),
            models.CheckConstraint(
                condition=Q(decision="confirm", rest_disputed=False) | ~Q(reason=""), name="dispute_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(rest_disputed=False) | Q(lines__isnull=False), name="decision_rest_of_a_part"
            ),
            models.CheckConstraint(condition=Q(lines=None) | Q(decision="confirm"), name="decision_part_is_confirmed"),
            models.CheckConstraint(
                condition=Q(manifest=None, signature__isnull=False, salt__isnull=False, record_id__isnull=False)
                | Q(manifest__isnull=False, signature=None, salt=None, record_id=None),
                name="decision_signed_alone_or_by_manifest",
            ),
            one_of("decision", ("confirm", "dispute"), "decision_known"),
            one_of("reason_code", ("", *DisputeReason), "decision_reason_known"),
        ]


class PaymentConfirmation(Signed):
    """付款确认书: the debtor confirms amount, due date and account (rung 5). One for each trade."""

    trade = models.OneToOneField(Trade, on_delete=models.PROTECT, related_name="payment_confirmation")
    amount = amount_field()
    currency = models.CharField(max_length=3)
    due_date = models.DateField()
    account = models.CharField(max_length=100)
    credit_notes = models.JSONField(default=list)  # ids of those that the amount takes into account

    class Meta:
        triggers = append_only()
        constraints = [
            within_limits("amount", "payment_confirmation_amount"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_confirmation_positive"),
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="payment_confirmation_currency"),
        ]
