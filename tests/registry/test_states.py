"""Every action of a step's and a batch's life in every state."""

import pytest

from abs_platform.core.errors import Conflict
from abs_platform.rights.registry.states import BATCHES, ENTRIES, BatchState, EntryState, after

EXPECTED = {
    ("pending", "send"): "sent",
    ("sent", "finish"): "done",
    ("sent", "refuse"): "refused",
    ("done", "doubt"): "sent",
    ("sent", "take_back"): "pending",
    ("done", "take_back"): "pending",
    ("prepared", "include"): "included",
    ("included", "include"): "included",
    ("orphaned", "include"): "included",
    ("included", "settle"): "settled",
    ("included", "orphan"): "orphaned",
    ("settled", "orphan"): "orphaned",
    ("prepared", "abandon"): "abandoned",
    ("included", "abandon"): "abandoned",
    ("settled", "abandon"): "abandoned",
    ("orphaned", "abandon"): "abandoned",
}
CASES = [(ENTRIES, state, action) for state in EntryState for action in ENTRIES]
CASES += [(BATCHES, state, action) for state in BatchState for action in BATCHES]


@pytest.mark.parametrize(("table", "state", "action"), CASES)
def test_each_action_in_each_state(table: dict[str, object], state: str, action: str) -> None:
    expected = EXPECTED.get((state, action))
    if expected is None:
        with pytest.raises(Conflict):
            after(table, action, state)  # type: ignore[arg-type]
    else:
        assert after(table, action, state) == expected  # type: ignore[arg-type]
