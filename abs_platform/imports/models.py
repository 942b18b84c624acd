"""Imports: a table or a stream of rows on its way to become documents."""

from decimal import Decimal
from typing import Any

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from abs_platform.core import clock
from abs_platform.core.currencies import AMOUNT_LIMIT
from abs_platform.core.ids import uuid7
from abs_platform.core.models import append_only, one_of
from abs_platform.core.money import amount_field, within_limits
from abs_platform.documents.models import Document
from abs_platform.imports.fields import KINDS
from abs_platform.imports.states import Entry, State
from abs_platform.parties.models import Organisation

QUANTITY_LIMIT = Decimal(10) ** 15
HAS_DOCUMENTS = [State.IMPORTED, State.UNDOING, State.UNDONE]


def _text(length: int = 200) -> "models.CharField[Any, Any]":  # Any: Django's own field types
    return models.CharField(max_length=length, blank=True, default="")


class Batch(models.Model):
    """One import, from upload to undo. `source` is the table's file; an import by REST has none."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="imports")
    kind = models.CharField(max_length=20, choices=[(kind, kind) for kind in KINDS])
    filename = models.CharField(max_length=255)
    source = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="imports")
    created_by = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=clock.now)
    state = models.CharField(max_length=10, choices=[(s, s) for s in State], default=State.READING)
    problem = models.JSONField(null=True)  # {"code", "params"}: why it failed, or could not be undone

    sheet = _text(100)
    sheets = models.JSONField(default=list)
    system = _text(40)  # the ERP whose headers these are; see presets.py
    header_row = models.PositiveIntegerField(null=True)  # the first is 1
    headers = models.JSONField(default=list)
    lost = models.JSONField(default=list)  # columns whose long numbers lost digits in the file
    mapping = models.JSONField(default=dict)  # mapping.Plan as JSON
    saved_as = _text(100)  # the saved mapping that it was proposed from, or kept as

    row_count = models.PositiveIntegerField(default=0)
    wrong_count = models.PositiveIntegerField(default=0)  # rows with errors
    document_count = models.PositiveIntegerField(default=0)
    imported_count = models.PositiveIntegerField(default=0)
    job_id = models.UUIDField(null=True)  # the newest background job, for its progress
    heard_at = models.DateTimeField(default=clock.now)  # when documents by REST arrived last
    imported_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            one_of("state", State, "import_state_known"),
            one_of("kind", KINDS, "import_kind_known"),
            models.CheckConstraint(
                condition=Q(state__in=HAS_DOCUMENTS, imported_at__isnull=False)
                | ~Q(state__in=HAS_DOCUMENTS) & Q(imported_at__isnull=True),
                name="import_imported_has_time",
            ),
            models.CheckConstraint(
                condition=Q(state="undone", undone_at__isnull=False) | ~Q(state="undone") & Q(undone_at__isnull=True),
                name="import_undone_has_time",
            ),
            models.CheckConstraint(condition=Q(wrong_count__lte=F("row_count")), name="import_wrong_within_rows"),
            models.CheckConstraint(
                condition=Q(imported_count__lte=F("document_count")), name="import_imported_within_documents"
            ),
            models.CheckConstraint(
                condition=~Q(state="failed") | Q(problem__isnull=False), name="import_failed_says_why"
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "-id"], name="import_owner"),
            models.Index(fields=["heard_at"], condition=Q(state="receiving"), name="import_receiving"),
        ]


class Row(models.Model):
    """One row of the table as it was read: the cells never change, `corrected` lies over them by column."""

    pk = models.CompositePrimaryKey("batch_id", "number")
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()  # in the table; the first is 1
    cells = ArrayField(models.TextField())
    corrected = models.JSONField(default=dict)  # {column: text}
    errors = models.JSONField(default=list)  # [{"column", "field", "code", "params"}]
    wrong = models.BooleanField(default=False)
    key = models.TextField(blank=True, default="")  # rows of one key are one document; empty where it is none's

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(wrong=True) & ~Q(errors=[]) | Q(wrong=False, errors=[]), name="row_wrong"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="row_number"),
        ]
        indexes = [
            models.Index(fields=["batch", "number"], name="row_wrong_ones", condition=Q(wrong=True)),
            models.Index(fields=["batch", "key"], name="row_key"),
        ]


def _append_only_until_erased() -> list[pgtrigger.Trigger]:
    """What was written over a cell stays, and goes with what its table says when the owner's key is destroyed."""
    _, no_truncate = append_only()
    no_change = pgtrigger.Trigger(
        name="no_change",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        func="""
            IF TG_OP = 'UPDATE' AND NEW.before = '' AND NEW.after = ''
                AND to_jsonb(NEW) - ARRAY['before', 'after'] = to_jsonb(OLD) - ARRAY['before', 'after']
                AND EXISTS (
                    SELECT FROM imports_batch b JOIN parties_organisationkey k ON k.organisation_id = b.owner_id
                    WHERE b.id = OLD.batch_id AND k.purpose = 'data' AND k.destroyed_at IS NOT NULL
                )
            THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION 'a correction stays as it was written';
        """,
    )
    return [no_change, no_truncate]


class Correction(models.Model):
    """Who wrote what over which cell, and when. The file keeps what it says."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="corrections")
    number = models.PositiveIntegerField()
    column = models.PositiveIntegerField()  # the first is 0
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    by = models.CharField(max_length=200)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        triggers = _append_only_until_erased()
        indexes = [models.Index(fields=["batch", "number"], name="correction_row")]


class StagedDocument(models.Model):
    """One document of an import, typed, and what became of it. Rows in bulk: few columns, few indexes."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="entries")
    position = models.PositiveIntegerField()
    number = models.CharField(max_length=200)
    issue_date = models.DateField()
    due_date = models.DateField(null=True)
    buyer_name = models.CharField(max_length=300)
    buyer_id = _text()
    currency = models.CharField(max_length=3)
    order_number = _text()
    contract_number = _text()
    payment_terms = _text(500)
    total = amount_field(null=True)  # stated: payable, with tax
    state = models.CharField(max_length=10, choices=[(s, s) for s in Entry], default=Entry.PENDING)
    document = models.OneToOneField(Document, on_delete=models.PROTECT, null=True, related_name="entry")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "position"], name="staged_position"),
            models.CheckConstraint(
                condition=Q(state="pending", document__isnull=True)
                | Q(state__in=["imported", "withdrawn"], document__isnull=False),
                name="staged_imported_has_document",
            ),
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="staged_currency"),
            models.CheckConstraint(condition=~Q(number=""), name="staged_number"),
            models.CheckConstraint(condition=~Q(buyer_name="", buyer_id=""), name="staged_buyer"),
            within_limits("total", "staged_total", minimum=-AMOUNT_LIMIT),
        ]


def _figure(**options: Any) -> "models.DecimalField[Any, Any]":  # Any: Django's own field options
    return models.DecimalField(max_digits=30, decimal_places=13, null=True, **options)


class StagedLine(models.Model):
    """One line of a staged document. The columns bear the names of formats.model.Line."""

    pk = models.CompositePrimaryKey("document_id", "position")
    document = models.ForeignKey(StagedDocument, on_delete=models.CASCADE, related_name="lines", db_index=False)
    position = models.PositiveIntegerField()
    row = models.PositiveIntegerField(null=True)  # of the table
    line_id = _text()
    item_name = _text(500)
    item_description = _text(500)
    seller_item_id = _text()
    buyer_item_id = _text()
    unit = _text(20)
    quantity = _figure()
    rejected = _figure()
    price = _figure()
    amount = _figure()
    tax = _figure()
    tax_percent = _figure()
    order_number = _text()
    order_line_id = _text()
    despatch_number = _text()
    receipt_number = _text()
    invoice_number = _text()
    note = _text(500)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__isnull=True) | Q(quantity__gt=-QUANTITY_LIMIT, quantity__lt=QUANTITY_LIMIT),
                name="staged_line_quantity",
            ),
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gt=-QUANTITY_LIMIT, amount__lt=QUANTITY_LIMIT),
                name="staged_line_amount",
            ),
            models.CheckConstraint(
                condition=Q(tax_percent__isnull=True) | Q(tax_percent__gte=0, tax_percent__lte=100),
                name="staged_line_tax_percent",
            ),
        ]


class SavedMapping(models.Model):
    """A mapping kept under a name, such as the partner's or the system's, and proposed for tables of the same headers."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="saved_mappings")
    kind = models.CharField(max_length=20, choices=[(kind, kind) for kind in KINDS])
    name = models.CharField(max_length=100)
    columns = models.JSONField()  # {field: header}
    settings = models.JSONField()  # {"defaults", "date_order", "decimal_mark"}
    saved_by = models.CharField(max_length=200)
    saved_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "kind", "name"], name="saved_mapping_once"),
            one_of("kind", KINDS, "saved_mapping_kind_known"),
            models.CheckConstraint(condition=~Q(name=""), name="saved_mapping_named"),
        ]
