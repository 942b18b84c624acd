"""A network with everybody in it, and a stranger in another one."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from abs_platform.config.demo import cast
from abs_platform.config.sample.make import Company, credit_code
from abs_platform.core import jobs
from abs_platform.documents import receiving
from abs_platform.documents.models import Document
from abs_platform.integrations.formats.model import Party
from abs_platform.parties import services as parties
from abs_platform.parties.actor import PLATFORM, Actor
from abs_platform.parties.models import Network, Organisation
from abs_platform.parties.selectors import actor_of_person
from abs_platform.trade import selectors as trades
from abs_platform.trade import signing, statements
from abs_platform.trade.models import PaymentConfirmation, TradeDocument
from tests.support.callers import Caller

READING = ("documents.extract", "documents.unpack", "trade.file", "trade.refile", "rights.compute")
SEALING = (*READING, "ledger.seal", "documents.announce")
TRUST = Company(name="示例信托有限公司", credit_code=credit_code("110000", "MA0DEM08"))
PASSWORD = "correct horse battery staple"


def drain(*, seal: bool = False) -> None:
    """Have everything uploaded so far read, filed and computed; with `seal`, recorded in the log too."""
    jobs.drain(kinds=SEALING if seal else READING)


@dataclass
class Member:
    """An organisation with one person (`browser`, `actor`) and one program (`program`), both carrying its `roles`."""

    organisation: Organisation
    username: str
    roles: tuple[str, ...]
    browser: Caller = field(init=False)
    program: Caller = field(init=False)
    actor: Actor = field(init=False)

    def __post_init__(self) -> None:
        person = parties.create_person(
            actor=PLATFORM,
            organisation_id=self.organisation.id,
            username=self.username,
            password=PASSWORD,
            display_name=f"{self.username} person",
            roles=self.roles,
        )
        client, _, _ = parties.create_api_client(
            actor=PLATFORM, organisation_id=self.organisation.id, name=f"{self.username} program", roles=self.roles
        )
        self.browser, self.program = Caller(person=person), Caller(program=client)
        self.actor = actor_of_person(person)

    @property
    def id(self) -> str:
        """The organisation's id, as the API writes it."""
        return str(self.organisation.id)

    @property
    def person_id(self) -> UUID:
        """The person's id."""
        assert self.actor.person_id is not None
        return self.actor.person_id

    def submit(self, files: Mapping[str, bytes]) -> list[Document]:
        """Have the files received and read, past HTTP."""
        rows = [
            receiving.receive(actor=self.actor, filename=name, stream=io.BytesIO(data), size=len(data))
            for name, data in files.items()
        ]
        drain()
        return [Document.objects.get(id=row.id) for row in rows]

    def decide(self, document: Document, decision: str = "confirm", reason: str = "") -> TradeDocument:
        """Confirm or dispute, past HTTP, what is shown now."""
        row = trades.queued(actor=self.actor, document_id=document.id)
        digest = statements.digest_of(statements.content_of(row, trades.compared(row.trade)))
        decided = signing.decide(
            actor=self.actor, document_id=document.id, decision=decision, content_digest=digest, reason=reason
        )
        drain()
        return decided

    def payment_digest(self, trade_id: UUID) -> str:
        """What a payment confirmation of the trade would be given over now."""
        trade = trades.trade(actor=self.actor, trade_id=trade_id)
        return statements.digest_of(statements.payment_content(trade, trades.compared(trade)))

    def confirm_payment(self, trade_id: UUID, *, amount: Decimal, due_date: date, account: str) -> PaymentConfirmation:
        """Confirm a trade's payment, past HTTP, over what is shown now."""
        done = signing.confirm_payment(
            actor=self.actor,
            trade_id=trade_id,
            content_digest=self.payment_digest(trade_id),
            amount=amount,
            due_date=due_date,
            account=account,
        )
        assert isinstance(done, PaymentConfirmation)
        return done


@dataclass
class World:
    """Everybody. Documents name the companies of the sample and of the demonstration."""

    network: Network = field(init=False)
    elsewhere: Network = field(init=False)

    def __post_init__(self) -> None:
        self.network = parties.create_network(actor=PLATFORM, name="test network")
        self.elsewhere = parties.create_network(actor=PLATFORM, name="another network")
        self.operator = self.member("operator", None, "operator", "risk_officer")
        self.supplier = self.member("supplier", cast.BEARINGS, "supplier")
        self.castings = self.member("castings", cast.CASTINGS, "supplier")
        self.core = self.member("core", cast.GROUP, "core_enterprise")
        self.project = self.member("project", cast.PROJECT, "core_enterprise", parent=self.core)
        self.bank = self.member("bank", cast.BANK, "financier")
        self.factor = self.member("factor", cast.FACTOR, "financier")
        self.trust = self.member("trust", TRUST, "financier")
        # The same company as the supplier, in another network: identifiers name one organisation within a network only.
        self.stranger = self.member("stranger", cast.BEARINGS, "supplier", network=self.elsewhere)
        self.other_officer = self.member("other-officer", None, "risk_officer", network=self.elsewhere)
        # People of the operating organisation who carry one of its roles only.
        self.officer = Member(self.operator.organisation, "officer", ("risk_officer",))
        self.console = Member(self.operator.organisation, "console", ("operator",))
        person = parties.create_person(
            actor=PLATFORM, organisation_id=None, username="nobody", password=PASSWORD, display_name="", roles=[]
        )
        self.nobody = Caller(person=person)

    @property
    def anybody(self) -> Caller:
        """Somebody who did not sign in."""
        return Caller()

    def member(
        self,
        username: str,
        company: Company | None,
        *roles: str,
        parent: Member | None = None,
        network: Network | None = None,
        listed: bool = True,
        party: Party | None = None,
    ) -> Member:
        """Register an organisation; `party` for one that files name otherwise than by a company's credit code."""
        party = party or (Party(name=company.name, company_id=company.credit_code) if company else None)
        row = parties.create_organisation(
            actor=PLATFORM,
            network_id=(network or self.network).id,
            name=party.name if party else username,
            roles=roles,
            listed=listed and "supplier" in roles,
            parent_id=parent.organisation.id if parent else None,
            identifiers=party.identifiers() if party else (),
        )
        return Member(row, username, roles)
