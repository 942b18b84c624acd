"""What a financier sees: before, during and after consent; and that the owner sees every look."""

from datetime import timedelta

import pytest

from abs_platform.config.demo import cast
from abs_platform.consent import services
from abs_platform.consent.models import Access
from abs_platform.core import clock
from abs_platform.rights.models import Right
from tests.support.callers import Caller
from tests.support.papers import Papers
from tests.support.stage import request_and_grant
from tests.support.world import World

ONE, TWO = Papers(number="PO-1"), Papers(number="PO-2")


def visible(caller: Caller) -> dict[str, set[str]]:
    """Ids of everything of others that a caller sees in its lists."""
    return {path: {row["id"] for row in caller.rows(path)} for path in ("documents", "trades", "rights")}


def can_open(caller: Caller, document_id: object, trade_id: object) -> list[int]:
    """The statuses of everything that can be asked about one document, its trade and its right."""
    paths = [f"documents/{document_id}", f"documents/{document_id}/file", f"documents/{document_id}/bundle",
             f"trades/{trade_id}"]  # fmt: skip
    return [caller.send("GET", path).status_code for path in paths]


NOTHING: dict[str, set[str]] = {"documents": set(), "trades": set(), "rights": set()}


pytestmark = pytest.mark.usefixtures("db")


def test_before_during_and_after_a_partial_consent(world: World) -> None:
    [first, *_], [second, *_] = world.supplier.submit(ONE.all()), world.supplier.submit(TWO.all())
    bank = world.bank.browser
    assert visible(bank) == NOTHING
    assert can_open(bank, first.id, first.trade_id) == [404] * 4

    grant = request_and_grant(world, world.bank, trades=[first.trade_id])
    seen = visible(bank)
    assert seen["trades"] == {str(first.trade_id)}
    assert len(seen["documents"]) == 4 and len(seen["rights"]) == 1
    assert can_open(bank, first.id, first.trade_id) == [200] * 4
    assert can_open(bank, second.id, second.trade_id) == [404] * 4
    for other in (world.factor.browser, world.trust.browser, world.castings.browser):
        assert visible(other) == NOTHING

    services.revoke(actor=world.supplier.actor, grant_id=grant.id)
    assert visible(bank) == NOTHING
    assert can_open(bank, first.id, first.trade_id) == [404] * 4


def test_a_consent_ends_by_itself(world: World) -> None:
    [first, *_] = world.supplier.submit(ONE.all())
    grant = request_and_grant(world, world.bank, trades=[first.trade_id])
    with clock.at(grant.valid_until - timedelta(seconds=1)):
        assert can_open(world.bank.browser, first.id, first.trade_id) == [200] * 4
    with clock.at(grant.valid_until):
        assert can_open(world.bank.browser, first.id, first.trade_id) == [404] * 4
        assert visible(world.bank.browser) == NOTHING
        [shown] = world.supplier.browser.rows("grants")
        assert (shown["state"], shown["allowed_actions"]) == ("expired", [])


def test_what_joins_a_trade_later_is_open_with_it(world: World) -> None:
    [order] = world.supplier.submit({"o": ONE.order()})
    request_and_grant(world, world.bank, trades=[order.trade_id])
    [invoice, note] = world.supplier.submit({"i": ONE.invoice(), "note.txt": b"n"})
    assert can_open(world.bank.browser, invoice.id, invoice.trade_id) == [200] * 4
    world.bank.browser.get(f"documents/{note.id}", status=404)
    world.supplier.browser.post(f"documents/{note.id}/attach", {"trade": str(order.trade_id)})
    assert can_open(world.bank.browser, note.id, order.trade_id) == [200] * 4


def test_a_single_document_opens_nothing_else(world: World) -> None:
    order, invoice = world.supplier.submit({"o": ONE.order(), "i": ONE.invoice()})
    request_and_grant(world, world.bank, trades=[], documents=[invoice.id])
    assert visible(world.bank.browser) == NOTHING | {"documents": {str(invoice.id)}}
    world.bank.browser.get(f"documents/{order.id}", status=404)
    world.bank.browser.get(f"trades/{invoice.trade_id}", status=404)


def test_everything_is_everything_of_this_owner_and_of_no_other(world: World) -> None:
    world.supplier.submit(ONE.all() | {"note.txt": b"n"})
    world.castings.submit(Papers(seller=cast.CASTINGS).all())
    request_and_grant(world, world.bank, trades=[], whole=True)
    assert {row["owner"]["id"] for row in world.bank.browser.rows("documents")} == {world.supplier.id}
    world.supplier.submit(TWO.all())
    assert len(world.bank.browser.rows("documents")) == 9, "and what comes later too"


def test_a_consent_opens_nothing_to_sign_or_to_change(world: World) -> None:
    [order, *_] = world.supplier.submit(ONE.all() | {"note.txt": b"n"})
    request_and_grant(world, world.bank, trades=[], whole=True)
    bank = world.bank.browser
    shown = bank.get(f"documents/{order.id}")
    assert shown["allowed_actions"] == ["download", "bundle"]
    trade = bank.get(f"trades/{order.trade_id}")
    assert trade["allowed_actions"] == [] == trade["documents"][0]["allowed_actions"]
    bank.post(f"documents/{order.id}/attach", {"trade": str(order.trade_id)}, status=403)
    bank.get("confirmations", status=403)


def test_each_look_is_logged_once_with_who_what_and_what_for(world: World) -> None:
    [order, *_] = world.supplier.submit({"o": ONE.order()})
    grant = request_and_grant(world, world.bank, trades=[order.trade_id])
    bank = world.bank.browser
    right = Right.objects.get(trade=order.trade_id)
    of_right = ("", "/figures", "/priority", "/registry", "/collections")
    for path, action, kind, label in (
        *((f"rights/{right.id}{part}", "viewed", "trade", "PO-1") for part in of_right),
        (f"documents/{order.id}", "viewed", "document", "PO-1"),
        (f"documents/{order.id}/file", "downloaded", "document", "PO-1"),
        (f"documents/{order.id}/bundle", "proof", "document", "PO-1"),
        (f"trades/{order.trade_id}", "viewed", "trade", "PO-1"),
        ("documents", "listed", "document", "PO-1"),
        ("trades", "listed", "trade", "PO-1"),
    ):
        before = Access.objects.count()
        assert bank.send("GET", path).status_code == 200
        assert Access.objects.count() == before + 1, path
        [look, *_] = world.supplier.browser.rows("accesses")
        assert (look["action"], look["subject"]["kind"], look["subject"]["label"]) == (action, kind, label)
        assert look["person"] == "bank person"
        assert look["organisation"]["id"] == world.bank.id
        assert (look["purpose"], look["grant"]) == ("financing", str(grant.id))
    before = Access.objects.count()
    bank.rows("rights")
    bank.rows("trades")
    assert Access.objects.count() == before, "the same list within the hour is the same look"
    with clock.at(clock.now() + timedelta(minutes=61)):
        bank.rows("rights")
    assert Access.objects.count() == before + 1


def test_a_program_s_looks_are_logged_under_its_name(world: World) -> None:
    [order] = world.supplier.submit({"o": ONE.order()})
    request_and_grant(world, world.bank, trades=[order.trade_id])
    world.bank.program.get(f"documents/{order.id}")
    assert "bank program" in world.supplier.browser.rows("accesses")[0]["person"]


def test_a_list_of_many_owners_is_told_to_each(world: World) -> None:
    [mine] = world.supplier.submit({"o": ONE.order()})
    [theirs] = world.castings.submit({"o": Papers(number="HY-1", seller=cast.CASTINGS).order()})
    request_and_grant(world, world.bank, trades=[mine.trade_id])
    request = services.request_access(
        actor=world.bank.actor, owner_id=world.castings.organisation.id, purpose="monitoring", days=5
    )
    services.grant(actor=world.castings.actor, request_id=request.id, items=[], whole=True, days=5)
    assert len(world.bank.browser.rows("documents")) == 2
    [look] = world.supplier.browser.rows("accesses")
    assert (look["subject"]["id"], look["purpose"]) == (str(mine.id), "financing")
    [look] = world.castings.browser.rows("accesses")
    assert (look["subject"]["id"], look["purpose"]) == (str(theirs.id), "monitoring")


def test_looks_of_those_who_take_part_are_no_disclosures(world: World) -> None:
    [order] = world.supplier.submit({"o": ONE.order()})
    for caller in (world.supplier.browser, world.core.browser):
        assert can_open(caller, order.id, order.trade_id) == [200] * 4
        visible(caller)
    assert not Access.objects.exists()


def test_a_refused_look_is_no_look(world: World) -> None:
    [order] = world.supplier.submit({"o": ONE.order()})
    assert can_open(world.bank.browser, order.id, order.trade_id) == [404] * 4
    visible(world.bank.browser)
    assert not Access.objects.exists()


def test_the_log_is_the_owners_and_the_lookers_and_nobody_elses(world: World) -> None:
    [order] = world.supplier.submit({"o": ONE.order()})
    grant = request_and_grant(world, world.bank, trades=[order.trade_id])
    world.bank.browser.get(f"documents/{order.id}")
    for caller, looks in (
        (world.supplier.browser, 1),
        (world.bank.browser, 1),
        (world.core.browser, 0),
        (world.factor.browser, 0),
        (world.stranger.browser, 0),
        (world.officer.browser, 0),
    ):
        assert len(caller.rows("accesses")) == looks
        assert len(caller.rows("accesses", grant=str(grant.id))) == looks
    [shown] = world.supplier.browser.rows("grants")
    assert (shown["access_count"], shown["last_access_at"] is not None) == (1, True)


def test_a_role_that_sees_no_documents_sees_none_by_consent(world: World) -> None:
    """A grant is to an organisation; its people need the financier's role to use it."""
    [order] = world.supplier.submit({"o": ONE.order()})
    request_and_grant(world, world.bank, trades=[order.trade_id])
    world.bank.organisation.memberships.update(roles=[])
    assert visible(world.bank.browser) == NOTHING
    assert can_open(world.bank.browser, order.id, order.trade_id) == [404] * 4
