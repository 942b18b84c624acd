"""Lifecycles as tables: which action leads from which states to which, and who may take it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from abs_platform.core.errors import Conflict, Forbidden


@dataclass(frozen=True, slots=True)
class Transition:
    """From any of `sources` to `target`, by an actor with one of the roles `by`."""

    sources: frozenset[str]
    target: str
    by: frozenset[str]


Table = Mapping[str, Transition]


def transition(sources: Iterable[str], target: str, by: Iterable[str]) -> Transition:
    """A row of a table."""
    return Transition(frozenset(map(str, sources)), str(target), frozenset(map(str, by)))


def allowed_actions(table: Table, *, state: str, roles: frozenset[str]) -> list[str]:
    """The actions that someone with `roles` may take in `state`, in the table's order."""
    return [name for name, row in table.items() if state in row.sources and row.by & roles]


def target_of(table: Table, *, action: str, state: str, roles: frozenset[str]) -> str:
    """The state that `action` leads to.

    Raises Forbidden when none of `roles` may take it, Conflict when it cannot be taken in `state`.
    """
    row = table[action]
    if not row.by & roles:
        raise Forbidden("role_missing", f"Your role does not allow to {action} this.", action=action)
    if state not in row.sources:
        raise Conflict("state_conflict", f"This is {state}, so it cannot {action}.", action=action, state=state)
    return row.target
