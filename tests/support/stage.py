"""A world in which something has happened: one of everything that the API gives addresses to."""

import io
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from abs_platform.config.sample import trade as sample
from abs_platform.consent import services as consent
from abs_platform.consent.models import AccessRequest, Grant
from abs_platform.core import clock, jobs
from abs_platform.core.models import Job, JobState
from abs_platform.crypto import ed25519
from abs_platform.documents.models import Document
from abs_platform.documents.tax.models import TaxStatus
from abs_platform.imports import services as imports
from abs_platform.imports.mapping import plan_of
from abs_platform.imports.models import Batch, SavedMapping
from abs_platform.ledger.models import Checkpoint
from abs_platform.rights.models import Right, RungFact
from abs_platform.rights.priority import services as priority
from abs_platform.rights.priority.models import ZhongdengRegistration
from abs_platform.risk.models import Alert
from abs_platform.trade import sharing, signing
from abs_platform.trade.desk import delegating, proposals, settings
from abs_platform.trade.desk.choices import Choice
from abs_platform.trade.models import AutomaticRule, Delegation, Proposal, SettingsChange, SignedManifest, Trade
from tests.support.cosigning import cosigned
from tests.support.financing import FinancingStage, make_financing_stage
from tests.support.papers import Papers
from tests.support.signing_desk import approved, colleague, digest_now
from tests.support.world import Member, World, drain

IMPORTING = ("imports.read", "imports.check", "imports.carry_out", "imports.withdraw")
WITNESS_NAME = "witness.example/w1"
WITNESS = ed25519.generate()


def request_and_grant(
    world: World, financier: Member, *, trades: list[UUID], documents: list[UUID] | None = None, whole: bool = False
) -> Grant:
    """A financier asks for 30 days and the supplier opens what is listed."""
    request = consent.request_access(
        actor=financier.actor, owner_id=world.supplier.organisation.id, purpose="financing", days=30
    )
    return sharing.grant(
        actor=world.supplier.actor,
        request_id=request.id,
        trade_ids=trades,
        document_ids=documents or [],
        whole=whole,
        days=30,
    )


@dataclass
class Stage:
    """The supplier's sample trade, opened to the bank; the factor's grant was revoked, the trust's has run out."""

    world: World
    document: Document
    invoice: Document
    loose: Document
    trade: Trade
    right: Right
    fact: RungFact
    alert: Alert
    grant: Grant
    revoked: Grant
    expired: Grant
    request: AccessRequest
    job: Job
    checkpoint: Checkpoint
    batch: Batch
    mapping: SavedMapping
    imported: Batch
    registration: ZhongdengRegistration
    disputed: Document
    manifest: SignedManifest
    proposal: Proposal
    change: SettingsChange
    rule: AutomaticRule
    delegation: Delegation
    lending: FinancingStage | None = None

    @property
    def ids(self) -> dict[str, str]:
        """What stands for {document}, {trade}… in addresses."""
        found = {
            name: str(getattr(self, name).id)
            for name in (
                "document",
                "invoice",
                "loose",
                "trade",
                "right",
                "fact",
                "alert",
                "grant",
                "request",
                "job",
                "batch",
                "mapping",
                "imported",
                "registration",
                "disputed",
                "manifest",
                "proposal",
                "change",
                "rule",
                "delegation",
            )
        }
        log = {"channel": "main", "size": str(self.checkpoint.size), "level": "0", "tile": "000.p/1", "number": "2"}
        lent = self.lending.ids if self.lending else {}
        return found | log | lent | {"organisation": self.world.supplier.id, "record": str(self.document.record_id)}

    def cosignature(self) -> str:
        """What WITNESS sends of the checkpoint."""
        return cosigned(self.checkpoint, WITNESS_NAME, WITNESS, int(clock.now().timestamp()))


def table_of_invoices(member: Member, *numbers: str, save_as: str = "") -> Batch:
    """A table of invoices, one in each row, uploaded, read and checked; with `save_as`, its mapping is kept."""
    buyer = sample.CORE_ENTERPRISE
    rows = [f"{number},2026-03-01,{buyer.name},{buyer.credit_code},100" for number in numbers]
    data = "\n".join(["发票号码,开票日期,购买方名称,购买方税号,金额", *rows]).encode()
    stream = io.BytesIO(data)
    row = imports.upload(actor=member.actor, filename="invoices.csv", stream=stream, size=len(data), kind="invoice")
    jobs.drain(kinds=IMPORTING)
    row.refresh_from_db()
    if save_as:
        imports.map_columns(actor=member.actor, batch_id=row.id, plan=plan_of(row.mapping), save_as=save_as)
        jobs.drain(kinds=IMPORTING)
        row.refresh_from_db()
    return row


def make_lending_stage(world: World) -> Stage:
    """`make_stage`, and between the bank and the supplier one of everything on the way from a right to a loan."""
    stage = make_stage(world)
    stage.lending = make_financing_stage(world)
    return stage


def make_stage(world: World) -> Stage:
    """Play it."""
    documents = world.supplier.submit(sample.files())
    world.castings.submit(Papers(number="HY-1").all())
    world.stranger.submit(sample.files())
    trade = Trade.objects.get(seller=world.supplier.organisation)
    # Accepted, and worth nothing as long as nobody confirms a price.
    world.core.decide(trade.documents.get(kind="receipt_advice").document)
    with clock.at(clock.now() - timedelta(days=40)):
        expired = request_and_grant(world, world.trust, trades=[trade.id])
    revoked = request_and_grant(world, world.factor, trades=[trade.id])
    consent.revoke(actor=world.supplier.actor, grant_id=revoked.id)
    grant = request_and_grant(world, world.bank, trades=[trade.id])
    request = consent.request_access(
        actor=world.bank.actor, owner_id=world.supplier.organisation.id, purpose="monitoring", days=30
    )
    world.bank.browser.get(f"trades/{trade.id}")
    batch = table_of_invoices(world.supplier, "IMP-1", save_as="stage")
    imported = table_of_invoices(world.supplier, "IMP-2")
    imports.start(actor=world.supplier.actor, batch_id=imported.id)
    jobs.drain(kinds=IMPORTING)
    drain(seal=True)
    TaxStatus.objects.update(asked_at=clock.now() - timedelta(days=1))  # whoever asks now is not the second in an hour
    return Stage(
        world=world,
        document=documents[0],
        invoice=documents[-2],
        loose=documents[-1],
        trade=trade,
        right=Right.objects.get(trade=trade),
        fact=RungFact.objects.filter(right__trade=trade).earliest("number"),
        alert=Alert.objects.filter(network=world.network).earliest("id"),
        grant=grant,
        revoked=revoked,
        expired=expired,
        request=request,
        checkpoint=Checkpoint.objects.latest("size"),
        batch=batch,
        mapping=SavedMapping.objects.get(),
        imported=imported,
        registration=priority.record_registration(
            actor=world.supplier.actor,
            right_id=Right.objects.get(trade=trade).id,
            number="01234567",
            registered_at=clock.now() - timedelta(days=1),
            expires_on=clock.today() + timedelta(days=300),
            description="x",
            party="x",
        ),
        job=Job.objects.create(kind="ledger.seal", state=JobState.FAILED, finished_at=clock.now(), last_error="x"),
        **_desk(world),
    )


def _desk(world: World) -> dict[str, Any]:
    """What happened at the core enterprise's desk: everything that takes two people has ended."""
    # An invoice without order or receipt: confirming it supports nothing, so that nobody relies on the supplier's key.
    files = {n: Papers(number=n).order() for n in ("PO-D", "PO-P")} | {"PO-M": Papers(number="PO-M").invoice()}
    disputed, proposed, signed = world.supplier.submit(files)
    core, second = world.core.actor, colleague(world, "second")
    world.core.decide(disputed, "dispute", "not ours")

    def choice(document: Document) -> list[Choice]:
        return [Choice(document.id, "confirm", digest_now(core, document.id))]

    manifest = signing.confirm_many(actor=core, choices=choice(signed))
    made = proposals.propose(actor=core, choices=choice(proposed))
    change = settings.request_policy(
        actor=core, currency="CNY", one_person_up_to=None, two_people_up_to=None, typed_above=None, executives=[]
    )
    rule = settings.request_rule(
        actor=core,
        seller_id=world.supplier.organisation.id,
        kinds=["order"],
        currency="CNY",
        amount_up_to=Decimal(1),
        daily_up_to=Decimal(1),
    )
    approved(second.actor, rule)
    until = clock.today() + timedelta(days=1)
    given = delegating.delegate(actor=core, delegate_id=second.person_id, until=until)
    drain(seal=True)
    return {
        "disputed": disputed,
        "manifest": manifest,
        "proposal": proposals.end(actor=core, proposal_id=made.id, action="withdraw"),
        "change": settings.decide(actor=core, change_id=change.id, action="withdraw"),
        "rule": settings.stop_rule(actor=core, rule_id=AutomaticRule.objects.get().id),
        "delegation": delegating.revoke(actor=core, delegation_id=given.id),
    }
