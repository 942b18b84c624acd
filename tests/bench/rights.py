"""Rights: pledged twice by clients that race, torn by kill -9, a million lines matched, and one event among them.

The race's peer is the same race without the database's index, and that of the killing the same writes not in one transaction:
both must show what is prevented.
"""

from tests.bench import _rights_double_pledge, _rights_event, _rights_full_match, _rights_kill
from tests.bench._measuring import Figure, Progress

NEEDS = ("postgres", "redis", "evm")


def figures(progress: Progress) -> list[Figure]:
    """The figures of every part, one after the other: nothing else runs meanwhile."""
    return [
        *_rights_kill.figures_of(progress),
        *_rights_double_pledge.figures(progress),
        *_rights_event.figures_of(progress),
        *_rights_full_match.figures_of(progress),
    ]
