"""What the tax office says is kept, with its history; what it cannot say, or says when it fails, changes nothing."""

import io
import itertools
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from unittest import mock

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from abs_platform.core import clock, jobs
from abs_platform.core.errors import Conflict, Forbidden
from abs_platform.core.models import AuditEntry, Job
from abs_platform.core.transitions import target_of
from abs_platform.documents import correcting
from abs_platform.documents.models import Document
from abs_platform.documents.tax import rules, selectors, services
from abs_platform.documents.tax.models import STATUSES, TaxStatus, TaxStatusChange
from abs_platform.documents.tax.states import TAX_OFFICE, TRANSITIONS
from abs_platform.integrations import formats
from abs_platform.integrations.tax.simulator import Simulator
from abs_platform.integrations.tax.status import CODES, Answer, Malformed, Query, Rejected, Status, TaxStatusError
from abs_platform.risk.models import Alert
from tests.support.papers import Papers
from tests.support.published import enrol, published_files
from tests.support.tax import ANOTHER, ASKING, NUMBER, drain_all, tax_office
from tests.support.world import World, drain

__all__ = ["tax_office"]

pytestmark = pytest.mark.usefixtures("db")

FOR_GOOD = ("voided", "red_letter")


def submit(world: World, number: str = NUMBER) -> Document:
    [row] = world.supplier.submit({"invoice.xml": Papers().invoice(number=number)})
    drain_all()
    return row


def again(row: Document, days: int = 1) -> TaxStatus:
    """A day later the sweep has the tax office asked."""
    with clock.at(max(clock.now(), TaxStatus.objects.get(document=row).next_check_at) + timedelta(days=days)):
        services.sweep()
        drain_all()
    return TaxStatus.objects.get(document=row)


def test_a_new_invoice_is_verified_and_its_history_says_by_whom(world: World, tax_office: Simulator) -> None:
    row = submit(world)
    for member in (world.supplier, world.core):
        shown = member.browser.get(f"documents/{row.id}")
        assert (shown["tax_status"], shown["tax"]["provider"]) == ("verified", "simulator")
        assert shown["tax_checked_at"] and shown["tax"]["failing_since"] is None
        [change] = shown["tax"]["history"]
        assert (change["before"], change["status"]) == ("not_verified", "verified")
    [listed] = world.supplier.browser.rows("documents")
    assert listed["tax_status"] == "verified"
    assert AuditEntry.objects.filter(verb="document.tax_status", subject_id=row.id).count() == 1


def test_a_number_that_no_invoice_has_stays_unverified_and_is_asked_about_again(
    world: World, tax_office: Simulator
) -> None:
    row = submit(world, "INVOICE-7")
    standing = TaxStatus.objects.get(document=row)
    assert standing.status == "not_verified"
    assert standing.checked_at is not None
    assert standing.next_check_at <= standing.checked_at + timedelta(hours=6)
    assert not TaxStatusChange.objects.exists()


def test_what_is_no_chinese_invoice_has_no_status(world: World, tax_office: Simulator) -> None:
    supplier, _ = enrol(world)
    supplier.submit({name: data for name, data in published_files().items() if "Invoice" in name})
    world.supplier.submit({"order.xml": Papers().order()})
    drain_all()
    assert not TaxStatus.objects.exists()
    for member in (supplier, world.supplier):
        for each in member.browser.rows("documents"):
            shown = member.browser.get(f"documents/{each['id']}")
            assert (shown["tax_status"], shown["tax"]) == (None, None)
            assert "verify_tax" not in shown["allowed_actions"]


@pytest.mark.parametrize(("said", "held"), list(itertools.product(STATUSES, STATUSES)))
def test_every_status_against_every_word_of_the_tax_office(said: str, held: str) -> None:
    if held in FOR_GOOD and said != held:
        with pytest.raises(Conflict):
            target_of(TRANSITIONS, action=said, state=held, roles=frozenset({TAX_OFFICE}))
    else:
        assert target_of(TRANSITIONS, action=said, state=held, roles=frozenset({TAX_OFFICE})) == said
    with pytest.raises(Forbidden):
        target_of(TRANSITIONS, action=said, state=held, roles=frozenset({"operator", "supplier"}))


def test_the_words_are_those_of_the_tax_office() -> None:
    assert sorted(CODES.values()) == sorted(STATUSES) == sorted(TRANSITIONS)


@pytest.mark.parametrize(
    ("status", "rule", "severity"),
    [
        (Status.VOIDED, "invoice_voided", "high"),
        (Status.LOST_CONTROL, "invoice_lost_control", "high"),
        (Status.ABNORMAL, "invoice_abnormal", "high"),
        (Status.DUPLICATE, "invoice_claimed_before", "medium"),
        (Status.RED_LETTER, "invoice_red_lettered", "high"),
    ],
)
def test_what_is_taken_back_raises_one_alert(
    world: World, tax_office: Simulator, status: Status, rule: str, severity: str
) -> None:
    row = submit(world)
    tax_office.tell(NUMBER, status)
    assert again(row).status == status
    again(row)
    [alert] = Alert.objects.all()
    assert (alert.rule, alert.severity, alert.subject_id) == (rule, severity, row.id)
    assert [change.status for change in selectors.history(row.id)] == ["verified", status]


def test_a_red_letter_invoice_grows_and_each_step_is_history(world: World, tax_office: Simulator) -> None:
    row = submit(world)
    for amount, numbers in (
        (Decimal("113.00"), ("R1",)),
        (Decimal("226.00"), ("R1", "R2")),
        (None, ("R1", "R2", "R3")),
    ):
        tax_office.tell(NUMBER, Status.RED_LETTER, red_amount=amount, red_numbers=numbers)
        standing = again(row)
        assert standing.red_amount == (amount or Decimal("1130.00"))
    shown = world.supplier.browser.get(f"documents/{row.id}")["tax"]
    assert (shown["red_amount"], shown["red_numbers"]) == ("1130.00", ["R1", "R2", "R3"])
    assert [change["red_amount"] for change in shown["history"]] == [None, "113.00", "226.00", "1130.00"]
    assert Alert.objects.filter(rule="invoice_red_lettered").count() == 3


def test_more_than_the_invoice_cannot_be_taken_back(world: World, tax_office: Simulator) -> None:
    row = submit(world)
    tax_office.tell(NUMBER, Status.RED_LETTER, red_amount=Decimal(99_999))
    assert again(row).red_amount == Decimal("1130.00")


def test_what_is_voided_stays_so_whatever_is_said_later(world: World, tax_office: Simulator) -> None:
    row = submit(world)
    tax_office.tell(NUMBER, Status.VOIDED)
    assert again(row).status == "voided"
    tax_office.forget(NUMBER)
    before = Job.objects.filter(kind="documents.tax_status").count()
    with clock.at(clock.now() + timedelta(days=400)):
        services.sweep()
    assert Job.objects.filter(kind="documents.tax_status").count() == before, "nobody asks about it any more"
    services.check(document_id=row.id)
    standing = TaxStatus.objects.get(document=row)
    assert standing.status == "voided"
    assert standing.error.startswith("malformed")
    with pytest.raises(DatabaseError), transaction.atomic():
        TaxStatus.objects.update(status="verified")


def test_an_outage_changes_nothing_and_is_shown_to_the_operator(world: World, tax_office: Simulator) -> None:
    row = submit(world)
    first = TaxStatus.objects.get(document=row)
    tax_office.close()
    failed = again(row)
    assert (failed.status, failed.failures) == ("verified", 1)
    assert failed.checked_at == first.checked_at
    services_shown = {each["name"]: each for each in world.console.browser.get("operations")["services"]}
    assert services_shown["tax"]["state"] == "down"
    assert "unreachable" in services_shown["tax"]["detail"]
    assert services_shown["tax"]["fix"]
    pauses = []
    for _ in range(12):
        failed = again(row, days=0)
        assert failed.failed_at is not None
        pauses.append(failed.next_check_at - failed.failed_at)
    assert pauses == sorted(pauses)
    assert pauses[-1] == timedelta(hours=6)
    tax_office.open()
    mended = again(row)
    assert (mended.failures, mended.error, mended.status) == (0, "", "verified")
    services_shown = {each["name"]: each for each in world.console.browser.get("operations")["services"]}
    assert services_shown["tax"]["state"] == "ok"
    assert TaxStatusChange.objects.count() == 1


def test_while_the_provider_fails_it_is_asked_about_one_invoice_at_a_time(world: World, tax_office: Simulator) -> None:
    tax_office.close()
    rows = world.supplier.submit(
        {f"{n}.xml": Papers(number=f"PO-{n}").invoice(number=f"2632200000000777{n:04}") for n in range(5)}
    )
    drain_all()
    assert TaxStatus.objects.filter(failures__gt=0).count() == 1, "the others wait for a minute"
    with clock.at(clock.now() + timedelta(hours=1)):
        services.sweep()
        assert Job.objects.filter(kind="documents.tax_status", state="queued").count() == 1
        tax_office.open()
        drain_all()
        services.sweep()
        drain_all()
    assert TaxStatus.objects.filter(document__in=rows, status="verified").count() == 5


@pytest.mark.parametrize(
    "error", [Rejected("it answered with code 9"), Malformed("number is not what was asked about")]
)
def test_an_invoice_that_the_provider_will_not_look_at_keeps_no_other_waiting(
    error: TaxStatusError, world: World, tax_office: Simulator
) -> None:
    """Else whoever uploads a few such has nobody's invoices asked about."""
    submit(world)
    status = Simulator.status

    def refusing(self: Simulator, query: Query) -> Answer:
        if query.number.endswith("0666"):
            raise error
        return status(self, query)

    with mock.patch.object(Simulator, "status", refusing):
        world.supplier.submit({"bad.xml": Papers(number="PO-X").invoice(number="26322000000007770666")})
        drain_all()
        assert TaxStatus.objects.filter(failures__gt=0).count() == 1
        [good] = world.supplier.submit({"good.xml": Papers(number="PO-Y").invoice(number="26322000000007770777")})
        drain_all()
        assert TaxStatus.objects.get(document=good).status == "verified"


def test_the_sweep_claims_what_is_due_once(world: World, tax_office: Simulator) -> None:
    row = submit(world)
    with clock.at(clock.now() + timedelta(days=8)):
        assert services.sweep() == 1
        assert services.sweep() == 0
    TaxStatus.objects.filter(document=row).update(next_check_at=clock.now() + timedelta(hours=1))
    assert services.sweep() == 0


def test_it_is_asked_more_often_the_more_depends_on_it(world: World, tax_office: Simulator) -> None:
    row = submit(world)
    ids = [row.id]

    def pause() -> timedelta:
        standing = TaxStatus.objects.get(document=row)
        return standing.next_check_at - clock.now()

    services.rely(document_ids=ids, has_right=False)
    again(row, days=0)
    assert pause() > timedelta(days=6)
    services.rely(document_ids=ids, has_right=True)
    assert pause() <= timedelta(days=1)
    services.pledge(document_ids=ids, is_pledged=True)
    assert pause() <= timedelta(hours=6)
    services.rely(document_ids=ids, has_right=False)
    assert TaxStatus.objects.get(document=row).reliance == "pledge", "a pledge is released by whoever made it"
    services.pledge(document_ids=ids, is_pledged=False)
    assert TaxStatus.objects.get(document=row).reliance == "right"


def test_seller_and_buyer_may_ask_at_once_but_not_again_and_again(world: World, tax_office: Simulator) -> None:
    row = submit(world)
    tax_office.tell(NUMBER, Status.ABNORMAL)
    # As it was uploaded it was asked about, which counts.
    assert world.core.browser.post(f"documents/{row.id}/tax-check", status=429)["code"] == "tax_check_too_soon"
    with clock.at(clock.now() + timedelta(hours=1, minutes=1)):
        shown = world.core.browser.get(f"documents/{row.id}")
        assert "verify_tax" in shown["allowed_actions"]
        shown = world.core.browser.post(f"documents/{row.id}/tax-check", status=202)
        assert "verify_tax" not in shown["allowed_actions"]
        drain_all()
        assert world.supplier.browser.get(f"documents/{row.id}")["tax_status"] == "abnormal"
        refused = world.supplier.browser.post(f"documents/{row.id}/tax-check", status=429)
        assert (refused["code"], bool(refused["params"]["again_at"])) == ("tax_check_too_soon", True)
    with clock.at(clock.now() + timedelta(hours=2, minutes=2)):
        world.supplier.browser.post(f"documents/{row.id}/tax-check", status=202)
    for other in (world.castings, world.stranger, world.project):
        other.browser.post(f"documents/{row.id}/tax-check", status=404)
    for other in (world.bank, world.officer, world.operator):
        other.browser.post(f"documents/{row.id}/tax-check", status=403)


def test_a_credit_note_has_its_invoice_asked_about(world: World, tax_office: Simulator) -> None:
    row = submit(world)
    assert services.sweep() == 0
    world.supplier.submit({"c.xml": Papers().credit(number="26322000000008880001", invoice_number=NUMBER)})
    assert services.sweep() == 1
    assert jobs.drain(kinds=ASKING) == 3, "the credit note, the invoice, and the right that the note's status concerns"
    assert TaxStatus.objects.get(document=row).status == "verified"


def test_asking_is_a_pure_function_of_the_invoice() -> None:
    extracted = formats.parse(Papers().invoice(number=NUMBER))
    assert extracted is not None
    query = rules.query_of(extracted)
    assert (query.number, query.total, query.amount) == (NUMBER, Decimal("1130.00"), Decimal("1000.00"))
    assert len(query.seller_id) == len(query.buyer_id) == 18


def test_without_a_provider_nothing_is_said(world: World) -> None:
    row = submit(world)
    drain()
    standing = TaxStatus.objects.get(document=row)
    assert (standing.status, standing.provider, standing.failures) == ("not_verified", "none", 0)
    assert selectors.trouble() == ""


def test_a_developer_tells_the_simulator_what_to_say(world: World, tax_office: Simulator) -> None:
    row = submit(world)
    said = io.StringIO()
    call_command("tax_simulator", "red-letter", NUMBER, "--amount", "113", "--red-number", "R-1", stdout=said)
    assert "1 documents" in said.getvalue()
    assert again(row, days=0).red_amount == Decimal(113)
    call_command("tax_simulator", "close", stdout=said)
    assert again(row).failures == 1
    call_command("tax_simulator", "open", stdout=said)
    assert again(row).failures == 0
    for wrong in (["void"], ["red-letter", NUMBER, "--amount", "-1"], ["red-letter", NUMBER, "--amount", "NaN"]):
        with pytest.raises(CommandError):
            call_command("tax_simulator", *wrong)


def test_without_the_simulator_there_is_nobody_to_tell() -> None:
    with pytest.raises(CommandError, match="ABS_TAX_STATUS_URL"):
        call_command("tax_simulator", "void", NUMBER)


def test_a_correction_takes_the_tax_offices_word_back(world: World, tax_office: Simulator) -> None:
    row = submit(world)
    tax_office.close()
    content = dict(row.content or {})
    correcting.correct(
        actor=world.supplier.actor,
        document_id=row.id,
        version=0,
        reason="the number was misread",
        header={"number": ANOTHER},
        lines=content["lines"],
    )
    jobs.drain(kinds=["documents.follow_correction"])
    shown = world.supplier.browser.get(f"documents/{row.id}")
    assert (shown["number"], shown["tax_status"]) == (ANOTHER, "not_verified")
    assert [each["provider"] for each in shown["tax"]["history"]] == ["simulator", "correction"]
    tax_office.open()
    again(row, days=0)
    assert TaxStatus.objects.get(document=row).status == "verified"


def test_writing_to_and_fro_asks_once_an_hour(world: World, tax_office: Simulator) -> None:
    row = submit(world)
    lines = (row.content or {})["lines"]

    def write(version: int, **header: str) -> TaxStatus:
        actor = world.supplier.actor
        correcting.correct(actor=actor, document_id=row.id, version=version, reason="x", header=header, lines=lines)
        jobs.drain(kinds=["documents.follow_correction", *ASKING])
        return TaxStatus.objects.get(document=row)

    first = TaxStatus.objects.get(document=row)
    turn = (first.asked_at or clock.now()) + timedelta(hours=1)
    standing = write(0, payment_terms="30 days")
    assert (standing.status, standing.checked_at, standing.next_check_at) == ("not_verified", first.checked_at, turn)
    # Waiting already, it waits no longer for being written over again, whatever number it has meanwhile.
    assert write(1, number=ANOTHER).next_check_at == turn
    assert write(2, number=NUMBER).next_check_at == turn
    assert services.sweep() == 0
    with clock.at(turn):
        assert services.sweep() == 1
        drain_all()
    assert TaxStatus.objects.get(document=row).status == "verified"


def test_a_legacy_invoice_is_asked_about_with_its_check_code() -> None:
    extracted = formats.parse(Papers().invoice(number="04403210031166932410"))
    assert extracted is not None
    noted = replace(extracted, notes=("合同 7", "校验码：14754822929856772523"))
    assert rules.query_of(noted).check_code == "14754822929856772523"
    assert rules.query_of(replace(noted, number=NUMBER)).check_code == "", "a 数电票 has none"


@pytest.mark.parametrize(
    ("number", "code", "asked"),
    [
        ("26322000000004180018", "", "26322000000004180018"),
        ("04403210031166932410", "044032100311", "66932410"),
        ("144002288004138864", "1440022880", "04138864"),
        ("INV-1", "", "INV-1"),
    ],
)
def test_a_legacy_number_is_its_code_and_eight_digits(number: str, code: str, asked: str) -> None:
    extracted = formats.parse(Papers().invoice(number=number))
    assert extracted is not None
    query = rules.query_of(extracted)
    assert (query.code, query.number) == (code, asked)
