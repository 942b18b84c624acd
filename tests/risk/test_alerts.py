"""Alerts: raised once by what happens, worked by officers of the network."""

from uuid import UUID

import pytest

from abs_platform.config.sample import trade as sample
from abs_platform.core import clock
from abs_platform.core.errors import Conflict, Forbidden, NotFound
from abs_platform.core.models import AuditEntry
from abs_platform.core.subjects import SubjectRef
from abs_platform.parties.actor import PLATFORM, Actor
from abs_platform.parties.roles import ALL_ROLES
from abs_platform.risk import services
from abs_platform.risk.models import Alert, Severity
from abs_platform.risk.states import TRANSITIONS, AlertState
from abs_platform.trade.models import TradeDocument
from tests.support.papers import Papers, line
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("db")

TIMES = {
    "open": {},
    "acknowledged": {"acknowledged_at": True},
    "closed": {"closed_at": True},
}


def raise_alert(world: World, key: str = "k", network_id: UUID | None = None) -> bool:
    seen = services.Observation(
        rule="number_conflict",
        severity=Severity.HIGH,
        key=key,
        subject=SubjectRef("trade", world.supplier.organisation.id),
        subject_label="PO-1",
        organisation_ids=(world.supplier.organisation.id, None, world.supplier.organisation.id),
    )
    return bool(services.report(actor=PLATFORM, network_id=network_id or world.network.id, observations=[seen]))


def test_the_same_observation_is_one_alert(world: World) -> None:
    assert raise_alert(world)
    assert not raise_alert(world)
    assert raise_alert(world, key="another")
    assert raise_alert(world, network_id=world.elsewhere.id), "another network has alerts of its own"
    assert Alert.objects.count() == AuditEntry.objects.filter(verb="alert.raised").count() == 3
    assert Alert.objects.first().organisation_ids == [world.supplier.organisation.id]


@pytest.mark.parametrize("action", TRANSITIONS)
@pytest.mark.parametrize("state", list(AlertState))
@pytest.mark.parametrize("role", [*sorted(ALL_ROLES), "none"])
def test_every_action_in_every_state_by_every_role(action: str, state: AlertState, role: str, world: World) -> None:
    row = TRANSITIONS[action]
    raise_alert(world)
    alert = Alert.objects.get()
    Alert.objects.update(state=state, **{name: clock.now() for name in TIMES[state]})
    officer = world.officer.actor
    actor = Actor(
        "officer", officer.person_id, officer.organisation_id, officer.network_id, frozenset({role} & ALL_ROLES)
    )

    def act() -> Alert:
        if action == "close":
            return services.close(actor=actor, alert_id=alert.id, note="mended")
        return services.acknowledge(actor=actor, alert_id=alert.id)

    if role not in row.by or state not in row.sources:
        with pytest.raises(Forbidden if role not in row.by else Conflict):
            act()
        alert.refresh_from_db()
        assert alert.state == state
        return
    act()
    alert.refresh_from_db()
    assert alert.state == row.target
    moment, by = (alert.closed_at, alert.closed_by) if action == "close" else (
        alert.acknowledged_at, alert.acknowledged_by,
    )  # fmt: skip
    assert moment and by == "officer"
    assert AuditEntry.objects.filter(subject_id=alert.id).exclude(verb="alert.raised").count() == 1


@pytest.mark.parametrize("state", list(AlertState))
def test_the_actions_offered_are_those_allowed(state: AlertState, world: World) -> None:
    raise_alert(world)
    Alert.objects.update(state=state, **{name: clock.now() for name in TIMES[state]})
    [row] = world.officer.browser.rows("alerts")
    assert row["allowed_actions"] == [name for name, step in TRANSITIONS.items() if state in step.sources]


def test_an_officer_of_another_network_finds_nothing(world: World) -> None:
    raise_alert(world)
    alert = Alert.objects.get()
    with pytest.raises(NotFound):
        services.acknowledge(actor=world.other_officer.actor, alert_id=alert.id)
    with pytest.raises(NotFound):
        services.close(actor=world.other_officer.actor, alert_id=alert.id, note="x")
    assert world.other_officer.browser.rows("alerts") == []


def test_a_note_is_needed_to_close(world: World) -> None:
    raise_alert(world)
    alert = Alert.objects.get()
    for note in ({}, {"note": ""}, {"note": "  "}, {"note": None}):
        world.officer.browser.post(f"alerts/{alert.id}/close", note, status=422)
    closed = world.officer.browser.post(f"alerts/{alert.id}/close", {"note": "a clerk's slip"})
    assert (closed["state"], closed["note"], closed["closed_by"]) == ("closed", "a clerk's slip", "officer person")


def test_the_four_alarms_of_the_issue(world: World) -> None:
    """The same invoice twice, more invoiced than received, another price, a credit note that takes from the right."""
    papers = Papers(number="PO-1", lines=(line("1", "100", "10.00"),))
    invoice = papers.invoice(line("1", "100", "11.00"))
    world.supplier.submit(
        {"o": papers.order(), "r": papers.receipt(line("1", "90", short=10)), "i": invoice, "again": invoice}
    )
    for document in TradeDocument.objects.exclude(confirmation="not_required").order_by("document_id"):
        world.core.decide(document.document)
    world.supplier.submit({"c": papers.credit(line("1", "20", "11.00"))})
    alerts = {row["rule"]: row for row in world.officer.browser.rows("alerts")}
    assert set(alerts) == {
        "duplicate_invoice",
        "invoiced_over_received",
        "unit_price_differs",
        "right_reduced_by_credit_note",
    }
    assert Alert.objects.count() == 4
    over = alerts["invoiced_over_received"]
    assert (over["detail"]["expected"], over["detail"]["found"], over["severity"]) == ("90", "100", "high")
    price = alerts["unit_price_differs"]
    assert (price["detail"]["expected"], price["detail"]["found"]) == ("10.00", "11.00")
    assert (price["amount"], price["currency"]) == ("1243.00", "CNY")
    credit = alerts["right_reduced_by_credit_note"]
    assert (credit["amount"], credit["detail"]["document"]) == ("248.60", "C-PO-1")
    assert all(
        {party["id"] for party in row["parties"]} == {world.supplier.id, world.core.id} for row in alerts.values()
    )
    assert alerts["duplicate_invoice"]["amount"] == "1243.00"


def test_alerts_are_found_by_state_severity_and_rule(world: World) -> None:
    raise_alert(world, key="a")
    raise_alert(world, key="b")
    Alert.objects.order_by("id").filter(id=Alert.objects.earliest("id").id).update(severity=Severity.LOW)
    Alert.objects.exclude(severity=Severity.LOW).update(rule="duplicate_invoice")
    browser = world.officer.browser
    assert len(browser.rows("alerts", state="open")) == 2
    assert len(browser.rows("alerts", severity="low")) == 1
    assert len(browser.rows("alerts", rule="duplicate_invoice")) == 1
    assert browser.rows("alerts", state="closed") == []
    assert browser.get("home")["tasks"][0]["count"] == 2
    browser.get("alerts", severity="terrible", status=422)


def test_what_is_seen_again_raises_no_second_alarm(world: World) -> None:
    world.supplier.submit(sample.files())
    before = Alert.objects.count()
    assert before
    for document in TradeDocument.objects.exclude(confirmation="not_required").order_by("document_id"):
        world.core.decide(document.document)
    assert Alert.objects.count() == before
