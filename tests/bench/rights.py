"""Rights: how often one is pledged twice when many clients race for it; a million lines matched, and one event among them.

The race's peer is the same race without the database's index, which must show what the index prevents.
"""

from tests.bench import _rights_double_pledge, _rights_event, _rights_full_match
from tests.bench._measuring import Figure, Progress

NEEDS = ("postgres", "redis", "evm")


def figures(progress: Progress) -> list[Figure]:
    """The figures of every part, one after the other: nothing else runs meanwhile."""
    return [
        *_rights_double_pledge.figures(progress),
        *_rights_event.figures_of(progress),
        *_rights_full_match.figures_of(progress),
    ]
