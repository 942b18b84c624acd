"""Story 4. A financier asks, the supplier opens what it picks and ends it; every look stands in the log."""

import pytest

from abs_platform.config.sample import trade as sample
from tests.support.papers import Papers
from tests.support.world import World, drain

pytestmark = pytest.mark.usefixtures("db")


def test_from_a_request_to_a_verified_view_and_back_to_nothing(world: World) -> None:
    supplier, bank = world.supplier.browser, world.bank.browser
    supplier.upload(sample.files())
    supplier.upload(Papers(number="PO-SECRET").all())
    drain(seal=True)

    # Until granted, the financier sees the supplier's name and nothing more.
    assert bank.get("home")["next_step"]["code"] == "find_suppliers"
    listed = {row["id"]: row["name"] for row in bank.rows("suppliers")}
    assert listed[world.supplier.id] == sample.SUPPLIER.name
    assert bank.rows("documents") == bank.rows("trades") == bank.rows("rights") == []

    request = bank.post(
        "access-requests",
        {
            "owner": world.supplier.id,
            "purpose": "financing",
            "purpose_note": "应收账款融资额度核定",
            "days": 60,
            "order_number": sample.ORDER_NUMBER,
        },
        status=201,
    )
    assert (request["state"], request["allowed_actions"]) == ("requested", ["withdraw"])

    # The supplier sees who asks, what for and how long, and picks.
    assert supplier.get("home")["next_step"]["code"] == "answer_access_requests"
    [asked] = supplier.rows("access-requests")
    assert (asked["requester"]["id"], asked["purpose"], asked["days"]) == (world.bank.id, "financing", 60)
    candidates = supplier.get(f"access-requests/{asked['id']}/candidates")
    [wanted] = [trade for trade in candidates["trades"] if trade["matches_request"]]
    assert len(candidates["trades"]) == 2 and wanted["order_number"] == sample.ORDER_NUMBER
    granted = supplier.post(f"access-requests/{asked['id']}/grant", {"trades": [wanted["id"]], "days": 30}, status=201)

    # The financier reads, downloads and proves what was opened, and only that.
    [trade] = bank.rows("trades")
    assert trade["id"] == wanted["id"]
    documents = bank.rows("documents")
    assert len(documents) == 5
    assert bank.get(f"trades/{trade['id']}")["right"] is not None
    for document in documents:
        assert bank.file(document["id"]) == sample.files()[document["filename"]]
        bundle = bank.get(f"documents/{document['id']}/bundle")
        assert bundle["document"]["sm3"] == document["digest"]
        assert bundle["inclusion"] and bundle["checkpoint"]
    [secret] = [row for row in supplier.rows("trades") if row["order_number"] == "PO-SECRET"]
    bank.get(f"trades/{secret['id']}", status=404)
    [held] = bank.rows("grants")
    assert (held["state"], held["allowed_actions"]) == ("active", []), "only the owner ends it"

    # The supplier sees each look: who, what, when, what for.
    looks = supplier.rows("accesses", grant=granted["id"])
    counted = {
        action: sum(look["action"] == action for look in looks)
        for action in ("listed", "viewed", "downloaded", "proof")
    }
    assert counted == {"listed": 1 + 5, "viewed": 1, "downloaded": 5, "proof": 5}
    assert {look["person"] for look in looks} == {"bank person"}
    assert {look["purpose"] for look in looks} == {"financing"}
    assert looks == supplier.rows("accesses"), "there were no others"
    [shown] = supplier.rows("grants")
    assert (shown["access_count"], shown["trades"][0]["order_number"]) == (17, sample.ORDER_NUMBER)

    # It ends the consent, and the next look is refused.
    ended = supplier.post(f"grants/{granted['id']}/revoke")
    assert (ended["state"], ended["allowed_actions"]) == ("revoked", [])
    assert bank.rows("documents") == bank.rows("trades") == bank.rows("rights") == []
    for document in documents:
        bank.get(f"documents/{document['id']}", status=404)
        bank.file(document["id"], status=404)
    assert len(supplier.rows("accesses")) == 17, "a refused look is none"
    again = supplier.post(f"grants/{granted['id']}/revoke", status=409)
    assert again["code"] == "state_conflict"


def test_a_request_can_be_declined_or_withdrawn(world: World) -> None:
    supplier, bank = world.supplier.browser, world.bank.browser
    body = {"owner": world.supplier.id, "purpose": "due_diligence", "days": 10}
    declined = bank.post("access-requests", body, status=201)
    answer = supplier.post(f"access-requests/{declined['id']}/decline", {"reason": "不认识贵行"})
    assert (answer["state"], answer["reason"], answer["grant"]) == ("declined", "不认识贵行", None)
    withdrawn = bank.post("access-requests", body, status=201)
    assert bank.post(f"access-requests/{withdrawn['id']}/withdraw")["state"] == "withdrawn"
    supplier.post(f"access-requests/{withdrawn['id']}/grant", {"whole": True, "days": 1}, status=409)
    assert bank.rows("grants") == []
