"""Payments above a limit: as many people as it takes enter the terms, each alone (双人背对背录入); the last one signs.

Whoever typed another amount, day or account than a colleague has not agreed with it, and nobody takes over what somebody else typed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from abs_platform.core import audit, events
from abs_platform.core.rest.fields import money
from abs_platform.core.subjects import SubjectRef
from abs_platform.crypto import sm3
from abs_platform.crypto.canonical import canonical_json
from abs_platform.parties import selectors as parties
from abs_platform.parties.models import Person
from abs_platform.parties.roles import Role
from abs_platform.trade.desk.authority import Authority, limits_of, person_name, require_person
from abs_platform.trade.desk.rules import AND_EXECUTIVE, ONE, needs_of
from abs_platform.trade.models import PaymentEntry, Trade


@dataclass(frozen=True, slots=True)
class PaymentTerms:
    """What is confirmed of a payment, over the content that `content_digest` names."""

    content_digest: str
    amount: Decimal
    due_date: date
    account: str

    def digest(self, currency: str) -> str:
        """What tells these terms from any others: SM3, hex."""
        said = {
            "content_digest": self.content_digest,
            "amount": money(self.amount, currency),
            "due_date": self.due_date.isoformat(),
            "account": self.account,
        }
        return sm3.sm3(canonical_json(said)).hex()


@dataclass(frozen=True, slots=True)
class Waiting:
    """So many `people` have to enter a payment, and so many did; `differs`: others entered something else."""

    people: int
    entered: int
    differs: bool


@dataclass(frozen=True, slots=True)
class Agreement:
    """Who entered the same, whoever asks included, as signed statements name them; `waiting`: for whom else, if anybody."""

    people: Sequence[dict[str, str]]
    waiting: Waiting | None


def agreement(authority: Authority, trade: Trade, terms: PaymentTerms) -> Agreement:
    """Whether enough people of the organisation stand behind these terms. In the transaction that holds the trade.

    Raises Forbidden for a program where it takes several: that takes people.
    """
    actor = authority.actor
    limits, executives = limits_of(actor.home)
    needed = needs_of(limits, {trade.currency: terms.amount}).people if limits.are_any else ONE
    if needed == ONE:
        return Agreement([], None)
    person = require_person(actor)
    of_trade = PaymentEntry.objects.filter(trade_id=trade.id, organisation=actor.home).exclude(person=person)
    digest = terms.digest(trade.currency)
    others = [each.person for each in of_trade.filter(terms=digest).select_related("person").order_by("id")]
    others = [each for each in others if _may_confirm(each, authority)]
    voices = [*((each.id, person_name(each)) for each in others), (person, authority.name)]
    people = [
        {"part": "executive" if id in executives else "checker" if at else "maker", "name": name}
        for at, (id, name) in enumerate(voices)
    ]
    lacks_executive = needed == AND_EXECUTIVE and not any(id in executives for id, _ in voices)
    if len(voices) >= needed and not lacks_executive:
        return Agreement(people, None)
    return Agreement(people, Waiting(needed, len(voices), of_trade.exclude(terms=digest).exists()))


def _may_confirm(person: Person, authority: Authority) -> bool:
    """Whether somebody who entered a payment is still one of those who may."""
    actor = parties.actor_of_person(person)
    return person.is_active and actor.organisation_id == authority.actor.home and actor.has(Role.CORE_ENTERPRISE)


def enter(authority: Authority, trade: Trade, terms: PaymentTerms) -> None:
    """Keep what the actor entered, for colleagues to enter the same. Repeating it changes nothing."""
    actor = authority.actor
    _, is_new = PaymentEntry.objects.get_or_create(
        trade_id=trade.id,
        person_id=require_person(actor),
        terms=terms.digest(trade.currency),
        defaults={"organisation_id": actor.home},
    )
    if is_new:
        audit.record(actor=actor, verb="payment.entered", subject=SubjectRef("trade", trade.id))
        events.notify([actor.home], "confirmation", trade.id)
