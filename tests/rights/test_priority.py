"""Who would win when a claim is financed twice: the rule, and the records that it is applied to."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from abs_platform.core import clock
from abs_platform.core.errors import Conflict, Forbidden, Invalid, NotFound
from abs_platform.core.ids import uuid7
from abs_platform.parties.actor import PLATFORM
from abs_platform.rights.models import Right
from abs_platform.rights.priority import describing, rules, selectors, services
from abs_platform.rights.priority.models import DebtorNotice, ZhongdengAmendment, ZhongdengRegistration
from abs_platform.rights.priority.rules import Claimant, Ground, Registration
from abs_platform.rights.registry import services as registry
from abs_platform.trade.models import TradeDocument
from tests.rights.claims import accepted_right, open_to_bank
from tests.rights.rules_of_priority import ILLEGAL
from tests.support.world import Member, World

T = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)


def holder(name: str, registered: int | None = None, notified: int | None = None) -> Claimant:
    """Days after T."""

    def moment(days: int | None) -> datetime | None:
        return None if days is None else T + timedelta(days=days)

    return Claimant(name, name == "甲", moment(registered), moment(notified))


CASES: list[tuple[list[Claimant], Ground, list[list[str]]]] = [
    ([], Ground.NONE, []),
    ([holder("甲")], Ground.ALONE, [["甲"]]),
    ([holder("甲", 5), holder("乙", 3)], Ground.REGISTERED, [["乙"], ["甲"]]),
    ([holder("甲", 5), holder("乙", None, 0)], Ground.REGISTERED, [["甲"], ["乙"]]),
    ([holder("甲", 5, 9), holder("乙", 5, 0)], Ground.PRO_RATA, [["甲", "乙"]]),
    ([holder("甲", None, 5), holder("乙", None, 3)], Ground.NOTIFIED, [["乙"], ["甲"]]),
    ([holder("甲"), holder("乙", None, 3)], Ground.NOTIFIED, [["乙"], ["甲"]]),
    ([holder("甲"), holder("乙")], Ground.PRO_RATA, [["甲", "乙"]]),
    (
        [holder("甲"), holder("乙"), holder("丙", None, 1), holder("丁", 9)],
        Ground.REGISTERED,
        [["丁"], ["丙"], ["甲", "乙"]],
    ),
]


@pytest.mark.parametrize(("claimants", "ground", "places"), CASES)
def test_registered_first_else_notified_first_else_in_proportion(
    claimants: list[Claimant], ground: Ground, places: list[list[str]]
) -> None:
    for order in (claimants, claimants[::-1]):
        found = rules.rank(order)
        assert found.ground == ground
        assert [sorted(each.name for each in place) for place in found.places] == [sorted(names) for names in places]
        told = rules.sentences(found)
        assert all(each.name in told["zh"] and each.name in told["en"] for each in found.first)
        assert found.ground == Ground.NONE or ("768" in told["zh"] and "768" in told["en"])


def test_the_sentence_names_the_times_in_beijing() -> None:
    told = rules.sentences(rules.rank([holder("甲", 0), holder("乙", 1)]))
    assert "2026年3月1日10:00" in told["zh"] and "2026-03-01 10:00 (UTC+8)" in told["en"]


def test_a_registration_counts_until_it_ends() -> None:
    found = [Registration(T, date(2026, 12, 31)), Registration(T + timedelta(days=9), date(2027, 12, 31))]
    assert rules.in_force(found, on=date(2026, 12, 31)) == T
    assert rules.in_force(found, on=date(2027, 1, 1)) == T + timedelta(days=9)
    assert rules.in_force(found, on=date(2028, 1, 1)) is None
    assert rules.in_force([Registration(T, date(2030, 1, 1), ended=True)], on=date(2026, 4, 1)) is None


def test_the_description_tells_the_claim_from_every_other() -> None:
    text = describing.description(
        creditor=describing.Named("甲公司", "91110000MA0000001A"),
        debtor=describing.Named("乙公司"),
        order_number="PO-1",
        amount=Decimal("1234.56"),
        currency="CNY",
        due_date=date(2026, 9, 1),
        invoices=[describing.InvoiceFacts("26312000000012345678", date(2026, 3, 1), Decimal("1234.56"))],
    )
    for part in ("甲公司", "91110000MA0000001A", "乙公司", "PO-1", "1,234.56", "壹仟贰佰叁拾肆元伍角陆分",
                 "2026年9月1日", "26312000000012345678"):  # fmt: skip
        assert part in text
    many = [describing.InvoiceFacts(str(n), None, Decimal(1)) for n in range(60)]
    common: dict[str, Any] = {"creditor": describing.Named("甲"), "debtor": describing.Named("乙"), "order_number": ""}
    listed = describing.description(**common, amount=Decimal(0), currency="USD", due_date=None, invoices=many)
    assert "共60张" in listed and "USD 60.00" in listed
    assert "尚未开具发票" in describing.description(
        **common, amount=Decimal("1e15"), currency="CNY", due_date=None, invoices=[]
    )
    unknown = describing.description(
        **common,
        amount=Decimal(100),
        currency="",
        due_date=None,
        invoices=[
            describing.InvoiceFacts("1", None, Decimal(60), "USD"),
            describing.InvoiceFacts("2", None, Decimal(40)),
        ],
    )
    assert "应收账款金额：100.00；" in unknown and "人民币" not in unknown
    assert "号码1，价税合计USD 60.00" in unknown and "号码2，价税合计40.00" in unknown


# --- records


@pytest.fixture
def right(world: World) -> Right:
    return accepted_right(world)


def register(world: World, right_id: UUID, by: Member | None = None, **changes: Any) -> ZhongdengRegistration:
    given: dict[str, Any] = {
        "number": "0123456789",
        "registered_at": clock.now() - timedelta(days=2),
        "expires_on": clock.today() + timedelta(days=300),
        "description": "应收账款",
        "party": "甲银行",
    }
    actor = (by or world.supplier).actor
    return services.record_registration(actor=actor, right_id=right_id, **{**given, **changes})


def notify(world: World, right_id: UUID, **changes: Any) -> DebtorNotice:
    given: dict[str, Any] = {"party": "甲银行", "reached_at": clock.now() - timedelta(days=1), "how": "EMS 1"}
    return services.record_notice(actor=world.supplier.actor, right_id=right_id, **{**given, **changes})


def ranked(right: Right, **more: Any) -> tuple[Ground, list[str]]:
    found = selectors.records(right_id=right.id, **more).ranking
    return found.ground, ["+".join(each.name for each in place) for place in found.places]


def test_a_pledge_here_a_rivals_notice_and_then_our_registration(world: World, right: Right) -> None:
    assert ranked(right) == (Ground.NONE, [])
    pledge_id = uuid7()
    with transaction.atomic():
        registry.pledge(actor=PLATFORM, right_id=right.id, pledge_id=pledge_id, holder_id=world.bank.organisation.id)
    bank = world.bank.organisation.name
    assert ranked(right) == (Ground.ALONE, [bank])
    notify(world, right.id, party="别家保理", is_rival=True)
    assert ranked(right) == (Ground.NOTIFIED, ["别家保理", bank])
    with pytest.raises(Forbidden) as refused:
        register(world, right.id, pledge_id=pledge_id, party=bank)
    assert refused.value.code == "not_pledge_holder", "what the bank relies on, the bank has filed"
    open_to_bank(world, right)
    register(world, right.id, world.bank, pledge_id=pledge_id, party=bank)
    assert ranked(right) == (Ground.REGISTERED, [bank, "别家保理"])
    row = register(
        world, right.id, number="99999999", party=" 别家保理 ", is_rival=True, registered_at=T, description="x"
    )
    assert ranked(right) == (Ground.REGISTERED, ["别家保理", bank]), "a rival that a search shows to be earlier"
    services.record_amendment(actor=world.supplier.actor, registration_id=row.id, kind="cancel", number="88888888")
    assert ranked(right) == (Ground.REGISTERED, [bank, "别家保理"])


def test_what_was_recorded_by_mistake_counts_for_nothing(world: World, right: Right) -> None:
    row = register(world, right.id, is_rival=True)
    services.record_amendment(
        actor=world.supplier.actor, registration_id=row.id, kind="mistake", description="another right's"
    )
    assert ranked(right) == (Ground.NONE, [])
    with pytest.raises(Conflict):
        services.record_amendment(actor=world.supplier.actor, registration_id=row.id, kind="cancel", number="7777777")


def test_an_extension_carries_on_and_a_later_notice_corrects_the_earlier(world: World, right: Right) -> None:
    end = clock.today() + timedelta(days=300)
    row = register(world, right.id)
    notify(world, right.id, party="乙银行", is_rival=True)
    after = end + timedelta(days=1)
    assert ranked(right, on=after)[0] == Ground.NOTIFIED
    with pytest.raises(Invalid) as refused:
        services.record_amendment(
            actor=world.supplier.actor, registration_id=row.id, kind="extend", number="7777777", expires_on=end
        )
    assert refused.value.params["field"] == "expires_on"
    services.record_amendment(
        actor=world.supplier.actor, registration_id=row.id, kind="extend", number="7777777", expires_on=after
    )
    assert ranked(right, on=after) == (Ground.REGISTERED, ["甲银行", "乙银行"])
    later = clock.now() - timedelta(hours=1)
    notify(world, right.id, party="乙银行", is_rival=True, reached_at=later)
    ((other,),) = selectors.records(right_id=right.id).ranking.places[1:]
    assert other.notified_at == later


def test_who_may_record_and_what_is_refused(world: World, right: Right) -> None:
    row = register(world, right.id)
    with pytest.raises(Conflict):
        register(world, right.id)
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("registered_at", {"registered_at": clock.now() + timedelta(days=1)}),
        ("expires_on", {"expires_on": clock.today() - timedelta(days=9)}),
        ("pledge", {"pledge_id": uuid7()}),
        ("pledge", {"is_rival": True, "pledge_id": uuid7()}),
    ]
    for field, change in wrong:
        with pytest.raises(Invalid) as refused:
            register(world, right.id, number="55555555", **change)
        assert refused.value.params["field"] == field
    with pytest.raises(Invalid) as refused:
        notify(world, right.id, reached_at=clock.now() + timedelta(days=1))
    assert refused.value.params["field"] == "reached_at"
    amendments: list[tuple[str, dict[str, Any]]] = [
        ("expires_on", {"kind": "extend", "number": "7777777"}),
        ("number", {"kind": "cancel"}),
        ("description", {"kind": "amend", "number": "7777777"}),
        ("number", {"kind": "mistake", "number": "7777777", "description": "x"}),
        ("expires_on", {"kind": "cancel", "number": "7777777", "expires_on": clock.today() + timedelta(days=999)}),
    ]
    for field, change in amendments:
        with pytest.raises(Invalid) as refused:
            services.record_amendment(actor=world.supplier.actor, registration_id=row.id, **change)
        assert refused.value.params["field"] == field
    with pytest.raises(Forbidden):
        services.record_amendment(actor=world.core.actor, registration_id=row.id, kind="cancel", number="7777777")
    for stranger in (world.castings, world.stranger, world.bank):
        with pytest.raises(NotFound):
            services.record_amendment(actor=stranger.actor, registration_id=row.id, kind="cancel", number="7777777")
        with pytest.raises(NotFound):
            services.record_notice(
                actor=stranger.actor, right_id=right.id, party="x", reached_at=T, how="x", is_rival=True
            )


def test_records_are_only_added_to(world: World, right: Right) -> None:
    row = register(world, right.id)
    services.record_amendment(actor=world.supplier.actor, registration_id=row.id, kind="cancel", number="7777777")
    notify(world, right.id)
    for model in (ZhongdengRegistration, ZhongdengAmendment, DebtorNotice):
        for act in (lambda rows: rows.update(at=clock.now()), lambda rows: rows.delete()):
            with pytest.raises(DatabaseError), transaction.atomic():
                act(model.objects.all())  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ILLEGAL)
def test_the_database_refuses(name: str, world: World) -> None:
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        ILLEGAL[name](world.supplier.organisation)
    assert name.strip() in str(refused.value)


def test_nobody_takes_back_what_another_recorded(world: World, right: Right) -> None:
    """A supplier would like its first lender's registration to look cancelled when it asks a second one."""
    open_to_bank(world, right)
    bank = world.bank.organisation.name
    row = services.record_registration(
        actor=world.bank.actor, right_id=right.id, number="0123456789", registered_at=T, party=bank,
        expires_on=clock.today() + timedelta(days=300), description="应收账款",
    )  # fmt: skip
    taken_back = {"registration_id": row.id, "kind": "mistake", "description": "never was"}
    with pytest.raises(Conflict) as refused:
        services.record_amendment(actor=world.supplier.actor, **taken_back)
    assert refused.value.code == "recorded_by_another"
    assert ranked(right) == (Ground.ALONE, [bank])
    services.record_amendment(actor=world.bank.actor, **taken_back)
    assert ranked(right) == (Ground.NONE, [])


def test_nobody_speaks_for_who_holds_the_pledge(world: World, right: Right) -> None:
    """A supplier would like its lender to look registered, so that it does not register, or told first or last."""
    bank, pledge_id = world.bank.organisation.name, uuid7()
    as_it_looks = f"{bank[0]}\u200b{bank[1:]}"
    register(world, right.id, party=f" {bank}")  # before anything is pledged
    register(world, right.id, party=as_it_looks, number="2222222")
    notify(world, right.id, party=bank)
    with transaction.atomic():
        registry.pledge(actor=PLATFORM, right_id=right.id, pledge_id=pledge_id, holder_id=world.bank.organisation.id)
        told = services.acknowledged(actor=world.core.actor, right_id=right.id, pledge_id=pledge_id, party=bank)
    in_its_name: list[dict[str, Any]] = [
        {"party": bank}, {"party": bank, "is_rival": True}, {"party": as_it_looks}, {"pledge_id": pledge_id},
    ]  # fmt: skip
    for claim in in_its_name:
        for record in (
            lambda **more: register(world, right.id, number="55555555", **more),
            lambda **more: notify(world, right.id, **more),
        ):
            with pytest.raises(Forbidden) as refused:
                record(**claim)
            assert refused.value.code == "not_pledge_holder"
    [[first]] = selectors.records(right_id=right.id).ranking.places
    assert (first.name, first.registered_at, first.notified_at) == (bank, None, told.reached_at)


def test_a_holder_records_whatever_its_supplier_revoked(world: World, right: Right) -> None:
    bank, pledge_id = world.bank, uuid7()
    with transaction.atomic():
        registry.pledge(actor=PLATFORM, right_id=right.id, pledge_id=pledge_id, holder_id=bank.organisation.id)
    assert bank.browser.get(f"rights/{right.id}/priority")["draft"] == "", "what documents say is not open to it"
    row = register(world, right.id, bank, pledge_id=pledge_id, party=bank.organisation.name)
    services.record_amendment(
        actor=bank.actor, registration_id=row.id, kind="amend", number="7777777", description="more"
    )
    assert ranked(right) == (Ground.ALONE, [bank.organisation.name])
    bank.browser.get(f"rights/{right.id}", status=404)
    world.factor.browser.get(f"rights/{right.id}/priority", status=404)


def test_who_lost_sight_of_a_right_still_records_that_its_registration_was_cancelled(
    world: World, right: Right
) -> None:
    """The bank filed before it lent, and the supplier let its grant run out."""
    open_to_bank(world, right)
    bank, name = world.bank, world.bank.organisation.name
    row, other = (register(world, right.id, bank, number=number, party=name) for number in ("0123456789", "0223456789"))
    of_supplier = register(world, right.id, number="0323456789", party="乙银行")
    with clock.at(clock.now() + timedelta(days=2)):
        bank.browser.get(f"rights/{right.id}/priority", status=404)
        assert [each["id"] for each in bank.browser.rows("zhongdeng", standing="true")] == [str(other.id), str(row.id)]
        address, filed = f"zhongdeng/{row.id}/amendments", {"kind": "cancel", "number": "9123456789"}
        longer = {"kind": "extend", "number": "8123456789", "expires_on": "2099-01-01"}
        bank.browser.post(address, longer, status=404)  # nothing else, and nobody else's
        bank.browser.post(f"zhongdeng/{of_supplier.id}/amendments", filed, status=404)
        world.factor.browser.post(address, filed, status=404)
        done = bank.browser.post(address, filed, status=201)
        assert (done["ended"], done["right"], done["may_amend"]) == (True, str(right.id), False)
        [standing] = bank.browser.rows("zhongdeng", standing="true")
        assert standing["id"] == str(other.id)
        assert len(bank.browser.rows("zhongdeng")) == 2
        seen = world.supplier.browser.get(f"rights/{right.id}/priority")["registrations"]
        assert {each["number"]: each["ended"] for each in seen} == {
            "0123456789": True, "0223456789": False, "0323456789": False,
        }  # fmt: skip
        services.record_amendment(actor=bank.actor, registration_id=other.id, kind="mistake", description="never filed")
        assert bank.browser.rows("zhongdeng", standing="true") == []


def test_no_page_of_records_grows_without_end(world: World, right: Right, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MOST_RECORDS", 1)
    row = register(world, right.id)
    notify(world, right.id)
    services.record_amendment(
        actor=world.supplier.actor, registration_id=row.id, kind="amend", number="7777777", description="more"
    )
    for once_more in (
        lambda: register(world, right.id, number="55555555"),
        lambda: notify(world, right.id),
        lambda: services.record_amendment(
            actor=world.supplier.actor, registration_id=row.id, kind="cancel", number="7777778"
        ),
    ):
        with pytest.raises(Conflict) as refused:
            once_more()
        assert refused.value.code == "too_many_records"


def test_the_description_names_the_invoices_that_count(world: World, right: Right) -> None:
    [invoice] = TradeDocument.objects.filter(kind="invoice").select_related("document")
    assert f"号码{invoice.number}" in selectors.draft(right)
    world.core.decide(invoice.document, "dispute", "another price was agreed")
    assert "尚未开具发票" in selectors.draft(right)


@pytest.mark.parametrize(("path", "name"), [("zhongdeng", "registered_at"), ("notices", "reached_at")])
def test_a_moment_without_its_offset_is_refused(path: str, name: str, world: World, right: Right) -> None:
    """Who was first is decided by it, and eight hours are between Beijing and UTC."""
    given = {
        "party": "别家保理",
        "rival": True,
        "number": "55555555",
        "expires_on": "2999-01-01",
        "description": "x",
        "how": "x",
    }
    send = world.supplier.browser.send
    naive = send("POST", f"rights/{right.id}/{path}", {**given, name: "2026-01-01T10:00:00"})
    assert naive.status_code == 422
    assert [(each["field"], each["code"]) for each in naive.json()["errors"]] == [(name, "offset_missing")]
    aware = send("POST", f"rights/{right.id}/{path}", {**given, name: "2026-01-01T10:00:00+08:00"})
    [row] = aware.json()["registrations" if path == "zhongdeng" else "notices"]
    assert row[name] == "2026-01-01T02:00:00.000Z"


def test_who_recorded_it_is_named_to_colleagues_and_is_an_organisation_to_others(world: World, right: Right) -> None:
    row = services.record_registration(
        actor=world.supplier.actor, right_id=right.id, number="12345678", registered_at=clock.now(),
        expires_on=clock.today() + timedelta(days=100), description="x", party="x",
    )  # fmt: skip
    services.record_amendment(
        actor=world.supplier.actor, registration_id=row.id, kind="amend", number="22345678", description="y"
    )
    open_to_bank(world, right)
    for member, called in ((world.supplier, row.recorded_by), (world.bank, world.supplier.organisation.name)):
        [shown] = member.browser.get(f"rights/{right.id}/priority")["registrations"]
        assert (shown["recorded_by"], shown["amendments"][0]["recorded_by"]) == (called, called)
