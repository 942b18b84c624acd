"""Statements that an organisation signs, by the key held for it, labelled custodial; each is recorded in the ledger."""

from typing import Any

from abs_platform.core.subjects import SubjectRef
from abs_platform.crypto import commitments
from abs_platform.ledger import services as ledger
from abs_platform.parties import selectors as parties
from abs_platform.parties.actor import Actor
from abs_platform.parties.models import Organisation


class Signatory:
    """An organisation that signs by the hand of an actor. Make it before the transaction: its key is fetched then."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.organisation: Organisation = parties.organisation(actor.home)
        self._key = parties.signing_key(actor.home)

    def sign(
        self, statement: str, *, subject: SubjectRef, template: str, domain: str
    ) -> dict[str, Any]:  # Any: columns
        """Sign a statement and record its salted commitment; the columns of a Signed row."""
        salt = commitments.new_salt()
        record = ledger.append(
            subject=subject,
            template=template,
            commitment=commitments.commit(domain, salt, statement.encode()),
            actor=self.actor,
        )
        return {
            "statement": statement,
            "signature": self._key.sign(statement.encode()),
            "public_key": self._key.public,
            "custodial": True,
            "organisation": self.organisation,
            "person": self.actor.label,
            "salt": salt,
            "record_id": record.id,
        }
