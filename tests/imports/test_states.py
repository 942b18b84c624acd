"""Every action in every state by every role: the table, the service behind it and the reply's allowed_actions agree."""

import pytest

from abs_platform.core import clock
from abs_platform.core.errors import Conflict, Forbidden
from abs_platform.core.transitions import target_of
from abs_platform.imports.models import Batch
from abs_platform.imports.states import ACTIONS, PLATFORM_ROLE, STEPS, State
from abs_platform.parties.roles import ALL_ROLES, Role
from tests.support.callers import Caller
from tests.support.stage import table_of_invoices
from tests.support.world import World

BODIES = {
    "map": ("mapping", {"columns": {"number": 0, "issue_date": 1, "buyer_name": 2, "amount": 4}, "defaults": {"currency": "CNY"}, "date_order": "ymd", "decimal_mark": "."}),
    "correct": ("rows/2", {"column": 4, "value": "7"}),
    "replace": ("replacements", {"column": 4, "before": "100", "after": "7"}),
    "import": ("import", {}),
    "undo": ("undo", {}),
    "discard": ("discard", {}),
}  # fmt: skip


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", ACTIONS)
def test_the_table_and_the_api_agree(action: str, state: State, world: World) -> None:
    batch = table_of_invoices(world.supplier, "S-1")
    times = {
        "imported_at": clock.now() if state in (State.IMPORTED, State.UNDOING, State.UNDONE) else None,
        "undone_at": clock.now() if state == State.UNDONE else None,
        "problem": {"code": "table_malformed", "params": {}} if state == State.FAILED else None,
    }
    Batch.objects.filter(id=batch.id).update(state=state, **times)
    caller: Caller = world.supplier.browser
    allowed = caller.get(f"imports/{batch.id}")["allowed_actions"]
    path, body = BODIES[action]
    answer = caller.send("POST", f"imports/{batch.id}/{path}", body)
    if state in ACTIONS[action].sources:
        assert (answer.status_code, action in allowed) == (200, True)
        assert Batch.objects.get().state == ACTIONS[action].target
    else:
        assert (answer.status_code, answer.json()["code"], action in allowed) == (409, "state_conflict", False)
        assert Batch.objects.get().state == state


@pytest.mark.parametrize("role", sorted({*ALL_ROLES, PLATFORM_ROLE}))
@pytest.mark.parametrize("table", [ACTIONS, STEPS], ids=["actions", "steps"])
def test_nobody_takes_what_is_not_theirs(table: dict[str, object], role: str) -> None:
    for name, row in (ACTIONS if table is ACTIONS else STEPS).items():
        for state in State:
            known = ACTIONS if table is ACTIONS else STEPS
            if role not in row.by:
                with pytest.raises(Forbidden):
                    target_of(known, action=name, state=state, roles=frozenset({role}))
            elif state not in row.sources:
                with pytest.raises(Conflict):
                    target_of(known, action=name, state=state, roles=frozenset({role}))
            else:
                assert target_of(known, action=name, state=state, roles=frozenset({role})) == row.target


def test_every_state_can_be_reached_and_only_ends_have_no_way_on() -> None:
    rows = [*ACTIONS.values(), *STEPS.values()]
    reached = {row.target for row in rows} | {State.READING, State.RECEIVING}
    assert reached == set(State)
    assert set(State) - {source for row in rows for source in row.sources} == {State.UNDONE, State.DISCARDED}
    assert all(row.by == {Role.SUPPLIER} for row in ACTIONS.values())
