"""Who may end an organisation's key: two people of the operator, no program, nobody else."""

import pytest

from abs_platform.parties import keys
from tests.api.matrix import callers_of
from tests.support.stage import Stage, make_stage
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture(scope="module")
def module_stage(module_world: World) -> Stage:
    return make_stage(module_world)


@pytest.fixture
def stage(module_stage: Stage, db: None) -> Stage:
    return module_stage


def body(world: World) -> dict[str, str]:
    return {"name": world.supplier.organisation.name, "reason": "the contract ended"}


@pytest.mark.parametrize("action", ["", "/confirm", "/withdraw"])
@pytest.mark.parametrize("by", ["browser", "program"])
def test_nobody_but_a_person_of_the_operator(stage: Stage, action: str, by: str) -> None:
    path = f"storage/keys/{stage.world.supplier.id}/destruction"
    stage.world.operator.browser.post(path, body(stage.world), status=201)
    for column, caller in callers_of(stage, by=by).items():
        if column == "opr" and by == "browser":
            continue
        wanted = 401 if column == "ano" else 403
        assert caller.send("POST", path + action, body(stage.world)).status_code == wanted, column
    assert keys.live_versions(stage.world.supplier.organisation.id) == [1]


def test_one_asks_and_another_carries_it_out(stage: Stage) -> None:
    world = stage.world
    path = f"storage/keys/{world.castings.id}"
    name = {"name": world.castings.organisation.name}
    one, two = world.console.browser, world.operator.browser
    asked = one.post(f"{path}/destruction", {**name, "reason": "the contract ended"}, status=201)
    assert asked["destruction"]["is_yours"] and "destroy" not in asked["allowed_actions"]
    assert one.post(f"{path}/destruction/confirm", name, status=403)["code"] == "second_person_needed"
    assert one.post(f"{path}/destruction/withdraw")["destruction"] is None
    one.post(f"{path}/destruction", {**name, "reason": "the contract ended"}, status=201)
    [row] = two.rows("storage/keys", search=world.castings.organisation.name)
    assert "destroy" in row["allowed_actions"] and row["destruction"]["reason"] == "the contract ended"
    done = two.post(f"{path}/destruction/confirm", name, status=202)
    assert done["destroyed_at"] and done["live_versions"] == [] and done["allowed_actions"] == []
    assert two.post(f"{path}/rotate", status=410)["code"] == "content_destroyed"
