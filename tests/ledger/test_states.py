"""Every action of an anchor's life in every state."""

import pytest

from abs_platform.core.errors import Conflict
from abs_platform.ledger.states import TRANSITIONS, AnchorState, after

EXPECTED = {
    ("prepared", "include"): "included",
    ("included", "include"): "included",
    ("orphaned", "include"): "included",
    ("included", "settle"): "anchored",
    ("included", "orphan"): "orphaned",
    ("anchored", "orphan"): "orphaned",
    ("prepared", "abandon"): "abandoned",
    ("included", "abandon"): "abandoned",
    ("anchored", "abandon"): "abandoned",
    ("orphaned", "abandon"): "abandoned",
}


@pytest.mark.parametrize("action", TRANSITIONS)
@pytest.mark.parametrize("state", AnchorState)
def test_each_action_in_each_state(state: AnchorState, action: str) -> None:
    expected = EXPECTED.get((state, action))
    if expected is None:
        with pytest.raises(Conflict):
            after(action, state)
    else:
        assert after(action, state) == expected
