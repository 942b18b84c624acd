"""How documents look in replies, here and in the layers above."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import prefetch_related_objects
from rest_framework import serializers

from abs_platform.consent import selectors as consent
from abs_platform.core.rest.fields import Body, Coded, Named, money, named, time
from abs_platform.documents import comparing, correcting, selectors, settling, verdicts
from abs_platform.documents.models import Document, Extraction
from abs_platform.documents.tax import selectors as tax
from abs_platform.documents.tax.models import TaxStatus
from abs_platform.documents.tax.replies import TaxOut, may_ask_tax, tax_body
from abs_platform.integrations.formats.model import Level
from abs_platform.integrations.formats.reading import Verdict
from abs_platform.integrations.tax.status import Status
from abs_platform.ledger import selectors as ledger
from abs_platform.parties.actor import Actor
from abs_platform.parties.roles import Role

STATES = ["received", "recorded", "anchored"]


class AnchorOut(serializers.Serializer[Any]):
    chain = serializers.CharField()
    kind = serializers.ChoiceField(choices=["evm", "rfc3161"], help_text="rfc3161: a time-stamp authority; no block")
    chain_id = serializers.IntegerField(allow_null=True)
    block = serializers.IntegerField(allow_null=True)
    time = serializers.DateTimeField()
    tx = serializers.CharField(allow_null=True)


class TradeLink(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    order_number = serializers.CharField(allow_blank=True)


class OriginalLink(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    filename = serializers.CharField()


class AttentionOut(Coded):
    """A reason to look at a document."""

    field = serializers.CharField(allow_blank=True, help_text="what it is about: a path in `fields` and `lines`")


class DocumentOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    filename = serializers.CharField()
    size = serializers.IntegerField()
    media_type = serializers.CharField()
    digest = serializers.CharField(help_text="SM3 of the file, hex")
    kind = serializers.CharField(allow_blank=True)
    number = serializers.CharField(allow_blank=True)
    issue_date = serializers.DateField(allow_null=True)
    currency = serializers.CharField(allow_blank=True)
    total = serializers.CharField(allow_null=True)
    state = serializers.ChoiceField(choices=STATES)
    extraction = serializers.ChoiceField(choices=Extraction.choices)
    owner = Named()
    seller_name = serializers.CharField(allow_blank=True)
    buyer_name = serializers.CharField(allow_blank=True)
    trade = TradeLink(allow_null=True)
    duplicate_of = OriginalLink(allow_null=True)
    container = OriginalLink(allow_null=True, help_text="the archive that it came in; told to its owner alone")
    verdict = serializers.ChoiceField(
        choices=list(Verdict), allow_null=True, help_text="null: not read yet, or not the reader's business"
    )
    format = serializers.CharField(allow_blank=True, help_text='what the file is, for people: "UBL 2.1"')
    version = serializers.IntegerField(help_text="the correction in force; 0: as it was read from the file")
    typed_in_by = serializers.CharField(allow_blank=True, help_text="who typed the fields of a file without any")
    attention = AttentionOut(many=True)
    source = serializers.UUIDField(allow_null=True, help_text="the table that it was imported from")  # type: ignore[assignment]  # the contract's name shadows DRF's attribute
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    tax_status = serializers.ChoiceField(
        choices=list(Status), allow_null=True, help_text="null: the Chinese tax office cannot know of it"
    )
    tax_checked_at = serializers.DateTimeField(allow_null=True)
    received_at = serializers.DateTimeField()
    erased_at = serializers.DateTimeField(
        allow_null=True, help_text="The owner's key was destroyed: the content is gone, the proof stays"
    )
    log_index = serializers.IntegerField(allow_null=True)
    anchors = AnchorOut(many=True)
    anchors_required = serializers.IntegerField(help_text="On how many chains it must be to count as anchored")


class RemarkOut(serializers.Serializer[Any]):
    rule = serializers.CharField()
    detail = serializers.CharField()
    params = serializers.DictField()
    level = serializers.ChoiceField(choices=list(Level))
    field = serializers.CharField(allow_blank=True, help_text="what it is about: a path in `fields` and `lines`")


class RecordOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    template = serializers.CharField()
    time = serializers.DateTimeField()
    commitment = serializers.CharField()


class DocumentDetailOut(DocumentOut):
    fields = serializers.DictField()  # type: ignore[assignment]  # the contract's name shadows DRF's property
    lines = serializers.ListField(child=serializers.DictField())
    remarks = RemarkOut(many=True)
    conflicts = OriginalLink(many=True, help_text="documents of the same number and other content")
    record = RecordOut()
    checkpoint_size = serializers.IntegerField(allow_null=True)
    tax = TaxOut(allow_null=True)
    allowed_actions = serializers.ListField(
        child=serializers.ChoiceField(
            choices=["download", "bundle", "certificate", "attach", "disclose", "correct", "verify_tax"]
        )
    )


def document_bodies(rows: Sequence[Document], *, actor: Actor) -> list[Body]:
    """Documents for a list; what they refer to and where each stands in the log is fetched for all at once."""
    prefetch_related_objects(rows, "owner", "duplicate_of", "container")
    positions = ledger.positions([row.record_id for row in rows])
    taxes = tax.standings(row.id for row in rows)
    seen = _Seen(_open_trades(rows, actor), comparing.visible_conflicts(rows, actor=actor), taxes)
    return [_body(row, positions[row.record_id], actor, seen) for row in rows]


@dataclass(frozen=True, slots=True)
class _Seen:
    """What else the reader of a page sees: trades opened to it (None: no matter), documents that others contradict,
    where invoices stand with the tax office."""

    open_trades: frozenset[UUID] | None
    originals: frozenset[UUID]
    taxes: dict[UUID, TaxStatus]


def _open_trades(rows: Sequence[Document], actor: Actor) -> frozenset[UUID] | None:
    """The trades that were opened to a reader who sees some of these documents by consent alone; None where none is."""
    by_owner = {row.owner_id for row in rows if selectors.by_disclosure(actor=actor, row=row)}
    if not by_owner:
        return None
    disclosed = consent.disclosed_to(actor=actor)
    whole = {row.trade_id for row in rows if row.trade_id and row.owner_id in disclosed.owner_ids}
    return frozenset(disclosed.ids("trade")) | whole


def _attention(row: Document, actor: Actor, seen: _Seen) -> list[Body]:
    """The reasons that concern the reader; a conflict only where it may see what is contradicted."""
    codes = {item["code"] for item in row.attention}
    if selectors.by_disclosure(actor=actor, row=row):
        codes &= {verdicts.TYPED_IN}
    elif row.owner_id != actor.organisation_id:
        codes &= verdicts.FOR_THE_BUYER
        if row.conflicts_with_id not in seen.originals:
            codes -= {verdicts.CONFLICT}
    return [{**item, "field": verdicts.FIELD.get(item["code"], "")} for item in row.attention if item["code"] in codes]


def _body(row: Document, position: ledger.Position, actor: Actor, seen: _Seen) -> Body:
    disclosed = selectors.by_disclosure(actor=actor, row=row)
    standing = seen.taxes.get(row.id)
    # Who was let to see this document alone learns neither what it repeats nor where else it belongs.
    original = None if disclosed else row.duplicate_of
    has_trade = row.trade_id and not (disclosed and row.trade_id not in (seen.open_trades or ()))
    anchors = [anchor for anchor in position.anchors if anchor.anchored]
    return {
        "id": str(row.id),
        "filename": row.filename,
        "size": row.size,
        "media_type": row.media_type,
        "digest": row.digest,
        "kind": row.kind or ("attachment" if row.extraction == Extraction.ATTACHMENT else ""),
        "number": row.number,
        "issue_date": row.issue_date.isoformat() if row.issue_date else None,
        "currency": row.currency,
        "total": money(row.total, row.currency),
        "state": "anchored" if position.is_anchored else "recorded" if position.index is not None else "received",
        "extraction": row.extraction,
        "owner": named(row.owner_id, row.owner.name),
        "seller_name": row.seller_name,
        "buyer_name": row.buyer_name,
        "trade": {"id": str(row.trade_id), "order_number": row.trade_label} if has_trade else None,
        "duplicate_of": {"id": str(original.id), "filename": original.filename} if original else None,
        "container": _container(row, actor),
        "verdict": row.verdict or None if row.owner_id == actor.organisation_id else None,
        "format": row.format,
        "version": row.version,
        "typed_in_by": row.typed_in_by,
        "attention": _attention(row, actor, seen),
        "source": str(row.source_id) if row.source_id and row.owner_id == actor.organisation_id else None,
        "withdrawn_at": time(row.withdrawn_at),
        "tax_status": standing.status if standing else None,
        "tax_checked_at": time(standing.checked_at) if standing else None,
        "received_at": time(row.received_at),
        "erased_at": time(row.erased_at),
        "log_index": position.index,
        "anchors": [
            {
                "chain": anchor.chain,
                "kind": anchor.kind,
                "chain_id": anchor.chain_id,
                "block": anchor.block,
                "time": time(anchor.time),
                "tx": anchor.tx,
            }
            for anchor in anchors
        ],
        "anchors_required": position.required,
    }


def _container(row: Document, actor: Actor) -> Body | None:
    if row.container is None or row.owner_id != actor.organisation_id:
        return None
    return {"id": str(row.container.id), "filename": row.container.filename}


def detail_body(row: Document, *, actor: Actor) -> Body:
    """A document with everything that was read from it."""
    owned = row.owner_id == actor.organisation_id
    # What breaks a rule is between its owner and the platform until it is corrected.
    content = dict(row.content or {}) if owned or row.extraction == Extraction.EXTRACTED else {}
    lines = content.pop("lines", [])
    remarks = content.pop("remarks", [])
    [position] = ledger.positions([row.record_id]).values()
    taxes = tax.standings([row.id])
    standing = taxes.get(row.id)
    conflicts = comparing.conflicts_of(row, actor=actor)
    seen = _Seen(_open_trades([row], actor), frozenset(each.id for each in conflicts), taxes)
    body = _body(row, position, actor, seen)
    owned = row.owner_id == actor.organisation_id
    actions = {
        "download": not row.erased_at,
        "bundle": True,
        "certificate": body["state"] == "anchored",
        "attach": owned and row.is_loose,
        "verify_tax": standing is not None and may_ask_tax(row, standing, actor),
        "correct": correcting.may_correct(actor, row),
        "disclose": owned and actor.has(Role.SUPPLIER) and row.fields_seed is not None,
    }
    return {
        **body,
        "fields": content,
        "lines": lines,
        "remarks": [*settling.remarks_on_file(row), *remarks]
        if owned or row.extraction == Extraction.EXTRACTED
        else [],
        "conflicts": [{"id": str(each.id), "filename": each.filename} for each in conflicts],
        "record": ledger.record_view(row.record_id),
        "checkpoint_size": position.checkpoint_size,
        "tax": tax_body(row, standing) if standing else None,
        "allowed_actions": [action for action, allowed in actions.items() if allowed],
    }
