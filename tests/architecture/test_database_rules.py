"""Illegal states are impossible in the database, not only in Python."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, models, transaction
from django.db.models import F

from abs_platform.consent.models import Access, AccessRequest, Grant, GrantItem
from abs_platform.core import clock, jobs
from abs_platform.core.ids import uuid7
from abs_platform.core.models import AuditEntry, IdempotencyKey, Job
from abs_platform.documents.models import Document, DocumentVersion, InvoiceTrace, TaxStatus, TaxStatusChange
from abs_platform.imports import correcting
from abs_platform.imports import services as imports
from abs_platform.imports.models import Batch, Correction, SavedMapping, StagedDocument, StagedLine
from abs_platform.imports.models import Row as ImportRow
from abs_platform.parties.models import Identifier, KeyDestruction, MasterKey, Organisation, OrganisationKey
from abs_platform.rights import collecting
from abs_platform.rights.models import Collection, Right, RungFact
from abs_platform.rights.priority import services as priority
from abs_platform.rights.priority.models import DebtorNotice, ZhongdengAmendment, ZhongdengRegistration, ZhongdengSearch
from abs_platform.risk.models import Alert
from abs_platform.trade.models import (
    Consumption,
    LineMatch,
    MatchLine,
    PaymentConfirmation,
    SignedDecision,
    Tolerance,
    Trade,
    TradeDocument,
)
from tests.architecture.clearing_rules import ILLEGAL_IN_CLEARING
from tests.architecture.desk_rules import APPEND_ONLY_AT_THE_DESK, ILLEGAL_AT_THE_DESK, play_the_desk
from tests.registry import test_database_rules as registry
from tests.rights import rules_of_collections, rules_of_priority, rules_of_rights
from tests.support.correcting import correct
from tests.support.database import rolled_back
from tests.support.illegal import LATER, NAN, again, change
from tests.support.stage import IMPORTING, Stage, make_stage, table_of_invoices
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("db")

APPEND_ONLY = [
    AuditEntry, Access, DocumentVersion, SignedDecision, PaymentConfirmation, TaxStatusChange, Correction, Tolerance,
    RungFact, ZhongdengRegistration, ZhongdengAmendment, ZhongdengSearch, DebtorNotice, Collection, *APPEND_ONLY_AT_THE_DESK,
]  # fmt: skip


@pytest.fixture(scope="module")
def module_stage(module_world: World) -> Stage:
    stage = make_stage(module_world)
    module_world.core.decide(stage.document)
    play_the_desk(stage)
    despatch = Document.objects.get(owner=module_world.supplier.organisation, kind="despatch_advice")
    correct(module_world.supplier, despatch, reason="misread", despatch_numbers=["D-7"])
    TaxStatusChange.objects.create(document=stage.invoice, before="not_verified", status="verified", provider="test")
    module_world.core.confirm_payment(
        stage.trade.id,
        amount=Decimal(100),
        due_date=clock.today() + timedelta(days=60),
        account="6200",
    )
    Tolerance.objects.create(
        seller_id=stage.trade.seller_id,
        buyer_id=stage.trade.buyer_id,
        quantity=0,
        price=0,
        effective_from=clock.today(),
    )
    collecting.tell(
        actor=module_world.supplier.actor, right_id=stage.right.id, amount=Decimal(1), received_on=clock.today(),
        reference="PAID-1",
    )  # fmt: skip
    table = table_of_invoices(module_world.supplier, "RULES-1")
    actor = module_world.supplier.actor
    correcting.correct(actor=actor, batch_id=table.id, number=2, column=4, value="101")
    imports.start(actor=actor, batch_id=table.id)
    jobs.drain(kinds=IMPORTING)
    priority.record_amendment(actor=actor, registration_id=stage.registration.id, kind="cancel", number="7654321")
    priority.record_notice(actor=actor, right_id=stage.right.id, party="x", reached_at=clock.now(), how="x")
    search = {"number": "1234567", "searched_at": clock.now()}
    priority.record_search(actor=module_world.bank.actor, right_id=stage.right.id, **search)
    return stage


@pytest.mark.parametrize("model", APPEND_ONLY, ids=lambda model: model.__name__)
def test_what_is_kept_for_ever_cannot_be_changed(model: type[models.Model], module_stage: Stage) -> None:
    table = model._meta.db_table
    assert model._default_manager.exists()
    column = next(f.column for f in model._meta.fields if not f.primary_key)
    for statement in (
        f"UPDATE {table} SET {column} = {column}",
        f"UPDATE {table} SET {column} = {column} WHERE id = (SELECT max(id::text)::uuid FROM {table})",
        f"DELETE FROM {table}",
        f"TRUNCATE {table} CASCADE",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_nothing_else_that_is_kept_for_ever_was_forgotten() -> None:
    """Every table with a trigger against change is tried here or in the ledger's or financing's own tests."""
    protected = {
        model.__name__
        for model in apps.get_models()
        if any(trigger.name == "no_change" for trigger in getattr(model._meta, "triggers", ()))
        and model._meta.app_label not in ("ledger", "financing")
    }
    assert protected == {model.__name__ for model in APPEND_ONLY}


def same_place(stage: Stage) -> None:
    """Every document the first member of one archive."""
    archive = Document.objects.earliest("id")
    Document.objects.exclude(id=archive.id).update(container=archive, position=1)


def change_read(**values: Any) -> Callable[[Stage], None]:
    """Set the values in every document that fields were read from."""
    return lambda stage: (Document.objects.filter(extraction="extracted").update(**values), None)[1]


def same_trade(stage: Stage) -> None:
    """The trade of one order, opened a second time."""
    row = Trade.objects.exclude(order_number="").latest("id")
    row.pk, row._state.adding = uuid7(), True
    row.save(force_insert=True)


def between_one(stage: Stage) -> None:
    """A tolerance of an organisation towards itself."""
    own = stage.world.core.organisation
    Tolerance.objects.create(seller=own, buyer=own, quantity=0, price=0, effective_from=LATER)


def destruction(*, by: str = "", twice: bool = False, **values: Any) -> Callable[[Stage], None]:
    """Ask for the end of the supplier's key, as no service would."""

    def act(stage: Stage) -> None:
        person = stage.world.console.actor.person_id
        decided = {"decided_by_id": getattr(stage.world, by).actor.person_id, "decided_at": LATER} if by else {}
        for _ in range(1 + twice):
            KeyDestruction.objects.create(
                organisation=stage.world.supplier.organisation,
                **{"reason": "the end", "requested_by_id": person, **decided, **values},
            )

    return act


def claimed(**values: Any) -> None:
    """A key that stands for a request."""
    fields = {"organisation_id": UUID(int=1), "key": "k", "digest": "0" * 64, "lease_until": LATER, "expires_at": LATER}
    IdempotencyKey.objects.create(**fields, **values)


EARLIER = clock.now() - timedelta(days=10_000)
# What an erased document says: the one whose extraction no other rule looks at.
NOTHING: dict[str, Any] = {
    **dict.fromkeys(("content", "fields_seed", "issue_date", "total")),
    **dict.fromkeys(("number", "seller_name", "buyer_name"), ""),
    "attention": [],
    "remarks": [],
}
ILLEGAL: dict[str, Callable[[Stage], None]] = {
    "job_running_has_lease": change(Job, state="running", lease_until=None, finished_at=None),
    "job_ended_has_time": change(Job, state="done", finished_at=None),
    "job_ended_has_time ": change(Job, state="queued", finished_at=LATER),
    "job_once_per_interval": change(Job, kind="ledger.seal", scheduled_for=LATER),
    "job_one_of_lane": change(Job, state="running", lease_until=LATER, finished_at=None, lane="a"),
    "idempotency_key_once": lambda stage: (claimed(), claimed())[1],
    "idempotency_answered_or_leased": lambda stage: claimed(status=201),
    "organisation_roles_known": change(Organisation, roles=["king"]),
    "organisation_has_name": change(Organisation, name=""),
    "identifier_names_one_organisation": again(Identifier),
    "identifier_has_value": change(Identifier, value=""),
    "organisation_key_version": again(OrganisationKey),
    "organisation_key_public_part": again(OrganisationKey, version=99, purpose="data", public=b"\x04" * 65),
    "organisation_key_ends_with_its_secret": again(OrganisationKey, version=99, wrapped=None),
    "organisation_key_ends_with_its_secret ": change(OrganisationKey, retired_at=LATER),
    "organisation_key_ends_with_its_secret  ": change(OrganisationKey, destroyed_at=LATER),
    "master_key_version_counts_from_1": lambda stage: (MasterKey.objects.create(version=0), None)[1],
    "master_key_retired_later": change(MasterKey, retired_at=EARLIER),
    "key_destruction_state_known": destruction(state="lost", by="operator"),
    "key_destruction_has_reason": destruction(reason=""),
    "key_destruction_decided_by_somebody": destruction(state="destroyed"),
    "key_destruction_takes_two": destruction(state="destroyed", by="console"),
    "key_destruction_one_open": destruction(twice=True),
    "key_destruction_once": destruction(state="destroyed", by="operator", twice=True),
    "access_request_between_two": change(AccessRequest, owner=F("requester")),
    "access_request_days": change(AccessRequest, days=0),
    "access_request_days ": change(AccessRequest, days=367),
    "access_request_decided_has_time": change(AccessRequest, state="granted", decided_at=None),
    "access_request_decided_has_time ": change(AccessRequest, state="requested", decided_at=LATER),
    "access_request_state_known": change(AccessRequest, state="lost", decided_at=LATER),
    "access_request_purpose_known": change(AccessRequest, purpose="curiosity"),
    "grant_between_two": change(Grant, grantee=F("owner")),
    "access_action_known": again(Access, action="copied"),
    "grant_period": change(Grant, valid_until=F("valid_from")),
    "grant_revoked_has_time": change(Grant, state="revoked", revoked_at=None),
    "grant_revoked_has_time ": change(Grant, state="active", revoked_at=LATER),
    "grant_item_once": again(GrantItem),
    "consent_grant_request_id_key": again(Grant),
    "document_digest_sm3": change(Document, digest="x"),
    "document_salt_length": change(Document, salt=b"short"),
    "document_extracted_has_content": change(Document, extraction="extracted", content=None),
    "document_extracted_has_content ": change_read(extraction="pending"),
    "document_fields_whole": change(Document, fields_seed=None, fields_record_id=uuid7()),
    "document_fields_whole ": change(Document, fields_seed=b"\x00" * 32, fields_record_id=None),
    "document_fields_whole  ": change(Document, fields_seed=b"\x00" * 31),
    "document_erased_says_nothing": change(Document, erased_at=LATER),
    "document_extraction_known": change(Document, extraction="guessed", erased_at=LATER, **NOTHING),
    "document_duplicate_in_no_trade": change(Document, duplicate_of=F("id"), verdict="attention"),
    "document_verdict_of_extraction": change(Document, verdict=""),
    "document_verdict_of_extraction ": change_read(verdict="refused"),
    "document_repeated_is_not_accepted": change_read(conflicts_with=F("id"), fingerprint="", verdict="accepted"),
    "document_conflict_takes_no_number": change_read(conflicts_with=F("id"), fingerprint="f", verdict="attention"),
    "document_typed_in_has_version": change_read(typed_in_by="somebody", version=0, verdict="attention"),
    "document_typed_in_is_looked_at": change_read(
        typed_in_by="somebody", version=1, verdict="accepted", buyer_decision=""
    ),
    "document_buyer_decision_known": change_read(buyer_decision="perhaps"),
    "document_version_once": again(DocumentVersion, fields_record_id=None, fields_seed=None),
    "document_version_has_reason": again(DocumentVersion, reason="", number=7, fields_record_id=uuid7()),
    "document_version_has_reason ": again(DocumentVersion, reason="x", number=0, fields_record_id=uuid7()),
    "document_version_restores_earlier": again(DocumentVersion, number=7, restores=7, fields_record_id=uuid7()),
    "document_version_fields_whole": again(DocumentVersion, number=7, fields_record_id=None),
    "document_version_fields_whole ": again(DocumentVersion, number=7, fields_record_id=uuid7(), content=None),
    "document_place_whole": change(Document, position=1),
    "document_place_whole ": change(Document, position=1, container=F("id")),
    "document_place_once": same_place,
    "document_between_two": change(Document, counterparty=F("owner")),
    "document_total": change(Document, total=NAN),
    "tax_status_known": change(TaxStatus, status="fine", checked_at=LATER),
    "tax_status_reliance_known": change(TaxStatus, reliance="love"),
    "tax_status_was_answered": change(TaxStatus, status="verified", checked_at=None),
    "tax_status_red_only": change(TaxStatus, red_amount=1),
    "tax_status_red_only ": change(TaxStatus, red_numbers=["R"]),
    "tax_status_red_positive": change(TaxStatus, red_amount=0, status="red_letter", checked_at=LATER),
    "tax_status_red_amount": change(TaxStatus, red_amount=NAN, status="red_letter", checked_at=LATER),
    "tax_status_failure_whole": change(TaxStatus, failures=1),
    "tax_status_failure_whole ": change(TaxStatus, failed_at=LATER),
    "tax_change_before_known": again(TaxStatusChange, before="fine"),
    "tax_change_status_known": again(TaxStatusChange, status="fine"),
    "tax_change_changes": again(TaxStatusChange, before="verified"),
    "tax_change_red_only": again(TaxStatusChange, red_amount=Decimal(1)),
    "tax_change_red_amount": again(TaxStatusChange, status="red_letter", red_amount=Decimal(-1)),
    "invoice_trace_key_length": change(InvoiceTrace, pair_key=b"short"),
    "invoice_trace_positive": change(InvoiceTrace, amount=0),
    "invoice_trace_amount": change(InvoiceTrace, amount=NAN),
    "alert_once": again(Alert),
    "alert_state_has_times": change(Alert, state="closed", closed_at=None),
    "alert_state_has_times ": change(Alert, state="open", acknowledged_at=LATER),
    "alert_severity_known": change(Alert, severity="terrible"),
    "alert_amount": change(Alert, amount=Decimal(-1)),
    "trade_once": same_trade,
    "trade_between_two": change(Trade, buyer=F("seller")),
    "trade_ordered": change(Trade, ordered=NAN),
    "trade_document_confirmation_times": change(TradeDocument, confirmation="confirmed", decided_at=None),
    "trade_document_confirmation_times ": change(TradeDocument, confirmation="not_required", deadline=LATER),
    "trade_document_total": change(TradeDocument, total=NAN),
    "match_line_level": change(MatchLine, level=6),
    "line_match_status_known": change(LineMatch, status="fine"),
    "line_match_uncovered": change(LineMatch, uncovered=-1),
    "line_match_invoiced_within_accepted": change(LineMatch, value_accepted=1, value_invoiced=2),
    "line_match_accepted": change(LineMatch, accepted=NAN),
    "line_match_invoiced": change(LineMatch, invoiced=NAN),
    "consumption_within_available": change(Consumption, ends=F("available") + 1),
    "consumption_within_available ": change(Consumption, ends=F("starts")),
    **ILLEGAL_IN_CLEARING,
    "tolerance_once_a_day": again(Tolerance),
    "tolerance_shares": again(Tolerance, quantity=1, effective_from=LATER),
    "tolerance_shares ": again(Tolerance, amount=Decimal(-1), effective_from=LATER),
    "tolerance_between_two": between_one,
    **ILLEGAL_AT_THE_DESK,
    "payment_confirmation_positive": again(PaymentConfirmation, amount=Decimal(0)),
    "payment_confirmation_currency": again(PaymentConfirmation, currency=""),
    "payment_confirmation_amount": again(PaymentConfirmation, amount=Decimal(-1)),
    "trade_paymentconfirmation_trade_id_key": again(PaymentConfirmation),
    "document_withdrawn_counts_no_more": change(Document, withdrawn_at=LATER),
    "import_state_known": change(Batch, state="lost", imported_at=None),
    "import_kind_known": change(Batch, kind="poem"),
    "import_imported_has_time": change(Batch, state="imported", imported_at=None),
    "import_imported_has_time ": change(Batch, state="ready", imported_at=LATER),
    "import_undone_has_time": change(Batch, state="undone", imported_at=LATER, undone_at=None),
    "import_wrong_within_rows": change(Batch, wrong_count=F("row_count") + 1),
    "import_imported_within_documents": change(Batch, imported_count=F("document_count") + 1),
    "import_failed_says_why": change(Batch, state="failed", imported_at=None, problem=None),
    "row_wrong": change(ImportRow, wrong=True, errors=[]),
    "row_wrong ": change(ImportRow, wrong=False, errors=[{"code": "missing"}]),
    "row_number": change(ImportRow, number=0),
    "staged_position": again(StagedDocument, document=None, state="pending"),
    "staged_imported_has_document": change(StagedDocument, state="imported", document=None),
    "staged_imported_has_document ": change(StagedDocument, state="pending"),
    "staged_currency": change(StagedDocument, currency="yuan"[:3]),
    "staged_number": change(StagedDocument, number=""),
    "staged_buyer": change(StagedDocument, buyer_name="", buyer_id=""),
    "staged_total": change(StagedDocument, total=NAN),
    "staged_line_quantity": change(StagedLine, quantity=NAN),
    "staged_line_amount": change(StagedLine, amount=NAN),
    "staged_line_tax_percent": change(StagedLine, tax_percent=Decimal(101)),
    "saved_mapping_once": again(SavedMapping),
    "saved_mapping_kind_known": change(SavedMapping, kind="poem"),
    "saved_mapping_named": change(SavedMapping, name=""),
    **rules_of_rights.ILLEGAL,
}


@pytest.mark.parametrize("name", ILLEGAL)
def test_the_database_refuses(name: str, module_stage: Stage) -> None:
    constraint = name.strip()
    with pytest.raises(IntegrityError) as refused, rolled_back(), transaction.atomic():
        ILLEGAL[name](module_stage)
    found = str(refused.value)
    unique = constraint.endswith("_key") and "unique constraint" in found and constraint.rsplit("_", 2)[0][:20] in found
    assert constraint in found or unique, found


def test_what_somebody_lent_on_is_not_deleted(module_stage: Stage) -> None:
    with rolled_back():
        rules_of_rights.held()(module_stage)
        with pytest.raises(DatabaseError, match="Cannot delete"), transaction.atomic():
            Right.objects.all().delete()
        Trade.objects.update(encumbered=True)
        with pytest.raises(DatabaseError, match="Cannot delete"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM trade_trade")


def test_two_originals_of_one_invoice_are_impossible(module_stage: Stage) -> None:
    with pytest.raises(IntegrityError, match="document_original_once"), rolled_back(), transaction.atomic():
        Document.objects.exclude(fingerprint="").update(
            fingerprint="f" * 64, duplicate_of=None, owner=module_stage.world.supplier.organisation
        )


def test_every_rule_that_this_product_s_models_state_is_tried() -> None:
    """A constraint nobody tried may hold nothing."""
    stated = {
        constraint.name
        for model in apps.get_models()
        if model.__module__.startswith("abs_platform.") and model._meta.app_label not in ("ledger", "financing")
        for constraint in model._meta.constraints
    }
    tried = {
        name.strip()
        for name in (*ILLEGAL, *registry.ILLEGAL, *rules_of_priority.ILLEGAL, *rules_of_collections.ILLEGAL)
    } | {"document_original_once"}
    # Redundant for a reason: the target of composite foreign keys; references that only ever are upserted; positions.
    untried = {"organisation_in_network", "member_of_one_container", "trade_key_names_one_trade",
               "trade_line_position", "membership_roles_known", "api_client_roles_known"}  # fmt: skip
    assert stated - tried == untried
