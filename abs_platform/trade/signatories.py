"""Organisations that sign statements: by the key held for them, labelled custodial, or by a key of their own.

Whoever signs with its own key fetches the exact words first (`ToSign`) and brings the signature over them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from abs_platform.core import clock
from abs_platform.core.errors import Conflict, Invalid
from abs_platform.core.subjects import SubjectRef
from abs_platform.crypto import commitments, sm2
from abs_platform.ledger import services as ledger
from abs_platform.parties import selectors as parties
from abs_platform.parties.actor import Actor
from abs_platform.parties.models import Organisation
from abs_platform.trade.desk.models import OwnKey

# So long may an own signature take from being prepared to arriving.
SIGNING_TIME = timedelta(minutes=15)
# A signer's `at` comes back as it was given out; only the platform's own clocks may differ.
CLOCK_SKEW = timedelta(seconds=5)


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


def own_key_of(organisation_id: UUID) -> OwnKey | None:
    """The key of its own that an organisation signs with, if it does."""
    return OwnKey.objects.filter(organisation_id=organisation_id, until=None).first()


class Signatory:
    """An organisation that signs by the hand of an actor. Make it before the transaction: the key held for it is fetched then."""

    def __init__(self, actor: Actor, own: OwnSignature | None = None) -> None:
        self.actor = actor
        self.organisation: Organisation = parties.organisation(actor.home)
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
