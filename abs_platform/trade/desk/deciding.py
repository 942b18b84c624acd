"""Deciding on documents, one or many at once: opened and locked, checked against what was shown, signed, written.

Rows are locked in the order of trade: trades, then documents, each by id.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from abs_platform.core import clock, events
from abs_platform.core.errors import Conflict, DomainError, Invalid, NotFound
from abs_platform.core.rest.fields import money
from abs_platform.core.subjects import SubjectRef
from abs_platform.core.transitions import target_of
from abs_platform.core.updating import update_all
from abs_platform.documents import settling as documents
from abs_platform.parties import keys
from abs_platform.trade import filing, selectors, statements
from abs_platform.trade.desk.authority import Authority, DeskSignatory, limits_of
from abs_platform.trade.desk.choices import MOST_DOCUMENTS, Choice, check_quantities, check_reason, parts_of
from abs_platform.trade.desk.rules import ONE, Act, Needs, needs_of
from abs_platform.trade.desk.worth import worth_in
from abs_platform.trade.facts import ZERO, as_confirmed
from abs_platform.trade.matching import services as matching
from abs_platform.trade.models import ProposedDocument, SignedDecision, SignedManifest, Trade, TradeDocument, TradeLine
from abs_platform.trade.services import changed_all
from abs_platform.trade.states import TRANSITIONS

CONTENT_CHANGED = "The content has changed since you opened it. Look at it again before you sign."

Columns = dict[str, Any]  # Any: columns of a Signed row


@dataclass(frozen=True, slots=True)
class Opened:
    """A document, locked, that a choice may be carried out on; `content` is what is signed."""

    choice: Choice
    row: TradeDocument
    facts: selectors.Facts
    content: str
    target: str

    @property
    def parts(self) -> list[dict[str, str | int]] | None:
        return parts_of(self.choice, self.facts.extracted[self.row.document_id].lines)


def opened(authority: Authority, choices: Sequence[Choice], *, proposal_id: UUID | None = None) -> list[Opened]:
    """The documents of the choices, each as it may be decided on. Runs in the caller's transaction.

    Of one choice, raises what is wrong with it: NotFound, Conflict, Invalid, Gone. Of several, Conflict with the reason
    for each document that has one: nothing is done then.
    """
    ids = [each.document_id for each in choices]
    if len(set(ids)) < len(ids):
        raise Invalid("document_twice", "Name each document once.")
    if not 1 <= len(ids) <= MOST_DOCUMENTS:
        raise Invalid("too_many_documents", f"Sign from 1 to {MOST_DOCUMENTS} documents at once.", limit=MOST_DOCUMENTS)
    for each in choices:
        check_reason(each)
    queue = selectors.queue(actor=authority.actor)
    places = dict(queue.filter(document_id__in=ids).values_list("document_id", "trade_id"))
    trades = set(places.values())
    list(Trade.objects.select_for_update(no_key=True, of=("self",)).filter(id__in=trades).order_by("id"))
    locked = queue.filter(document_id__in=ids).select_for_update(no_key=True, of=("self",)).order_by("document_id")
    rows = {row.document_id: row for row in locked if row.trade_id in trades}
    facts = selectors.compared_each(trades)
    proposed = ProposedDocument.objects.filter(document__in=ids, open=True)
    elsewhere = {row.document_id for row in proposed if row.proposal_id != proposal_id}
    found, refused = [], []
    for choice in choices:
        try:
            if choice.document_id not in places:
                raise NotFound
            row = rows.get(choice.document_id)
            if row is None:  # it moved to another trade meanwhile
                raise Conflict("content_changed", CONTENT_CHANGED)
            if choice.document_id in elsewhere:
                raise Conflict("proposed_already", "Somebody proposed it; others decide on that proposal first.")
            found.append(_opened(authority, choice, row, facts[row.trade_id]))
        except DomainError as error:
            if len(choices) == 1:
                raise
            number = rows[choice.document_id].number if choice.document_id in rows else ""
            refused.append({"id": str(choice.document_id), "number": number, "code": error.code})
    if refused:
        raise Conflict(
            "documents_refused",
            f"{len(refused)} of {len(choices)} documents cannot be signed as they stand, so none was. Look at them again.",
            count=len(refused),
            documents=refused,
        )
    return found


def _opened(authority: Authority, choice: Choice, row: TradeDocument, facts: selectors.Facts) -> Opened:
    if row.document.erased_at:
        raise keys.gone()
    target = target_of(TRANSITIONS, action=choice.action, state=row.confirmation, roles=authority.actor.roles)
    content = statements.content_of(row, facts)
    extracted = facts.extracted[row.document_id]
    # Until a correction is filed, the trade's columns and the document's fields are of two versions.
    if statements.digest_of(content) != choice.content_digest or not filing.is_current(row, extracted):
        raise Conflict("content_changed", CONTENT_CHANGED)
    confirmed = selectors.confirmed_of(row)
    check_quantities(choice, extracted.lines, kind=row.kind, confirmed=confirmed)
    return Opened(choice, row, facts, content, target)


def amounts_of(found: Sequence[Opened]) -> dict[str, Decimal | None]:
    """What the confirmed documents add up to (see `worth`), by currency; None where of one nothing is known.

    A document confirmed in part counts whole: the limits are about what a person looks at.
    """
    sums: dict[str, Decimal | None] = {}
    for each in found:
        if each.choice.decision == "confirm":
            amount = worth_in(each.row, each.facts)
            currency = each.row.currency or each.row.trade.currency
            before = sums.get(currency, Decimal(0))
            sums[currency] = None if amount is None or before is None else before + amount
    return sums


def acts_of(found: Sequence[Opened]) -> list[Act]:
    """The confirmations among them, as they weigh against the limits of a day."""
    return [
        Act(
            seller=each.row.trade.seller_id,
            trade=each.row.trade_id,
            subject=each.row.document_id,
            kind=each.row.kind,
            amount=worth_in(each.row, each.facts),
            currency=each.row.currency or each.row.trade.currency,
        )
        for each in found
        if each.choice.decision == "confirm"
    ]


def needs(authority: Authority, found: Sequence[Opened]) -> Needs:
    """How many people this takes by the organisation's policy, and whether the amount is typed back."""
    limits, _ = limits_of(authority.actor.home)
    return needs_of(limits, amounts_of(found))


def check_typed(needed: Needs, found: Sequence[Opened], typed: Decimal | None) -> None:
    """Raises Invalid where the amount must be typed back and was not, or is another one."""
    if not needed.typed:
        return
    amounts = amounts_of(found)
    if len(amounts) != 1:
        raise Invalid("one_currency", "Confirm documents of one currency at a time: their amount is typed back.")
    [(currency, amount)] = amounts.items()
    if amount is None:
        raise Invalid(
            "amount_unknown", "Its amount is not known, and your limits ask to type it back. Confirm the order first."
        )
    if typed != amount:
        code = "amount_not_typed" if typed is None else "amount_typed_differs"
        raise Invalid(
            code,
            f"Type the amount of what you confirm: {money(amount, currency)} {currency}.",
            amount=money(amount, currency),
            currency=currency,
        )


def check_alone(needed: Needs) -> None:
    """Raises Conflict where one person does not suffice."""
    if needed.people > ONE:
        raise Conflict(
            "more_people_needed",
            f"By your organisation's limits this takes {needed.people} people. Propose it instead.",
            people=needed.people,
        )


def statement_of_one(signatory: DeskSignatory, each: Opened, extra: Mapping[str, object] | None = None) -> str:
    """The statement over a single document."""
    authority, choice = signatory.authority, each.choice
    return statements.decision_statement(
        content=each.content,
        decision=choice.decision,
        reason=choice.reason.strip(),
        actor=authority.actor,
        organisation=signatory.organisation.name,
        at=signatory.at,
        extra={
            **statements.stated(
                lines=each.parts,
                rest_disputed=choice.rest_disputed,
                reason_code=choice.reason_code,
                on_behalf_of=authority.on_behalf_of,
            ),
            **(extra or {}),
        },
    )


def sign_one(signatory: DeskSignatory, each: Opened, *, statement: str) -> None:
    """Sign the statement over a single document, and write what follows."""
    signed = signatory.sign(
        statement,
        subject=SubjectRef("document", each.row.document_id),
        template=f"confirmation.{each.choice.decision}/v1",
        domain="abs/confirmation/v1",
    )
    _write(signatory.authority, [each], signed, manifest=None)


def manifest_statement(
    signatory: DeskSignatory, found: Sequence[Opened], people: Sequence[Mapping[str, str]] | None = None
) -> str:
    """The statement over many documents; `people`: who made, checked and approved it, where it took several."""
    listed = [
        {
            "id": str(each.row.document_id),
            "kind": each.row.kind,
            "number": each.row.number,
            "supplier": each.row.trade.seller.name,
            "total": money(each.row.total, each.row.currency),
            "currency": each.row.currency,
            "decision": each.choice.decision,
            "content_digest": each.choice.content_digest,
            **statements.stated(
                lines=each.parts,
                rest_disputed=each.choice.rest_disputed,
                reason_code=each.choice.reason_code,
                reason=each.choice.reason.strip(),
            ),
        }
        for each in found
    ]
    return statements.manifest_statement(
        documents=listed,
        person=signatory.actor.label,
        on_behalf_of=signatory.authority.on_behalf_of,
        people=people,
        organisation=signatory.organisation.name,
        at=signatory.at,
    )


def sign_manifest(signatory: DeskSignatory, found: Sequence[Opened], *, statement: str) -> SignedManifest:
    """Sign a manifest, one signature and one ledger record for all, and write what follows for each document."""
    manifest = SignedManifest(documents=len(found), on_behalf_of=signatory.authority.on_behalf_of, at=clock.now())
    signed = signatory.sign(
        statement,
        subject=SubjectRef("manifest", manifest.id),
        template="confirmation-manifest/v1",
        domain="abs/confirmation-manifest/v1",
    )
    for column, value in signed.items():
        setattr(manifest, column, value)
    manifest.save(force_insert=True)
    _write(signatory.authority, found, signed, manifest=manifest)
    return manifest


def _write(authority: Authority, found: Sequence[Opened], signed: Columns, *, manifest: SignedManifest | None) -> None:
    """The decisions' rows, the documents' states, and what the trades' facts make of them."""
    now = clock.now()
    numbers: dict[UUID, int] = {}
    for document_id in SignedDecision.objects.filter(document__in=[each.row for each in found]).values_list(
        "document_id", flat=True
    ):
        numbers[document_id] = numbers.get(document_id, 0) + 1
    own = {"signature": None, "salt": None, "record_id": None} if manifest else {}
    SignedDecision.objects.bulk_create(
        SignedDecision(
            **{**signed, **own, "statement": each.content if manifest else signed["statement"]},
            manifest=manifest,
            document=each.row,
            number=numbers.get(each.row.document_id, 0) + 1,
            decision=each.choice.decision,
            reason_code=each.choice.reason_code,
            reason=each.choice.reason.strip(),
            lines=each.parts,
            rest_disputed=each.choice.rest_disputed,
            content_digest=each.choice.content_digest,
            on_behalf_of=authority.on_behalf_of,
            at=now,
        )
        for each in found
    )
    for each in found:
        row, choice = each.row, each.choice
        row.confirmation, row.decided_at, row.rest_disputed = each.target, now, choice.rest_disputed
        row.save(update_fields=["confirmation", "decided_at", "rest_disputed"])
        _write_quantities(each)
        [version] = [doc.document.version for doc in each.facts.documents if doc.document_id == row.document_id]
        documents.decided(document_id=row.document_id, version=version, decision=choice.decision)
    _tell(authority, found, manifest)


def _write_quantities(each: Opened) -> None:
    """How much of which line counts from now on, with its line and in matching."""
    quantities, row = each.choice.quantities, each.row
    counted = each.facts.extracted[row.document_id].lines
    if quantities is None:
        if not row.lines.filter(confirmed__isnull=False).exists():
            return
        TradeLine.objects.filter(document=row).update(confirmed=None)
    else:
        lines = list(TradeLine.objects.filter(document=row))
        for line in lines:
            takes_back = line.quantity is not None and line.quantity < 0
            line.confirmed = line.quantity if takes_back else quantities.get(line.position)
        update_all(lines, ["confirmed"])
        counted = tuple(
            as_confirmed(line, quantities.get(position, ZERO), kind=row.kind) for position, line in enumerate(counted)
        )
    matching.note_confirmed(seller_id=row.trade.seller_id, filed=row, lines=counted)


def _tell(authority: Authority, found: Sequence[Opened], manifest: SignedManifest | None) -> None:
    """Trades are compared anew together, those of one seller and one kind of decision; both sides hear of each document."""
    groups: dict[tuple[UUID, str], dict[UUID, list[Opened]]] = {}
    for each in found:
        by_trade = groups.setdefault((each.row.trade.seller_id, _verb(each)), {})
        by_trade.setdefault(each.row.trade_id, []).append(each)
    for (_, verb), by_trade in groups.items():
        changes = [
            (decided[0].row.trade, [_detail(each, authority, manifest) for each in decided])
            for decided in by_trade.values()
        ]
        changed_all(authority.actor, verb, changes)
    events.notify_all(
        [([each.row.trade.seller_id, each.row.trade.buyer_id], "confirmation", each.row.document_id) for each in found]
    )


def _verb(each: Opened) -> str:
    return f"confirmation.{each.choice.action}"


def _detail(each: Opened, authority: Authority, manifest: SignedManifest | None) -> dict[str, object]:
    return {
        "document": str(each.row.document_id),
        "reason": each.choice.reason.strip(),
        **({"manifest": str(manifest.id)} if manifest else {}),
        **({"on_behalf_of": authority.on_behalf_of} if authority.on_behalf_of else {}),
    }
