"""Rights: how often one is pledged twice when many clients race for it.

Every figure's peer is the same race without the database's index, which must show what the index prevents.
"""

from tests.bench import _rights_double_pledge
from tests.bench._measuring import Figure, Progress

NEEDS = ("postgres", "redis", "evm")


def figures(progress: Progress) -> list[Figure]:
    """See the parts."""
    return _rights_double_pledge.figures(progress)
