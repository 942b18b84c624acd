"""A list of thirty rows costs as many queries as one of three."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from urllib.parse import parse_qsl
from uuid import UUID

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from abs_platform.consent import services as consent
from abs_platform.core import clock, jobs
from abs_platform.core.models import Job
from abs_platform.core.subjects import SubjectRef
from abs_platform.financing.lending import payouts
from abs_platform.imports import services as imports
from abs_platform.ledger import services as ledger
from abs_platform.ledger.models import AuditRun, Channel
from abs_platform.ledger.services import MAIN
from abs_platform.parties import services as parties
from abs_platform.parties.actor import PLATFORM
from abs_platform.rights import collecting
from abs_platform.rights.models import Right
from abs_platform.rights.priority import services as priority
from abs_platform.rights.registry.models import Reconciliation
from abs_platform.risk import services as risk
from abs_platform.risk.models import Severity
from abs_platform.trade import sharing
from abs_platform.trade.desk import proposals
from abs_platform.trade.desk.choices import Choice
from abs_platform.trade.models import Tolerance, TradeDocument
from tests.support import schema
from tests.support.callers import Caller
from tests.support.financing import Lending
from tests.support.lending import Lender
from tests.support.papers import Papers, line, not_due_yet
from tests.support.signing_desk import digest_now
from tests.support.stage import IMPORTING, table_of_invoices
from tests.support.world import World, drain

pytestmark = pytest.mark.usefixtures("db")

LISTS = [
    ("documents", "supplier"),
    ("documents", "core"),
    ("documents", "bank"),
    ("trades", "supplier"),
    ("trades", "core"),
    ("trades", "bank"),
    ("rights", "supplier"),
    ("rights", "core"),
    ("rights", "bank"),
    ("financing/dues?side=receivable", "supplier"),
    ("financing/dues?side=payable", "core"),
    ("financing/core-enterprises", "bank"),
    ("financing/programmes", "supplier"),
    ("financing/programmes", "bank"),
    ("financing/programmes", "core"),
    ("financing/requests", "supplier"),
    ("financing/requests", "bank"),
    ("financing/offers", "supplier"),
    ("financing/offers", "bank"),
    ("financing/pledges", "supplier"),
    ("financing/pledges", "bank"),
    ("financing/pledges", "core"),
    ("financing/notices", "supplier"),
    ("financing/notices", "bank"),
    ("financing/notices", "core"),
    ("financing/loans", "supplier"),
    ("financing/loans", "bank"),
    ("financing/payments", "supplier"),
    ("financing/payments", "bank"),
    ("financing/payouts", "bank"),
    ("rights/{right}/collections", "supplier"),
    ("zhongdeng", "supplier"),
    ("confirmations", "core"),
    ("tolerances", "core"),
    ("tolerances", "supplier"),
    ("confirmations/proposals", "core"),
    ("suppliers", "bank"),
    ("access-requests", "supplier"),
    ("access-requests", "bank"),
    ("grants", "supplier"),
    ("grants", "bank"),
    ("accesses", "supplier"),
    ("accesses", "bank"),
    ("alerts", "officer"),
    ("networks", "operator"),
    ("organisations", "operator"),
    ("storage/keys", "operator"),
    ("jobs", "operator"),
    ("ledger/audits", "operator"),
    ("registry/reconciliations", "officer"),
    ("ledger/records", "supplier"),
    (f"ledger/channels/{MAIN}/checkpoints", "core"),
    ("imports", "supplier"),
    ("imports/mappings", "supplier"),
    ("imports/{id}/rows", "supplier"),
    ("imports/{id}/entries", "supplier"),
]
ACCOUNTS = ("financing/statements", "financing/portfolio", "financing/trial-balance")
OTHERS = [
    *((path, "bank") for path in ACCOUNTS),
    *(("home", who) for who in ("supplier", "core", "bank", "officer", "operator")),
]


@dataclass
class Growing:
    """A world whose lists grow row by row."""

    world: World
    rows: int = 0
    batch: str = ""
    lending: Lending = field(init=False)
    right: str = ""
    counts: dict[tuple[str, str, int], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.lending = Lending.at(self.world)

    def grow(self, upto: int) -> None:
        numbers = range(self.rows, upto)
        papers = [Papers(number=f"PO-{n}", lines=(line(), line("2")), due=not_due_yet()) for n in numbers]
        self.world.supplier.submit({f"{p.number}.xml": p.order() for p in papers})
        for n in numbers:
            self._one_more(n)
        core = self.world.core.actor
        for n in numbers:
            order = TradeDocument.objects.get(trade__order_number=f"PO-{n}", kind="order")
            choice = Choice(order.document_id, "confirm", digest_now(core, order.document_id))
            proposals.propose(actor=core, choices=[choice])
        table = table_of_invoices(self.world.supplier, *(f"T{upto}-{n}" for n in range(upto)))
        imports.start(actor=self.world.supplier.actor, batch_id=table.id)
        jobs.drain(kinds=IMPORTING)
        self.batch = str(table.id)
        drain(seal=True)
        self._grow_financing(numbers)
        for path in ("documents", "trades"):
            self.world.bank.browser.rows(path, page_size=100)
        self.rows = upto

    def _one_more(self, n: int) -> None:
        world = self.world
        request = consent.request_access(
            actor=world.bank.actor, owner_id=world.supplier.organisation.id, purpose="financing", days=30
        )
        sharing.grant(
            actor=world.supplier.actor, request_id=request.id, trade_ids=[], document_ids=[], whole=True, days=30
        )
        seen = risk.Observation(
            rule="number_conflict", severity=Severity.LOW, key=f"k{n}",
            subject=SubjectRef("trade", request.id), subject_label=str(n),
            organisation_ids=(world.supplier.organisation.id, world.core.organisation.id),
        )  # fmt: skip
        risk.report(actor=PLATFORM, network_id=world.network.id, observations=[seen])
        table_of_invoices(world.supplier, f"Q-{n}", save_as=f"mapping {n}")
        parties.create_network(actor=PLATFORM, name=f"network {n}")
        parties.create_organisation(
            actor=PLATFORM, network_id=world.network.id, name=f"supplier {n}", roles=["supplier"], listed=True,
            identifiers=[("company_id", f"x{n}")],
        )  # fmt: skip
        parties.create_organisation(
            actor=PLATFORM, network_id=world.network.id, name=f"buyer {n}", roles=["core_enterprise"],
            identifiers=[("company_id", f"b{n}")],
        )  # fmt: skip
        Tolerance.objects.create(
            seller=world.supplier.organisation, buyer=world.core.organisation, quantity=0, price=0,
            effective_from=clock.today() + timedelta(days=n),
        )  # fmt: skip
        Job.objects.create(kind="ledger.anchor", key=f"k{n}")
        Reconciliation.objects.create()
        AuditRun.objects.create(
            channel=Channel.objects.get(name="main"), mode="full", state="in_order", finished_at=clock.now()
        )
        ledger.seal()

    def _grow_financing(self, numbers: Iterable[int]) -> None:
        """With each right: a loan that is paid back, what was left on its way to the supplier, and one that is owed."""
        today = clock.today()
        supported = {"base": 1000, "rung": 4, "due_date": today, "expected_due_date": today, "due_basis": "invoice"}
        Right.objects.update(**supported)
        lender = Lender(self.lending)
        rights = [Right.objects.select_related("trade").get(trade__order_number=f"PO-{n}") for n in numbers]
        self.right = self.right or str(rights[0].id)
        for n, right in zip(numbers, rights, strict=True):
            paid_back = lender.disbursed(right, principal=Decimal(100))
            lender.paid(paid_back, "200")
            payouts.record(
                actor=lender.maker.actor, loan_id=paid_back.id, amount=Decimal(1), paid_on=clock.today(),
                bank_reference="BACK",
            )  # fmt: skip
            lender.paid(lender.disbursed(right, principal=Decimal(100)), "10")
            collecting.tell(
                actor=self.world.supplier.actor, right_id=UUID(self.right), amount=Decimal(1),
                received_on=clock.today(), reference=f"R-{n}",
            )  # fmt: skip
        for n in numbers:
            priority.record_registration(
                actor=self.world.supplier.actor, right_id=UUID(self.right), number=f"1000000{n}", party="another",
                registered_at=clock.now(), expires_on=today + timedelta(days=9), description="x",
            )  # fmt: skip
        Right.objects.update(**supported)

    def measure(self) -> None:
        for path, who in (*LISTS, *OTHERS):
            caller: Caller = getattr(self.world, who).browser
            cache.clear()
            with CaptureQueriesContext(connection) as queries:
                address, _, query = path.format(id=self.batch, right=self.right).partition("?")
                body = caller.get(address, **dict(parse_qsl(query)), **({} if path == "home" else {"page_size": "100"}))
            assert (path, who) in OTHERS or len(body["results"]) >= self.rows, path
            self.counts[path, who, self.rows] = len(queries)


@pytest.fixture(scope="module")
def growing(module_world: World) -> Growing:
    found = Growing(module_world)
    for rows in (3, 30):
        found.grow(rows)
        found.measure()
    return found


@pytest.mark.parametrize(("path", "who"), [*LISTS, *OTHERS])
def test_the_number_of_queries_does_not_grow(path: str, who: str, growing: Growing) -> None:
    assert growing.counts[path, who, 30] == growing.counts[path, who, 3]
    assert growing.counts[path, who, 30] <= 30


def test_every_list_is_measured(db: None) -> None:
    lists = {
        path.removeprefix("/api/v1/")
        for path, operations in schema.document()["paths"].items()
        if "get" in operations and operations["get"]["operationId"].endswith("_list")
    }
    # Of one document, and measured where it is corrected: tests/documents/test_correcting.py.
    assert {
        path.partition("?")[0].replace(f"/{MAIN}/", "/{name}/").replace("{right}", "{id}") for path, _ in LISTS
    } == lists - {"documents/{id}/versions"}
