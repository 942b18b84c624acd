"""In whose right somebody acts at the desk, with which key the organisation signs, and which limits it set itself."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from abs_platform.core import clock
from abs_platform.core.errors import Conflict, Forbidden, Invalid
from abs_platform.core.subjects import SubjectRef
from abs_platform.crypto import commitments, sm2
from abs_platform.ledger import services as ledger
from abs_platform.parties import selectors as parties
from abs_platform.parties.actor import Actor
from abs_platform.parties.models import Organisation, Person
from abs_platform.parties.roles import Role
from abs_platform.trade.desk.models import ConfirmationPolicy, Delegation, OwnKey
from abs_platform.trade.desk.rules import Limits

# So long may an own signature take from being prepared to arriving.
SIGNING_TIME = timedelta(minutes=15)
# A signer's `at` comes back as it was given out; only the platform's own clocks may differ.
CLOCK_SKEW = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Authority:
    """Who acts, and in whose right: its own, or that of a colleague who delegated it (`on_behalf_of`, a name)."""

    actor: Actor
    right_of: UUID
    on_behalf_of: str = ""

    @property
    def name(self) -> str:
        """As it is shown and signed."""
        return f"{self.actor.label} on behalf of {self.on_behalf_of}" if self.on_behalf_of else self.actor.label


@dataclass(frozen=True, slots=True)
class OwnSignature:
    """A signature made with the organisation's own key over the statement that was prepared for the moment `at`."""

    signature: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class ToSign:
    """Words to be signed with an own key, prepared for the moment `at`: the signature must come back within 15 minutes."""

    statement: str
    at: datetime


def delegations(*, actor: Actor) -> Sequence[Delegation]:
    """The delegations in force to the person that acts."""
    if actor.person_id is None or actor.is_program:
        return []
    rows = Delegation.objects.filter(
        delegate_id=actor.person_id,
        organisation_id=actor.home,
        revoked_at=None,
        until__gte=clock.today(),
        principal__is_active=True,
    )
    return list(rows.select_related("principal").order_by("id"))


def authority_of(actor: Actor, on_behalf_of: UUID | None = None) -> Authority:
    """The right in which `actor` acts. Raises Forbidden without one: its own role, or a delegation in force."""
    if on_behalf_of is None:
        actor.require(Role.CORE_ENTERPRISE)
        return Authority(actor, actor.person_id or actor.home)
    for row in delegations(actor=actor):
        principal = parties.actor_of_person(row.principal)
        if row.principal_id == on_behalf_of and principal.organisation_id == actor.home:
            principal.require(Role.CORE_ENTERPRISE)
            return Authority(_confirming(actor), row.principal_id, principal.label)
    raise Forbidden(
        "delegation_missing", "Nobody of that id has given you the right to confirm, or it has ended. Ask for it anew."
    )


def reader_of(actor: Actor) -> Actor:
    """The actor as the desk's reads take it: whoever holds a delegation sees the queue as who gave it does."""
    if not actor.has(Role.CORE_ENTERPRISE) and actor.organisation_id and delegations(actor=actor):
        return _confirming(actor)
    return actor


def _confirming(actor: Actor) -> Actor:
    return replace(actor, roles=actor.roles | {str(Role.CORE_ENTERPRISE)})


def require_person(actor: Actor) -> UUID:
    """The id of the person that acts. Raises Forbidden for a program: what takes two people takes people."""
    if actor.is_program or actor.person_id is None:
        raise Forbidden("person_needed", "This takes a person; a program cannot do it. Sign in to do it.")
    return actor.person_id


def person_name(person: Person) -> str:
    """What a person is called."""
    return person.display_name or person.username


def limits_of(organisation_id: UUID) -> tuple[Limits, frozenset[UUID]]:
    """The limits that an organisation set itself, and its executives."""
    row = ConfirmationPolicy.objects.filter(organisation_id=organisation_id).first()
    if row is None:
        return Limits(), frozenset()
    limits = Limits(row.currency, row.one_person_up_to, row.two_people_up_to, row.typed_above)
    return limits, frozenset(row.executives)


class Signatory:
    """An organisation that signs. The key held for it is fetched before any transaction begins."""

    def __init__(self, authority: Authority, own: OwnSignature | None = None) -> None:
        self.authority = authority
        self.actor = authority.actor
        self.organisation: Organisation = parties.organisation(self.actor.home)
        self._own = own
        self._own_key = own_key_of(self.actor.home)
        self._held_key = None if self._own_key else parties.signing_key(self.actor.home)
        self.at = self._moment()

    def _moment(self) -> datetime:
        """The moment that the statement names."""
        now = clock.now()
        if self._own is None:
            return now
        if not now - SIGNING_TIME <= self._own.at <= now + CLOCK_SKEW:
            raise Conflict(
                "signing_too_late", "The statement was prepared too long ago. Fetch it again and sign that one."
            )
        return self._own.at

    def sign(
        self, statement: str, *, subject: SubjectRef, template: str, domain: str
    ) -> dict[str, Any]:  # Any: columns
        """Sign a statement, or take the signature made over it with the own key, and record its salted commitment in the
        ledger; the columns of a Signed row.

        Raises Conflict where the organisation holds its own key and no signature by it came, Invalid for a wrong one.
        """
        signature, public = self._signature(statement.encode())
        salt = commitments.new_salt()
        record = ledger.append(
            subject=subject,
            template=template,
            commitment=commitments.commit(domain, salt, statement.encode()),
            actor=self.actor,
        )
        return {
            "statement": statement,
            "signature": signature,
            "public_key": public,
            "custodial": self._own_key is None,
            "organisation": self.organisation,
            "person": self.actor.label,
            "salt": salt,
            "record_id": record.id,
        }

    def _signature(self, statement: bytes) -> tuple[bytes, bytes]:
        if self._own_key is None or self._held_key:
            if self._own or self._held_key is None:
                raise Invalid(
                    "own_key_unknown", "Your organisation has registered no key of its own. Register it first."
                )
            return self._held_key.sign(statement), self._held_key.public
        public = bytes(self._own_key.public)
        if self._own is None:
            raise Conflict(
                "own_signature_needed",
                "Your organisation signs with a key of its own. Fetch the statement, sign it and send the signature.",
            )
        if not sm2.verify(public, statement, self._own.signature):
            raise Invalid(
                "signature_wrong",
                "The signature does not verify over this statement with your organisation's key. Sign the exact bytes.",
            )
        return self._own.signature, public


def own_key_of(organisation_id: UUID) -> OwnKey | None:
    """The key of its own that an organisation signs with, if it does."""
    return OwnKey.objects.filter(organisation_id=organisation_id, until=None).first()
