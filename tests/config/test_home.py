"""The first page tells of others' data nothing that its owner's log does not."""

import json

import pytest

from abs_platform.consent.models import Access
from abs_platform.core import clock
from abs_platform.core.models import Job, JobState
from tests.support.papers import Papers
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("db")


def figures(home: dict[str, list[dict[str, str]]]) -> dict[str, str]:
    return {row["code"]: row["value"] for row in home["figures"]}


def test_a_financier_sees_how_many_trades_are_open_to_it_and_no_amount(world: World) -> None:
    world.supplier.submit(Papers(number="PO-1").all())
    before = world.bank.browser.get("home")
    assert figures(before)["trades"] == "0"
    asked = world.bank.browser.post(
        "access-requests", {"owner": world.supplier.id, "purpose": "due_diligence", "days": 30}, status=201
    )
    world.supplier.browser.post(f"access-requests/{asked['id']}/grant", {"whole": True, "days": 30}, status=201)
    home = world.bank.browser.get("home")
    assert figures(home)["trades"] == "1"
    assert {task["code"]: task["count"] for task in home["tasks"] if task["count"]} == {"review_trades": 1}
    assert all(row["currency"] is None for row in home["figures"]), json.dumps(home)
    assert not Access.objects.exists()


def test_the_operator_sees_failed_jobs_and_organisations(world: World) -> None:
    operator = world.console.browser
    assert operator.get("home")["tasks"] == [{"code": "mend_jobs", "count": 0, "link": "/operations"}]
    Job.objects.create(kind="ledger.seal", key="x", state=JobState.FAILED, finished_at=clock.now())
    home = operator.get("home")
    assert home["next_step"] == {"code": "mend_jobs", "params": {"count": 1}, "link": "/operations"}
    assert int(figures(home)["organisations"]) == 10
