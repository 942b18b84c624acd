"""Many documents under one signature: all of them or none, and whoever holds the manifest can check each."""

import json
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from abs_platform.config.demo import cast
from abs_platform.core import clock
from abs_platform.core.models import AuditEntry
from abs_platform.crypto import sm2, sm3
from abs_platform.crypto.commitments import commit
from abs_platform.ledger.models import Record
from abs_platform.parties.roles import ALL_ROLES
from abs_platform.trade.models import SignedDecision, SignedManifest, TradeDocument
from tests.support.papers import Papers, line
from tests.support.signing_desk import colleague, own_key, shown
from tests.support.world import World, drain

pytestmark = pytest.mark.usefixtures("db")


def orders(count: int) -> dict[str, bytes]:
    return {f"{n}.xml": Papers(number=f"PO-{n}").order() for n in range(count)}


def test_one_signature_and_one_record_confirm_many(world: World) -> None:
    world.supplier.submit({**Papers(number="PO-A").all(), "b.xml": Papers(number="PO-B").order()})
    before = Record.objects.count()
    queue = shown(world.core)
    assert len(queue) == 4
    done = world.core.browser.post("confirmations/manifests", {"documents": queue}, status=201)
    assert sm2.verify(
        bytes.fromhex(done["public_key"]), done["statement"].encode(), bytes.fromhex(done["signature"])
    ), "one signature over the manifest"
    manifest = json.loads(done["statement"])
    assert manifest["format"] == "abs-confirmation-manifest/v1"
    assert {(each["id"], each["content_digest"]) for each in manifest["documents"]} == {
        (each["id"], each["content_digest"]) for each in queue
    }
    assert Record.objects.count() == before + 1, "one record for all"
    row = SignedManifest.objects.get()
    record = Record.objects.get(id=row.record_id)
    assert record.template == "confirmation-manifest/v1"
    assert bytes(record.commitment) == commit("abs/confirmation-manifest/v1", bytes(row.salt), row.statement.encode())
    for decision in SignedDecision.objects.all():
        assert decision.manifest == row
        assert sm3.sm3(decision.statement.encode()).hex() == decision.content_digest, "what was shown is kept"
    assert set(TradeDocument.objects.filter(kind="order").values_list("confirmation", flat=True)) == {"confirmed"}
    drain()
    rights = world.supplier.browser.rows("rights")
    assert sorted(right["rung"] for right in rights) == [1, 4]
    sheet = world.core.browser.get(f"confirmations/{queue[0]['id']}")
    [signature] = sheet["signatures"]
    assert (signature["manifest"], signature["statement"]) == (done["id"], done["statement"])
    assert world.core.browser.get(f"confirmations/manifests/{done['id']}") == done
    world.project.browser.get(f"confirmations/manifests/{done['id']}", status=404)


def test_all_or_none_and_why(world: World) -> None:
    world.supplier.submit({"i.xml": Papers(number="PO-A").invoice(), **orders(3)})
    world.castings.submit({"o.xml": Papers(number="HY-1", seller=cast.CASTINGS).order()})
    queue = shown(world.core)
    by_kind = {row["document"]["kind"]: row["id"] for row in world.core.browser.rows("confirmations")}
    # The receipt makes the invoice differ; one of the orders is decided meanwhile.
    world.supplier.submit({"r.xml": Papers(number="PO-A").receipt(line("1", "90", short=10))})
    taken = TradeDocument.objects.filter(kind="order").earliest("document_id")
    world.core.decide(taken.document)
    before = (AuditEntry.objects.count(), Record.objects.count())
    refused = world.core.browser.post("confirmations/manifests", {"documents": queue}, status=409)
    assert refused["code"] == "documents_refused"
    assert {(each["id"], each["code"]) for each in refused["params"]["documents"]} == {
        (by_kind["invoice"], "content_changed"),
        (str(taken.document_id), "state_conflict"),
    }
    assert (AuditEntry.objects.count(), Record.objects.count()) == before
    assert SignedDecision.objects.count() == 1 and not SignedManifest.objects.exists()


def test_what_is_not_in_the_own_queue_is_refused_as_if_it_were_not_there(world: World) -> None:
    world.supplier.submit(orders(1))
    [own] = shown(world.core)
    other = TradeDocument.objects.get()
    other_id = str(UUID(int=1))
    bodies = [{"documents": [own, {"id": id, "content_digest": "0" * 64}]} for id in (other_id,)]
    refused = world.core.browser.post("confirmations/manifests", bodies[0], status=409)
    assert refused["params"]["documents"] == [{"id": other_id, "number": "", "code": "not_found"}]
    alien = world.project.browser.post(
        "confirmations/manifests",
        {"documents": [{"id": str(other.document_id), "content_digest": own["content_digest"]}]},
        status=404,
    )
    assert alien["code"] == "not_found"


@pytest.mark.parametrize(
    ("documents", "status"), [([], 422), ("twice", 422), (501, 422)], ids=["none", "twice", "too many"]
)
def test_a_manifest_is_bounded_and_names_each_once(documents: object, status: int, world: World) -> None:
    world.supplier.submit(orders(1))
    queue = shown(world.core)
    body = queue * 2 if documents == "twice" else queue * 501 if documents == 501 else []
    world.core.browser.post("confirmations/manifests", {"documents": body}, status=status)
    assert not SignedDecision.objects.exists()


@pytest.mark.parametrize("role", sorted(ALL_ROLES - {"core_enterprise"}))
def test_only_a_core_enterprise_signs(role: str, world: World) -> None:
    members = {
        "supplier": world.supplier,
        "financier": world.bank,
        "risk_officer": world.officer,
        "operator": world.console,
    }
    body = {"documents": [{"id": str(UUID(int=1)), "content_digest": "0" * 64}]}
    members[role].browser.post("confirmations/manifests", body, status=403)


def test_an_own_key_signs_the_exact_bytes(world: World) -> None:
    world.supplier.submit(orders(2))
    pair = own_key(world, colleague(world, "second"))
    documents = {"documents": shown(world.core)}
    core = world.core.browser
    assert core.post("confirmations/manifests", documents, status=409)["code"] == "own_signature_needed"
    to_sign = core.post("confirmations/manifests/to-sign", documents)
    signature = pair.sign(to_sign["statement"].encode()).hex()

    stranger = sm2.generate().sign(to_sign["statement"].encode()).hex()
    for wrong in (stranger, pair.sign(to_sign["statement"].replace("PO-1", "PO-9").encode()).hex()):
        body = {**documents, "own": {"signature": wrong, "at": to_sign["at"]}}
        assert core.post("confirmations/manifests", body, status=422)["code"] == "signature_wrong"
    fewer = {"documents": documents["documents"][:1], "own": {"signature": signature, "at": to_sign["at"]}}
    assert core.post("confirmations/manifests", fewer, status=422)["code"] == "signature_wrong", "signed for both"

    own = {"signature": signature, "at": to_sign["at"]}
    with clock.at(clock.now() + timedelta(minutes=16)):
        late = core.post("confirmations/manifests", {**documents, "own": own}, status=409)
        assert late["code"] == "signing_too_late"
    done = core.post("confirmations/manifests", {**documents, "own": own}, status=201)
    assert (done["custodial"], done["public_key"]) == (False, pair.public.hex())
    assert done["statement"] == to_sign["statement"]
    assert not SignedDecision.objects.exclude(custodial=False).exists()


def test_an_own_key_signs_a_single_decision_and_a_payment(world: World) -> None:
    [order] = world.supplier.submit(orders(1))
    pair = own_key(world, colleague(world, "second"))
    core = world.core.browser
    [shown_now] = shown(world.core)
    body = {"content_digest": shown_now["content_digest"]}
    assert core.post(f"confirmations/{order.id}/confirm", body, status=409)["code"] == "own_signature_needed"
    to_sign = core.post(f"confirmations/{order.id}/to-sign", {**body, "decision": "confirm"})
    own = {"signature": pair.sign(to_sign["statement"].encode()).hex(), "at": to_sign["at"]}
    sheet = core.post(f"confirmations/{order.id}/confirm", {**body, "own": own})
    assert sheet["own_key"] and [each["custodial"] for each in sheet["signatures"]] == [False]

    terms = {
        "content_digest": world.core.payment_digest(order.trade_id),
        "amount": "900.00",
        "due_date": "2027-01-31",
        "account": "62",
    }
    path = f"trades/{order.trade_id}/payment-confirmations"
    to_sign = core.post(f"{path}/to-sign", terms)
    own = {"signature": pair.sign(to_sign["statement"].encode()).hex(), "at": to_sign["at"]}
    assert core.post(path, {**terms, "amount": "901.00", "own": own}, status=422)["code"] == "signature_wrong"
    paid = core.post(path, {**terms, "own": own}, status=201)
    assert paid["payment_confirmation"]["custodial"] is False


def test_without_an_own_key_a_brought_signature_is_refused(world: World) -> None:
    world.supplier.submit(orders(1))
    documents = {"documents": shown(world.core)}
    to_sign = world.core.browser.post("confirmations/manifests/to-sign", documents)
    own = {"signature": sm2.generate().sign(to_sign["statement"].encode()).hex(), "at": to_sign["at"]}
    refused = world.core.browser.post("confirmations/manifests", {**documents, "own": own}, status=422)
    assert refused["code"] == "own_key_unknown"


def test_the_queue_is_sorted_and_filtered(world: World) -> None:
    with clock.at(clock.now() - timedelta(days=30)):
        world.castings.submit(
            {"o.xml": Papers(number="HY-1", seller=cast.CASTINGS, lines=(line("1", "1", "10.00"),)).order()}
        )
    world.supplier.submit({"o.xml": Papers(number="PO-A", lines=(line("1", "100", "10.00"),)).order()})
    world.supplier.submit({"i.xml": Papers(number="PO-A").invoice()})
    core = world.core.browser

    def ids(**query: object) -> list[str]:
        return [row["trade"]["order_number"] + row["document"]["kind"] for row in core.rows("confirmations", **query)]

    everything = ids()
    assert len(everything) == 3 and everything[0].startswith("HY-1")
    assert ids(sort="amount")[-1].startswith("HY-1")
    first = core.get("confirmations", sort="amount", page_size=1)
    [cursor] = parse_qs(urlsplit(first["next"]).query)["cursor"]
    second = core.get("confirmations", sort="amount", page_size=1, cursor=cursor)
    assert second["results"][0]["trade"]["order_number"] == "PO-A", "pages by amount go on"
    assert [each[:4] for each in ids(supplier=world.castings.id)] == ["HY-1"]
    assert ids(kind="invoice") == ["PO-Ainvoice"]
    assert [each[:4] for each in ids(amount_from="100")] == ["PO-A", "PO-A"]
    assert [each[:4] for each in ids(amount_to="100")] == ["HY-1"]
    assert [each[:4] for each in ids(overdue="true")] == ["HY-1"]


def test_signing_fifty_costs_each_the_same_number_of_queries(world: World) -> None:
    counts = {}
    for size in (2, 12):
        world.supplier.submit({f"{n}.xml": Papers(number=f"Q{size}-{n}").order() for n in range(size)})
        documents = shown(world.core)
        with CaptureQueriesContext(connection) as queries:
            world.core.browser.post("confirmations/manifests", {"documents": documents}, status=201)
        counts[size] = len(queries)
    assert (counts[12] - counts[2]) / 10 <= 20, counts
