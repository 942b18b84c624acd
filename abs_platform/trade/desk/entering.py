"""Payments above a limit: as many people as it takes enter the terms, each alone (双人背对背录入); the last one signs.

Whoever typed another amount, day or account than a colleague has not agreed with it, and nobody takes over what somebody else typed.
What one enters takes the place of what one entered before.
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
from abs_platform.trade.desk import daily
from abs_platform.trade.desk.authority import Authority, limits_of, person_name, require_person
from abs_platform.trade.desk.rules import AND_EXECUTIVE, ONE, PAYMENT, Act, needs_of
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


def act_of(trade: Trade, terms: PaymentTerms) -> Act:
    """Confirming a payment alone, as it weighs against the limits of a day."""
    return Act(trade.seller_id, trade.id, trade.id, PAYMENT, terms.amount, trade.currency)


def agreement(authority: Authority, trade: Trade, terms: PaymentTerms) -> Agreement:
    """Whether enough people of the organisation stand behind these terms. In the transaction that holds the trade.

    Raises Forbidden for a program where it takes several: that takes people.
    """
    actor = authority.actor
    limits, executives = limits_of(actor.home)
    alone = daily.people_of(authority, [act_of(trade, terms)])
    needed = max(needs_of(limits, {trade.currency: terms.amount}).people, alone)
    if needed == ONE:
        return Agreement([], None)
    person = require_person(actor)
    entries = [each for each in _standing(trade) if each.organisation_id == actor.home and each.person_id != person]
    same = [each for each in entries if each.terms == terms.digest(trade.currency)]
    others = [each.person for each in same if _may_confirm(each.person, authority)]
    voices = [*((each.id, person_name(each)) for each in others), (person, authority.name)]
    people = [
        {"part": "executive" if id in executives else "checker" if at else "maker", "name": name}
        for at, (id, name) in enumerate(voices)
    ]
    lacks_executive = needed == AND_EXECUTIVE and not any(id in executives for id, _ in voices)
    if len(voices) >= needed and not lacks_executive:
        return Agreement(people, None)
    return Agreement(people, Waiting(needed, len(voices), len(same) < len(entries)))


def _standing(trade: Trade) -> list[PaymentEntry]:
    """What each person entered last, in the order of entry."""
    entries = PaymentEntry.objects.filter(trade_id=trade.id).select_related("person")
    return sorted(
        entries.order_by("person_id", "-at", "-id").distinct("person_id"), key=lambda each: (each.at, each.id)
    )


def _may_confirm(person: Person, authority: Authority) -> bool:
    """Whether somebody who entered a payment is still one of those who may."""
    actor = parties.actor_of_person(person)
    return person.is_active and actor.organisation_id == authority.actor.home and actor.has(Role.CORE_ENTERPRISE)


def enter(authority: Authority, trade: Trade, terms: PaymentTerms) -> None:
    """Keep what the actor entered, for colleagues to enter the same. Repeating it changes nothing.

    In the transaction that holds the trade.
    """
    actor, person, digest = authority.actor, require_person(authority.actor), terms.digest(trade.currency)
    if any(each.person_id == person and each.terms == digest for each in _standing(trade)):
        return
    PaymentEntry.objects.create(trade_id=trade.id, person_id=person, terms=digest, organisation_id=actor.home)
    audit.record(actor=actor, verb="payment.entered", subject=SubjectRef("trade", trade.id))
    events.notify([actor.home], "confirmation", trade.id)
