"""A dispute is a conversation that both sides can read later, word by word."""

import pytest

from abs_platform.core.models import AuditEntry
from abs_platform.trade.models import DisputeMessage
from tests.support.papers import Papers
from tests.support.signing_desk import digest_now
from tests.support.world import Member, World

pytestmark = pytest.mark.usefixtures("db")


def dispute(world: World, **more: str) -> str:
    [order] = world.supplier.submit({"o": Papers(number="PO-3").order()})
    body = {"content_digest": digest_now(world.core.actor, order.id), "reason": "40 were cancelled", **more}
    world.core.browser.post(f"confirmations/{order.id}/dispute", body)
    return str(order.id)


def test_both_sides_talk_until_the_buyer_confirms(world: World) -> None:
    id = dispute(world, reason_code="quantity")
    path = f"confirmations/{id}/thread"
    world.supplier.browser.post(path, {"text": "We shipped all 100; see despatch note D-1."}, status=201)
    world.core.browser.post(path, {"text": "Found them. Thank you."}, status=201)
    thread = world.supplier.browser.get(path)
    assert thread["open"] and [(each["organisation"]["id"], each["text"]) for each in thread["messages"]] == [
        (world.core.id, "40 were cancelled"),
        (world.supplier.id, "We shipped all 100; see despatch note D-1."),
        (world.core.id, "Found them. Thank you."),
    ]
    assert thread["messages"][0]["reason_code"] == "quantity"
    assert AuditEntry.objects.filter(verb="dispute.message").count() == 2

    # Confirming is how the buyer withdraws it.
    digest = digest_now(world.core.actor, id)
    world.core.browser.post(f"confirmations/{id}/confirm", {"content_digest": digest})
    assert world.core.browser.get(path)["open"] is False
    for member in (world.core, world.supplier):
        assert member.browser.post(path, {"text": "one more thing"}, status=409)["code"] == "dispute_ended"
    assert DisputeMessage.objects.count() == 2


def test_nobody_ends_a_dispute_that_it_has_not_seen(world: World) -> None:
    """Two people of the buyer have the sheets open; one disputes, the other sends the confirmation, alone or of many."""
    colleague = Member(world.core.organisation, "core-2", ("core_enterprise",))
    documents = world.supplier.submit({n: Papers(number=n).order() for n in ("PO-4", "PO-5")})
    seen = [{"id": str(each.id), "content_digest": digest_now(world.core.actor, each.id)} for each in documents]
    one = seen[0]["id"], {"content_digest": seen[0]["content_digest"]}
    colleague.browser.post(f"confirmations/{one[0]}/dispute", {**one[1], "reason": "six are cracked"})
    refused = world.core.browser.post(f"confirmations/{one[0]}/confirm", one[1], status=409)
    assert refused["code"] == "content_changed"
    refused = world.core.browser.post("confirmations/manifests", {"documents": seen}, status=409)
    assert [(each["number"], each["code"]) for each in refused["params"]["documents"]] == [("PO-4", "content_changed")]
    assert world.core.browser.get(f"confirmations/{one[0]}/thread")["open"]
    # Whoever has read it may.
    digest = digest_now(world.core.actor, one[0])
    world.core.browser.post(f"confirmations/{one[0]}/confirm", {"content_digest": digest})


def test_nobody_else_reads_or_speaks(world: World) -> None:
    id = dispute(world)
    for member in (world.castings, world.project, world.bank, world.stranger, world.officer, world.console):
        member.browser.get(f"confirmations/{id}/thread", status=404)
        member.browser.post(f"confirmations/{id}/thread", {"text": "hello"}, status=404)
    assert not DisputeMessage.objects.exists()


def test_there_is_no_thread_where_nothing_is_disputed(world: World) -> None:
    [order] = world.supplier.submit({"o": Papers(number="PO-3").order()})
    world.core.browser.get(f"confirmations/{order.id}/thread", status=404)
    world.core.browser.post(f"confirmations/{order.id}/thread", {"text": " "}, status=422)


def test_an_unknown_reason_code_is_refused(world: World) -> None:
    [order] = world.supplier.submit({"o": Papers(number="PO-3").order()})
    body = {"content_digest": digest_now(world.core.actor, order.id), "reason": "x", "reason_code": "mood"}
    world.core.browser.post(f"confirmations/{order.id}/dispute", body, status=422)
