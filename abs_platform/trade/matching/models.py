"""What lines are matched by, and what the matching found. All but tolerances is derived from the filed lines.

Derived tables hold no foreign keys to the lines in the database: checking them would cost as much as the matching itself,
and `recompute_matches` derives every row again. Deleting a filed line deletes what is derived from it.
"""

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import F, Q

from abs_platform.core import clock
from abs_platform.core.ids import uuid7
from abs_platform.core.models import append_only, one_of
from abs_platform.parties.models import Organisation

STATUSES = (
    "not_ordered",
    "over_received",
    "over_invoiced",
    "price_differs",
    "amount_differs",
    "invoice_first",
    "rejected",
    "short",
    "to_receive",
    "to_invoice",
    "matched",
)
"""What a row comes to, the worst first; definition.sql says when."""

QUANTITY_LIMIT = Decimal(10) ** 36
AMOUNT_LIMIT = Decimal(10) ** 27

CLEARING = ("credit_note", "remittance_advice")
"""Kinds of documents that clear what invoices bill."""


def _figure(digits: int = 50, places: int = 13, **options: Any) -> "models.DecimalField[Any, Any]":  # Any: Django's own
    return models.DecimalField(max_digits=digits, decimal_places=places, null=True, **options)


class MatchLine(models.Model):
    """A filed line as the matching sees it: digests of what it refers to, and figures.

    `level`: 1 order, 2 despatch, 3 receipt, 4 invoice, 5 credit note. `factor`: how many base units one of its unit is;
    null where none is stated. `placed_with`: the first line of the row that `joining` put it into; it decides where no
    reference does. `counts`, `confirmed`, `spine`, `sole` and the tolerances follow the document (standing.sql):
    `spine`: a line of the order that counts; `sole`: and the one line that a reference to it can mean.
    """

    line = models.OneToOneField("trade.TradeLine", models.CASCADE, primary_key=True, related_name="match_line")
    document_id = models.UUIDField()
    trade_id = models.UUIDField()
    level = models.PositiveSmallIntegerField()
    position = models.PositiveIntegerField()
    number = models.CharField(max_length=200, db_collation="C")
    issue_date = models.DateField(null=True)
    currency = models.CharField(max_length=3, blank=True, default="")
    counts = models.BooleanField(default=True)
    confirmed = models.BooleanField(default=False)
    spine = models.BooleanField(default=False)
    sole = models.BooleanField(default=False)
    distinct_id = models.BooleanField(default=True)  # no other line of its document bears its identifier
    placed_with = models.BigIntegerField(null=True)
    order_key = models.UUIDField(null=True)
    order_line_key = models.UUIDField(null=True)
    own_ref = models.UUIDField(null=True)
    despatch_ref = models.UUIDField(null=True)
    receipt_ref = models.UUIDField(null=True)
    invoice_ref = models.UUIDField(null=True)
    unit = models.CharField(max_length=20, blank=True, default="")  # the base unit's code
    factor = _figure(24, 12)
    quantity = _figure(30, 13)
    accepted = _figure(30, 13)
    rejected = _figure(30, 13)
    short = _figure(30, 13)
    unit_price = _figure(40, 20)
    amount = _figure(40, 13)
    quantity_tolerance = models.DecimalField(max_digits=7, decimal_places=6, default=0)
    price_tolerance = models.DecimalField(max_digits=7, decimal_places=6, default=0)
    amount_tolerance = models.DecimalField(max_digits=7, decimal_places=6, null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(level__gte=1, level__lte=5), name="match_line_level")]
        indexes = [
            models.Index(fields=["trade_id"], name="match_line_trade"),
            models.Index(fields=["document_id"], name="match_line_document"),
            # For what other trades bill of a receipt (elsewhere.sql).
            models.Index(fields=["receipt_ref"], name="match_line_receipt_ref", condition=Q(level=4)),
            models.Index(fields=["own_ref"], name="match_line_receipt", condition=Q(level=3)),
        ]


def _row_of(field: str, name: str) -> models.CheckConstraint:
    """Keeps NaN and infinity out of a derived figure."""
    return models.CheckConstraint(
        condition=Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__lt": QUANTITY_LIMIT}), name=name
    )


class LineMatch(models.Model):
    """One row of the comparison: an order line (or the first line of what no order line is known of) and all that joins it.

    Quantities in base units, amounts in the order's currency; null where no counting document states one. `uncovered`: what
    is invoiced beyond what was accepted. `used_again_by`: the line that uses what others had used up, if one does. `value_…`:
    confirmed acceptance at the lower of order's and invoices' unit value.
    """

    line = models.OneToOneField(
        "trade.TradeLine", models.CASCADE, primary_key=True, db_constraint=False, related_name="match"
    )
    trade = models.ForeignKey(
        "trade.Trade", models.CASCADE, db_constraint=False, db_index=False, related_name="line_matches"
    )
    unit = models.CharField(max_length=20, blank=True, default="")
    ordered = _figure()
    despatched = _figure()
    received = _figure()
    rejected = _figure()
    short = _figure()
    accepted = _figure()
    invoiced = _figure()
    credited = _figure()
    ordered_amount = _figure()
    invoiced_amount = _figure()
    credited_amount = _figure()
    uncovered = models.DecimalField(max_digits=50, decimal_places=13, default=0)
    unit_value = _figure(30, 13)
    value_accepted = _figure(30, 13)
    value_invoiced = _figure(30, 13)
    used_again_by = models.BigIntegerField(null=True)
    status = models.CharField(max_length=14)

    class Meta:
        constraints = [
            one_of("status", STATUSES, "line_match_status_known"),
            models.CheckConstraint(condition=Q(uncovered__gte=0), name="line_match_uncovered"),
            models.CheckConstraint(
                condition=Q(value_invoiced__isnull=True) | Q(value_invoiced__lte=F("value_accepted")),
                name="line_match_invoiced_within_accepted",
            ),
            _row_of("accepted", "line_match_accepted"),
            _row_of("invoiced", "line_match_invoiced"),
        ]
        indexes = [models.Index(fields=["trade"], name="line_match_trade")]


class Consumption(models.Model):
    """A piece of a line's quantity, from `starts` to `ends`, that another line uses: an invoice line what a receipt line
    accepted, a credit note's what an invoice line billed.

    Pieces of a line never overlap (each starts where no other does, and the definition lays them end to end), and none
    reaches beyond what there is: what a line offers is used once.
    """

    pk = models.CompositePrimaryKey("of", "starts")
    of = models.ForeignKey(
        "trade.TradeLine", models.CASCADE, db_constraint=False, db_index=False, related_name="consumed"
    )
    by = models.ForeignKey(
        "trade.TradeLine", models.DO_NOTHING, db_constraint=False, db_index=False, related_name="consuming"
    )
    trade = models.ForeignKey("trade.Trade", models.CASCADE, db_constraint=False, db_index=False, related_name="+")
    starts = models.DecimalField(max_digits=50, decimal_places=13)
    ends = models.DecimalField(max_digits=50, decimal_places=13)
    available = models.DecimalField(max_digits=50, decimal_places=13)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    starts__gte=0, ends__gt=F("starts"), available__gte=F("ends"), available__lt=QUANTITY_LIMIT
                ),
                name="consumption_within_available",
            ),
        ]
        indexes = [models.Index(fields=["trade"], name="consumption_trade")]


class TradeMatch(models.Model):
    """The sums of a trade's rows."""

    trade = models.OneToOneField(
        "trade.Trade", models.CASCADE, primary_key=True, db_constraint=False, related_name="match"
    )
    rows = models.PositiveIntegerField()
    matched = models.PositiveIntegerField()
    differing = models.PositiveIntegerField()
    consumed_twice = models.PositiveIntegerField()
    ordered_amount = models.DecimalField(max_digits=50, decimal_places=13)
    invoiced_amount = models.DecimalField(max_digits=50, decimal_places=13)
    credited_amount = models.DecimalField(max_digits=50, decimal_places=13)
    value_accepted = models.DecimalField(max_digits=50, decimal_places=13)
    value_invoiced = models.DecimalField(max_digits=50, decimal_places=13)


class ClearingItem(models.Model):
    """What a payment or a credit note says of one invoice, or of none, as it was filed.

    `position`: among the items of its document, from 0. `invoice_key`: digest of the number that it names, as invoices have
    it; null where it names none. A document that names several invoices has an item for each.
    """

    document = models.ForeignKey("trade.TradeDocument", models.CASCADE, db_index=False, related_name="clearing_items")
    position = models.PositiveIntegerField()
    invoice_key = models.UUIDField(null=True)
    amount = models.DecimalField(max_digits=40, decimal_places=13)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document", "position"], name="clearing_item_position"),
            models.CheckConstraint(condition=Q(amount__gt=0, amount__lt=AMOUNT_LIMIT), name="clearing_item_amount"),
        ]
        indexes = [models.Index(fields=["invoice_key"], name="clearing_item_invoice")]


class Cleared(models.Model):
    """Where an item counts: in which trade, and on which invoice where it names one.

    `beyond`: what of it is more than the invoice bills, or all invoices of the trade where it names none. `filed_in`: the
    trade of the item itself; a payment counts where its invoice is.
    """

    item = models.OneToOneField(ClearingItem, models.DO_NOTHING, primary_key=True, db_constraint=False)
    filed_in = models.UUIDField()
    trade = models.ForeignKey(
        "trade.Trade", models.CASCADE, db_constraint=False, db_index=False, related_name="cleared"
    )
    invoice = models.ForeignKey(
        "trade.TradeDocument", models.DO_NOTHING, db_constraint=False, db_index=False, null=True, related_name="+"
    )
    beyond = models.DecimalField(max_digits=40, decimal_places=13)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(beyond__gte=0, beyond__lt=AMOUNT_LIMIT), name="cleared_beyond")
        ]
        indexes = [
            models.Index(fields=["trade"], name="cleared_trade"),
            models.Index(fields=["filed_in"], name="cleared_filed_in"),
        ]


class Clearing(models.Model):
    """A piece of what an invoice bills, from `starts` to `ends`, that an item clears (核销): paid, or credited.

    As with quantities, pieces of an invoice lie end to end and none reaches beyond what is billed: money owed is paid once.
    """

    pk = models.CompositePrimaryKey("invoice", "starts")
    invoice = models.ForeignKey(
        "trade.TradeDocument", models.CASCADE, db_constraint=False, db_index=False, related_name="clearings"
    )
    item = models.ForeignKey(
        ClearingItem, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="clearings"
    )
    trade = models.ForeignKey("trade.Trade", models.CASCADE, db_constraint=False, db_index=False, related_name="+")
    starts = models.DecimalField(max_digits=40, decimal_places=13)
    ends = models.DecimalField(max_digits=40, decimal_places=13)
    billed = models.DecimalField(max_digits=40, decimal_places=13)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(starts__gte=0, ends__gt=F("starts"), billed__gte=F("ends"), billed__lt=AMOUNT_LIMIT),
                name="clearing_within_billed",
            ),
        ]
        indexes = [models.Index(fields=["trade"], name="clearing_trade")]


class Tolerance(models.Model):
    """By how much documents of a trading relationship may differ without being called different, as shares (0.05: 5 %).

    Holds for documents dated `effective_from` or later, until the next one. `amount` null: amounts are not compared.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    seller = models.ForeignKey(Organisation, models.PROTECT, related_name="tolerances_granted_to_it")
    buyer = models.ForeignKey(Organisation, models.PROTECT, related_name="tolerances_set")
    quantity = models.DecimalField(max_digits=7, decimal_places=6)
    price = models.DecimalField(max_digits=7, decimal_places=6)
    amount = models.DecimalField(max_digits=7, decimal_places=6, null=True)
    effective_from = models.DateField()
    set_by = models.CharField(max_length=200)
    set_at = models.DateTimeField(default=clock.now)

    class Meta:
        triggers = append_only()
        constraints = [
            models.UniqueConstraint(fields=["seller", "buyer", "effective_from"], name="tolerance_once_a_day"),
            models.CheckConstraint(
                condition=Q(quantity__gte=0, quantity__lt=1, price__gte=0, price__lt=1)
                & (Q(amount__isnull=True) | Q(amount__gte=0, amount__lt=1)),
                name="tolerance_shares",
            ),
            models.CheckConstraint(condition=~Q(seller=F("buyer")), name="tolerance_between_two"),
        ]
