"""Money waits for the chain: what is accepted here is registered there, and what another platform holds is lent on by nobody."""

from django.db import transaction

from abs_platform.core import jobs
from abs_platform.financing import pledging
from abs_platform.financing.lending.models import Loan
from abs_platform.financing.models import Notice, Offer, Pledge
from abs_platform.rights.models import Right
from abs_platform.rights.registry import digests
from abs_platform.risk.models import Alert
from tests.registry.conftest import PATIENCE, Book
from tests.registry.test_platforms import fingerprints, pledged_elsewhere
from tests.support.financing import Lending, performed

HEARING = ("rights.registry", "financing.registered", "financing.refused")


def hear() -> None:
    """Everything goes to the chain, and what it answers is heard."""
    jobs.drain(kinds=HEARING, patience=PATIENCE)


def test_an_accepted_offer_is_registered_on_chain_and_then_the_debtor_is_told(book: Book) -> None:
    lending = Lending.at(book.world)
    rights = [performed(book.world, f"CHAIN-{n}") for n in range(2)]
    loan = lending.accepted(lending.offered(lending.invited(lending.programme(), rights)))
    assert {str(state) for state in Pledge.objects.values_list("state", flat=True)} == {"registering"}
    assert Notice.objects.get().state == "prepared"
    hear()
    assert {str(state) for state in Pledge.objects.values_list("state", flat=True)} == {"active"}
    assert Notice.objects.get().state == "sent"
    for pledge in Pledge.objects.all():
        held = digests.of_pledge(right_id=pledge.right_id, pledge_id=pledge.id, holder_id=pledge.holder_id)
        assert book.there(pledge.right_id).pledge == held
    with transaction.atomic():
        pledging.release(actor=book.world.bank.actor, loan=loan)
    hear()
    for right in rights:
        assert not int.from_bytes(book.there(right.id).pledge)
    assert {right.state for right in Right.objects.all()} == {"free"}


def test_a_right_that_another_platform_holds_cancels_the_loan_and_frees_the_others(book: Book) -> None:
    lending = Lending.at(book.world)
    taken, other = performed(book.world, "CHAIN-3"), performed(book.world, "CHAIN-4")
    pledged_elsewhere(book, fingerprints(taken)[:1])
    lending.accepted(lending.offered(lending.invited(lending.programme(), [taken, other])))
    hear()
    assert dict(Pledge.objects.values_list("right", "state")) == {taken.id: "refused", other.id: "released"}
    assert Loan.objects.get().state == "cancelled"
    assert Offer.objects.get().invitation.request.state == "cancelled"
    assert {right.state for right in Right.objects.all()} == {"free"}
    assert Notice.objects.get().sent_at is None, "the debtor never heard of it"
    assert not int.from_bytes(book.there(other.id).pledge), "and there it is free for others"
    assert Alert.objects.get(rule="registry_refused").severity == "critical"
