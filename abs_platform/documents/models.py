"""Documents: what was uploaded, kept encrypted, and what was read from it."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length

from abs_platform.core import clock
from abs_platform.core.currencies import AMOUNT_LIMIT
from abs_platform.core.ids import uuid7
from abs_platform.core.models import append_only_until_erased, one_of
from abs_platform.core.money import amount_field, within_limits
from abs_platform.documents.alike.models import InvoiceTrace
from abs_platform.documents.tax.models import DOCUMENT_ERASED, TaxStatus, TaxStatusChange
from abs_platform.integrations.formats.reading import Verdict
from abs_platform.parties.models import Organisation

__all__ = ["Document", "Extraction", "InvoiceTrace", "TaxStatus", "TaxStatusChange"]

models.BinaryField.register_lookup(Length)


class Extraction(models.TextChoices):
    """How far reading the file has come."""

    PENDING = "pending"
    EXTRACTED = "extracted"  # a business document; its fields are in `content`
    ATTACHMENT = "attachment"  # kept as it is, never guessed at
    REFUSED = "refused"  # claims to be a business document and is not taken as one; `attention`, `remarks` say why


class Document(models.Model):
    """One uploaded file. The bytes never change; what is read from them is derived."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="documents")
    counterparty = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="counterparty_documents"
    )
    head_office = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="subsidiaries_documents"
    )  # the counterparty's parent, which sees what its project companies buy
    uploaded_by = models.CharField(max_length=200)
    received_at = models.DateTimeField(default=clock.now)

    filename = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)  # SM3 of the file, hex
    salt = models.BinaryField(max_length=32)  # of the commitment in the ledger
    record_id = models.UUIDField(unique=True)  # the ledger's record
    fields_seed = models.BinaryField(max_length=32, null=True)  # of the salts of what was read
    fields_record_id = models.UUIDField(unique=True, null=True)  # the ledger's record of the commitment to it
    storage_name = models.CharField(max_length=64, unique=True)
    wrapped_key = models.BinaryField(max_length=200)
    key_version = models.PositiveIntegerField()

    extraction = models.CharField(max_length=10, choices=Extraction.choices, default=Extraction.PENDING)
    verdict = models.CharField(max_length=10, blank=True, default="")  # of Verdict; empty while pending
    format = models.CharField(max_length=60, blank=True, default="")  # for people: "UBL 2.1", "OFD", "PNG"
    remarks = models.JSONField(default=list)  # on the file itself; those on the document are in `content`
    version = models.PositiveIntegerField(default=0)  # the correction in force; 0: as it was read from the file
    typed_in_by = models.CharField(max_length=200, blank=True, default="")  # who typed the fields of a file without any
    buyer_decision = models.CharField(max_length=10, blank=True, default="")  # told by trade: confirm, dispute, payment

    kind = models.CharField(max_length=60, blank=True, default="")
    number = models.CharField(max_length=200, blank=True, default="")
    issue_date = models.DateField(null=True)
    currency = models.CharField(max_length=3, blank=True, default="")
    total = amount_field(null=True)
    seller_name = models.CharField(max_length=300, blank=True, default="")
    buyer_name = models.CharField(max_length=300, blank=True, default="")
    content = models.JSONField(null=True)  # Extracted.to_json()
    fingerprint = models.CharField(max_length=64, blank=True, default="")  # keyed, of the normalised business key
    number_key = models.CharField(max_length=64, blank=True, default="")  # keyed, of kind, parties and number alone
    number_shape = models.CharField(max_length=64, blank=True, default="")  # the same without punctuation and zeros
    container = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="members")
    position = models.PositiveIntegerField(null=True)  # which member of its container it was, from 0
    duplicate_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="duplicates")
    conflicts_with = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="conflicting")
    attention = models.JSONField(default=list)  # [{"code", "params"}]
    source = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="made_of_it")  # the table
    withdrawn_at = models.DateTimeField(null=True)  # by its owner; the record stays, the document counts no more

    erased_at = models.DateTimeField(null=True)  # the owner's key was destroyed: what was read is gone, the proof stays

    trade_id = models.UUIDField(null=True)  # told by trade, for the reply alone
    trade_label = models.CharField(max_length=200, blank=True, default="")

    @property
    def is_loose(self) -> bool:
        """Whether it can be joined to a trade by hand: read, the repetition of none, in none yet."""
        read = self.extraction != Extraction.PENDING and self.withdrawn_at is None
        return read and self.duplicate_of_id is None and self.trade_id is None

    class Meta:
        constraints = [
            one_of("extraction", Extraction.values, "document_extraction_known"),
            models.CheckConstraint(
                condition=Q(duplicate_of__isnull=True) | Q(trade_id__isnull=True), name="document_duplicate_in_no_trade"
            ),
            models.CheckConstraint(condition=~Q(owner=models.F("counterparty")), name="document_between_two"),
            models.CheckConstraint(condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="document_digest_sm3"),
            models.CheckConstraint(condition=Q(salt__length=32), name="document_salt_length"),
            models.CheckConstraint(
                condition=Q(fields_seed__isnull=True, fields_record_id__isnull=True)
                | Q(
                    fields_seed__isnull=False,  # without this an absent seed has no length, and the database lets it pass
                    fields_seed__length=32,
                    fields_record_id__isnull=False,
                    extraction="extracted",
                )
                | Q(
                    fields_seed__isnull=True,
                    fields_record_id__isnull=False,
                    extraction="extracted",
                    erased_at__isnull=False,
                ),
                name="document_fields_whole",
            ),
            models.CheckConstraint(
                condition=Q(extraction="extracted", content__isnull=False) & ~Q(kind="") & ~Q(number="")
                | Q(extraction="refused")  # with content where it could be read and breaks a rule
                | Q(extraction__in=["pending", "attachment"], content__isnull=True)
                | Q(erased_at__isnull=False),
                name="document_extracted_has_content",
            ),
            models.CheckConstraint(
                condition=Q(extraction="pending", verdict="")
                | Q(extraction="refused", verdict=Verdict.REFUSED)
                | Q(extraction__in=["extracted", "attachment"], verdict__in=[Verdict.ACCEPTED, Verdict.ATTENTION]),
                name="document_verdict_of_extraction",
            ),
            models.CheckConstraint(
                condition=Q(duplicate_of__isnull=True, conflicts_with__isnull=True) | ~Q(verdict=Verdict.ACCEPTED),
                name="document_repeated_is_not_accepted",
            ),
            models.CheckConstraint(
                condition=Q(conflicts_with__isnull=True) | Q(fingerprint=""), name="document_conflict_takes_no_number"
            ),
            models.CheckConstraint(
                condition=Q(typed_in_by="") | Q(extraction__in=["extracted", "refused"], version__gt=0),
                name="document_typed_in_has_version",
            ),
            models.CheckConstraint(
                condition=Q(typed_in_by="") | Q(buyer_decision="confirm") | ~Q(verdict=Verdict.ACCEPTED),
                name="document_typed_in_is_looked_at",
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True)
                | Q(
                    content__isnull=True,
                    fields_seed__isnull=True,
                    number="",
                    issue_date__isnull=True,
                    total__isnull=True,
                    seller_name="",
                    buyer_name="",
                    attention=[],
                    remarks=[],
                )
                & ~Q(extraction="pending"),
                name="document_erased_says_nothing",
            ),
            one_of("buyer_decision", ("", "confirm", "dispute", "payment"), "document_buyer_decision_known"),
            models.CheckConstraint(
                condition=Q(container__isnull=True, position__isnull=True)
                | Q(container__isnull=False, position__isnull=False) & ~Q(container=models.F("id")),
                name="document_place_whole",
            ),
            models.UniqueConstraint(fields=["container", "position"], name="document_place_once"),
            models.UniqueConstraint(
                fields=["owner", "fingerprint"],
                condition=Q(duplicate_of__isnull=True) & ~Q(fingerprint=""),
                name="document_original_once",
            ),
            within_limits("total", "document_total", minimum=-AMOUNT_LIMIT),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True)
                | Q(fingerprint="", number_key="", number_shape="", trade_id__isnull=True),
                name="document_withdrawn_counts_no_more",
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "-id"], name="document_owner"),
            models.Index(fields=["counterparty", "-id"], name="document_counterparty"),
            models.Index(fields=["owner", "digest"], name="document_digest"),
            models.Index(fields=["owner", "number_key"], name="document_number_key"),
            models.Index(fields=["owner", "number_shape"], name="document_number_shape"),
            models.Index(fields=["trade_id"], name="document_trade"),
            models.Index(fields=["owner", "verdict", "-id"], name="document_verdict"),
            models.Index(
                fields=["head_office", "-id"], name="document_head_office", condition=Q(head_office__isnull=False)
            ),
        ]


class DocumentVersion(models.Model):
    """A reading that held for a document: number 0 the file's own, each later one a correction by hand.

    The present one is `Document.version`, and its content stands in `Document.content`. Number 0 is written with the
    first correction, so that what was read from the file, and the record of it in the ledger, are never lost.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    at = models.DateTimeField(default=clock.now)
    by = models.CharField(max_length=200)
    reason = models.CharField(max_length=1000, blank=True, default="")
    restores = models.PositiveIntegerField(null=True)  # the version whose content this one takes up again
    changes = models.JSONField(default=list)  # [{"path", "from", "to"}], JSON pointers; null where there was nothing
    content = models.JSONField(null=True)  # Extracted.to_json(); none: no fields
    fields_seed = models.BinaryField(max_length=32, null=True)
    fields_record_id = models.UUIDField(unique=True, null=True)  # the ledger's record of the commitment to it

    class Meta:
        triggers = append_only_until_erased(
            {
                "content": "NULL",
                "fields_seed": "NULL",
                "changes": "'[]'",
                "reason": "CASE OLD.number WHEN 0 THEN '' ELSE 'erased' END",
            },
            erased=DOCUMENT_ERASED,
        )
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="document_version_once"),
            models.CheckConstraint(
                condition=Q(number=0, reason="") | Q(number__gt=0) & ~Q(reason=""), name="document_version_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(restores__isnull=True) | Q(restores__lt=models.F("number")),
                name="document_version_restores_earlier",
            ),
            models.CheckConstraint(
                condition=Q(fields_seed__isnull=True, fields_record_id__isnull=True)
                | Q(
                    fields_seed__isnull=False,
                    fields_seed__length=32,
                    fields_record_id__isnull=False,
                    content__isnull=False,
                )
                | Q(fields_seed__isnull=True, fields_record_id__isnull=False, content__isnull=True),  # erased
                name="document_version_fields_whole",
            ),
        ]
