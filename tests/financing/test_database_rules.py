"""What financing's rows may not be, the database refuses: one person twice, a right held twice, a state without its time."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, models, transaction
from django.db.models import F
from django.db.models.expressions import RawSQL

from abs_platform.core import clock
from abs_platform.core.ids import uuid7
from abs_platform.financing import notices
from abs_platform.financing.models import (
    Acknowledgement,
    Invitation,
    Notice,
    Offer,
    Pledge,
    Programme,
    Request,
    RequestedRight,
)
from tests.support.database import rolled_back
from tests.support.financing import Lending, performed
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("db")

NAN = RawSQL("'NaN'::numeric", [])
NOW = clock.now()


@pytest.fixture(scope="module")
def module_lending(module_world: World) -> Lending:
    """One loan, all the way to the debtor's receipt; and an offer that waits."""
    lending = Lending.at(module_world)
    programme = lending.programme()
    first, second = performed(module_world, "DB-1"), performed(module_world, "DB-2")
    loan = lending.lend(programme, [first])
    lending.offered(lending.invited(programme, [second]))
    notices.acknowledge(actor=module_world.core.actor, notice_id=Notice.objects.get(loan=loan).id)
    return lending


def change(model: type[models.Model], **values: Any) -> Callable[[], None]:
    """Set the values in every row, as no service would."""
    return lambda: (model._default_manager.update(**values), None)[1]


def again(model: type[models.Model], **values: Any) -> Callable[[], None]:
    """Insert the first row once more under a new id."""

    def act() -> None:
        row = model._default_manager.order_by("pk").first()
        assert row is not None
        row.pk = None
        row._state.adding = True
        for name, value in values.items():
            setattr(row, name, value)
        row.save(force_insert=True)

    return act


def held_for_another_loan() -> None:
    """The pledged right, pledged for a second loan."""
    pledge = Pledge.objects.get()
    offer = Offer.objects.get(state="open")
    loan = pledge.loan
    loan.pk, loan._state.adding, loan.offer = uuid7(), True, offer
    loan.save(force_insert=True)
    pledge.pk, pledge._state.adding, pledge.loan = uuid7(), True, loan
    pledge.save(force_insert=True)


def once_more_for_the_same_loan() -> None:
    """A pledge that ended, and another of the same right for the same loan."""
    Pledge.objects.update(state="released", ended_at=NOW)
    again(Pledge)()


def grant_of_another() -> None:
    """One grant of consent for two requests."""
    first, second = Invitation.objects.order_by("id")
    Invitation.objects.filter(id=second.id).update(grant=first.grant)


MAKER = F("maker_id")
ILLEGAL: dict[str, Callable[[], None]] = {
    "programme_state_known": change(Programme, state="lost"),
    "programme_method_known": change(Programme, method="gift"),
    "programme_day_count_known": change(Programme, day_count="ACT/ACT"),
    "programme_between_two": change(Programme, core_enterprise=F("funder")),
    "programme_limit": change(Programme, limit=NAN),
    "programme_supplier_limit": change(Programme, supplier_limit=Decimal(-1)),
    "programme_limits_nested": change(Programme, supplier_limit=F("limit") + 1),
    "programme_rates": change(Programme, annual_rate=Decimal("1.01")),
    "programme_rates ": change(Programme, fee_rate=Decimal("-0.01")),
    "programme_min_rung": change(Programme, min_rung=0),
    "programme_tenor": change(Programme, max_tenor_days=0),
    "programme_currency": change(Programme, currency="cny"),
    "programme_active_by_two": change(Programme, checker_id=None),
    "programme_active_by_two ": change(Programme, state="suspended", checker_id=None),
    "programme_two_people": change(Programme, checker_id=MAKER),
    "financing_request_state_known": change(Request, state="lost", decided_at=NOW),
    "financing_request_amount": change(Request, amount=NAN),
    "financing_request_positive": change(Request, amount=0),
    "financing_request_currency": change(Request, currency=""),
    "financing_request_submitted_has_time": change(Request, submitted_at=None),
    "financing_request_decided_has_time": change(Request, state="accepted", decided_at=None),
    "financing_request_decided_has_time ": change(Request, state="submitted", decided_at=NOW),
    "financing_request_settled_has_time": change(Request, settled_at=NOW),
    "requested_right_once": again(RequestedRight),
    "requested_right_base": change(RequestedRight, base=NAN),
    "invitation_once": again(Invitation, grant=None),
    "invitation_state_known": change(Invitation, state="lost"),
    "invitation_declined_has_reason": change(Invitation, state="declined", reason=""),
    "financing_invitation_grant_id_key": grant_of_another,
    "offer_state_known": change(Offer, state="lost"),
    "offer_method_known": change(Offer, method="gift"),
    "offer_day_count_known": change(Offer, day_count="30E/360"),
    "offer_amount": change(Offer, amount=NAN),
    "offer_positive": change(Offer, amount=0),
    "offer_rates": change(Offer, annual_rate=Decimal(2)),
    "offer_made_by_two": change(Offer, state="open", checker_id=None),
    "offer_two_people": change(Offer, checker_id=MAKER),
    "offer_accepted_by_two": change(Offer, state="accepted", accepting_checker_id=None),
    "offer_accepted_by_two ": change(Offer, state="accepted", accepted_at=None),
    "offer_two_people_accept": change(Offer, accepting_maker_id=MAKER, accepting_checker_id=MAKER),
    "offer_one_at_a_time": again(Offer),
    "right_held_once": held_for_another_loan,
    "pledge_once_a_loan": once_more_for_the_same_loan,
    "pledge_state_known": change(Pledge, state="lost", ended_at=NOW),
    "pledge_method_known": change(Pledge, method="gift"),
    "pledge_base": change(Pledge, base=NAN),
    "pledge_held_for": change(Pledge, held_for=Decimal(-1)),
    "pledge_held_for_within_base": change(Pledge, held_for=F("base") + 1),
    "pledge_ended_has_time": change(Pledge, state="released"),
    "pledge_ended_has_time ": change(Pledge, ended_at=NOW),
    "pledge_active_is_registered": change(Pledge, registered_at=None),
    "notice_state_has_times": change(Notice, state="lifted"),
    "notice_state_has_times  ": change(Notice, state="lost", lifted_at=NOW),
    "notice_state_has_times ": change(Notice, lifted_at=NOW),
    "financing_notice_loan_id_key": again(Notice, record_id=uuid7()),
    "financing_acknowledgement_notice_id_key": again(Acknowledgement, record_id=uuid7()),
}


@pytest.mark.parametrize("name", ILLEGAL)
def test_the_database_refuses(name: str, module_lending: Lending) -> None:
    with pytest.raises(IntegrityError) as refused, rolled_back(), transaction.atomic():
        ILLEGAL[name]()
    constraint, found = name.strip(), str(refused.value)
    unique = constraint.endswith("_key") and "unique constraint" in found and constraint.rsplit("_", 2)[0][:20] in found
    assert constraint in found or unique, found


def test_every_rule_of_what_leads_to_a_loan_is_tried() -> None:
    """A constraint nobody tried may hold nothing."""
    stated = {
        constraint.name
        for model in apps.get_app_config("financing").get_models()
        if model.__module__ == "abs_platform.financing.models"
        for constraint in model._meta.constraints
    }
    # Which states there are, that of their times says too, and is asked first.
    assert stated - {name.strip() for name in ILLEGAL} == {"notice_state_known"}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE financing_notice SET statement = statement || ' '",
        "UPDATE financing_notice SET sent_at = now()",
        "UPDATE financing_notice SET debtor_id = organisation_id",
        "DELETE FROM financing_notice",
        "UPDATE financing_acknowledgement SET person = ''",
        "DELETE FROM financing_acknowledgement",
        "TRUNCATE financing_acknowledgement",
    ],
)
def test_what_was_signed_stays(statement: str, module_lending: Lending) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
