"""Writing down the ladder: each rung that is reached, changes or is lost becomes a signed fact in the ledger.

The platform signs every fact with the log's own SM2 key, which verifiers know from the trust file; what the core enterprise
agreed to stands within it, with its signatures.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch, prefetch_related_objects

from abs_platform.core import audit
from abs_platform.core.ids import uuid7
from abs_platform.core.prepared import IDS, Prepared
from abs_platform.core.subjects import SubjectRef
from abs_platform.crypto import commitments, sm3
from abs_platform.ledger import keys
from abs_platform.ledger import services as ledger
from abs_platform.ledger.note import SM2
from abs_platform.parties.actor import PLATFORM
from abs_platform.rights import evidence, rules, selectors
from abs_platform.rights.ladder import INVOICED, PAYMENT_CONFIRMED, Standing, held_rungs
from abs_platform.rights.models import Right, RungFact
from abs_platform.rights.reading import Reading
from abs_platform.rights.rung_statements import (
    Agreement,
    Evidence,
    Json,
    digest_of,
    figures_of,
    grounds_of,
    says_the_same,
    statement_of,
)
from abs_platform.rights.states import RungEvent
from abs_platform.trade.desk.models import SignedManifest
from abs_platform.trade.facts import DocumentFacts
from abs_platform.trade.models import Signed, SignedDecision

TEMPLATE = "rung/v1"

_confirming = Prepared(
    lambda: (
        SignedDecision.objects.filter(document__trade__id__among=IDS, decision="confirm")
        .select_related("organisation")
        .order_by("at")
    )
)


@dataclass(frozen=True, slots=True)
class Record:
    """What is on record of some trades: the newest fact of each rung by right, and by document who confirmed it."""

    facts: Mapping[UUID, Mapping[int, RungFact]]
    decisions: Mapping[str, SignedDecision]


def ask(trade_ids: Sequence[UUID]) -> Callable[[], Record]:
    """Read the record of trades, within a `prepared.pipeline`: what gives it once that has ended."""
    facts, decisions = selectors.NEWEST_FACTS.ask(trade_ids), _confirming.ask(trade_ids)
    return lambda: _record(facts(), decisions())


def _record(facts: Sequence[RungFact], decisions: Sequence[SignedDecision]) -> Record:
    # Hundreds of decisions may share a long manifest: it is read once.
    prefetch_related_objects(decisions, Prefetch("manifest", SignedManifest.objects.select_related("organisation")))
    newest: dict[UUID, dict[int, RungFact]] = {}
    for fact in facts:
        newest.setdefault(fact.right_id, {})[fact.rung] = fact
    return Record(newest, {str(each.document_id): each for each in decisions})


def attest(
    *, right: Right, facts: Reading, found: rules.Assessment | None, at: datetime, record: Record
) -> list[RungFact]:
    """Write a fact for each rung that was reached, rests on other evidence than before, or was lost.

    Runs within the transaction that computed the right, whose trade is locked. `found`: None where the right cannot be
    computed, which loses every rung.
    """
    newest = record.facts.get(right.id, {})
    standing_facts = {rung: fact for rung, fact in newest.items() if fact.event != RungEvent.LOST}
    held = held_rungs(facts.standing) if found else ()
    if not held and not standing_facts:
        return []
    book = _Book(right, newest, at)
    if found:
        describe = _Describer(facts, found, record.decisions)
        for rung in held:
            book.hold(rung, describe)
    for rung, fact in sorted(standing_facts.items()):
        if rung not in held:
            book.lose(fact, _why_lost(fact, facts.standing) if found else evidence.NOT_COMPUTABLE)
    return book.written


def _why_lost(fact: RungFact, standing: Standing) -> str:
    rested_on = {each["document"]: each["kind"] for each in fact.content["evidence"]}
    return evidence.why_lost(rested_on, standing, fact.rung)


class _Describer:
    """What the fact of each held rung says."""

    def __init__(self, facts: Reading, found: rules.Assessment, decisions: Mapping[str, SignedDecision]) -> None:
        trade = facts.trade
        self.standing = facts.standing
        self.found = found
        self._payment = facts.payment
        self._paid = facts.paid
        self._filed = {str(doc.document_id): doc for doc in facts.filed.documents}
        self.trade: Json = {
            "id": str(trade.id),
            "order_number": trade.order_number,
            "seller": trade.seller.name,
            "buyer": trade.buyer_called,
        }
        self._decisions = decisions

    def stands_on(self, rung: int) -> bool:
        return rung == self.found.rung

    def grounds(self, rung: int) -> Json:
        """What the rung rests on."""
        documents = evidence.documents_of(self.standing, rung)
        return grounds_of(
            agreed_by=evidence.AGREED_BY[rung],
            evidence=[self._evidence(each) for each in documents],
            agreements=self._agreements(rung, documents),
            tax={str(each.id): each.tax.status for each in documents if rung == INVOICED and each.tax},
        )

    def content(self, rung: int) -> Json:
        """All that its fact says. Only the rung on which the right stands has the right's own figures."""
        documents = evidence.documents_of(self.standing, rung)
        found = self.found if self.stands_on(rung) else self._assessed_on(rung)
        return {
            "rung": rung,
            "trade": self.trade,
            **self.grounds(rung),
            "figures": figures_of(found),
            "disputable": list(evidence.disputable(found, rung, documents)),
        }

    def _assessed_on(self, rung: int) -> rules.Assessment:
        """What was paid by now supports nothing on a lower rung either."""
        return rules.assess_standing(self.standing, {}, rung=rung, deductions=self._paid)

    def _evidence(self, facts: DocumentFacts) -> Evidence:
        document = self._filed[str(facts.id)].document
        return Evidence(
            document=str(facts.id),
            kind=facts.kind,
            number=facts.number,
            sm3=document.digest,
            version=document.version or 0,
            record=str(document.record_id),
        )

    def _agreements(self, rung: int, documents: Sequence[DocumentFacts]) -> list[Agreement]:
        if rung == PAYMENT_CONFIRMED:
            return [_agreement(self._payment, None, evidence.PAYMENT_FIELDS)] if self._payment else []
        signed = [(each, self._decisions.get(str(each.id))) for each in documents]
        return [
            _agreement(decision, str(each.id), evidence.AGREED_FIELDS[each.kind])
            for each, decision in signed
            if decision
        ]


def _agreement(said: Signed | SignedDecision, document: str | None, fields: tuple[str, ...]) -> Agreement:
    """Who agreed; a decision that was signed together with others is told with what was signed: their manifest."""
    signed = said.manifest or said if isinstance(said, SignedDecision) else said
    return Agreement(
        decision=str(said.id),
        document=document,
        fields=fields,
        organisation=signed.organisation.name,
        person=signed.person,
        at=signed.at,
        sm3=sm3.sm3(signed.statement.encode()).hex(),
        signature=bytes(signed.signature or b"").hex(),
        public_key=bytes(signed.public_key).hex(),
        custodial=signed.custodial,
    )


class _Book:
    """Writes the facts of one right, numbered, each after the former one of its rung."""

    def __init__(self, right: Right, newest: Mapping[int, RungFact], at: datetime) -> None:
        self._right = right
        self._newest = newest
        self._at = at
        self._count = max((fact.number for fact in newest.values()), default=0)
        self.written: list[RungFact] = []

    def hold(self, rung: int, describe: _Describer) -> None:
        """A fact that the rung holds, unless the newest one says so in the same words."""
        former = self._newest.get(rung)
        if former is None or former.event == RungEvent.LOST:
            self._write(rung, RungEvent.REACHED, former, describe.content(rung))
            return
        now = describe.content(rung) if describe.stands_on(rung) else describe.grounds(rung)
        if not says_the_same(former.content, now):
            self._write(rung, RungEvent.CHANGED, former, describe.content(rung))

    def lose(self, former: RungFact, reason: str) -> None:
        content: Json = {"rung": former.rung, "trade": former.content["trade"]}
        self._write(former.rung, RungEvent.LOST, former, content, reason)

    def _write(self, rung: int, event: RungEvent, former: RungFact | None, content: Json, reason: str = "") -> None:
        id = uuid7()
        statement = statement_of(
            id=id,
            right=self._right.id,
            event=event,
            follows=(former.id, digest_of(former.statement)) if former else None,
            at=self._at,
            content=content,
            reason=reason,
        )
        self._count += 1
        self.written.append(self._record(id, rung, event, former, statement, reason))

    def _record(
        self, id: UUID, rung: int, event: RungEvent, former: RungFact | None, statement: str, reason: str
    ) -> RungFact:
        """The fact's row, the ledger's record of its salted digest, and the audit's entry."""
        subject = SubjectRef("right", self._right.id)
        signer = keys.log_signers()[SM2]
        salt = commitments.new_salt()
        record = ledger.append(
            subject=subject,
            template=TEMPLATE,
            commitment=commitments.commit_document(salt, sm3.sm3(statement.encode())),
            actor=PLATFORM,
        )
        audit.record(
            actor=PLATFORM,
            verb=f"rung.{event}",
            subject=subject,
            detail={"rung": rung, "fact": str(id), **({"reason": reason} if reason else {})},
        )
        return RungFact.objects.create(
            id=id,
            right=self._right,
            number=self._count,
            rung=rung,
            event=event,
            follows=former,
            reason=reason,
            statement=statement,
            signature=signer.sign(statement.encode()),
            public_key=signer.public,
            salt=salt,
            record_id=record.id,
            at=self._at,
        )
