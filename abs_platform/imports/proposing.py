"""What the columns of an import may be taken for: by all that is known, by one system's words, by a saved mapping. Pure Python."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from abs_platform.imports import presets
from abs_platform.imports.guessing import DEFAULT_CURRENCY
from abs_platform.imports.mapping import Plan, Saved, as_saved, placed
from abs_platform.imports.presets import System
from abs_platform.imports.units import Heading


class Source(StrEnum):
    """Whose words a proposal goes by."""

    GUESS = "guess"
    SYSTEM = "system"
    SAVED = "saved"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A mapping that can be taken over as a whole.

    `code`, `name`: of the system whose words they are (of a guess: seem to be), or of the saved mapping. `own`: columns
    that the system's own words name; the others go by common ones. `lacking`: headers that the table has not.
    """

    source: Source
    plan: Plan
    code: str = ""
    name: str = ""
    own: int = 0
    lacking: tuple[str, ...] = ()


def proposals(
    headers: Sequence[str], *, above: Iterable[Sequence[str]], kind: str, saved: Iterable[Saved], now: Plan
) -> Iterator[Proposal]:
    """Every proposal for a table with these headers below these rows: the guess first, then each system's, then the saved ones.

    What digits mean stays as in `now`, unless a saved mapping says otherwise.
    """
    columns, guessed = presets.guess(headers, kind=kind)
    heading = Heading(headers, above)
    yield _by_words(Source.GUESS, columns, headers, kind, guessed, now, heading)
    for system in presets.SYSTEMS:
        columns = presets.columns_by(headers, kind=kind, system=system)
        yield _by_words(Source.SYSTEM, columns, headers, kind, system, now, heading)
    for mapping in saved:
        columns, lacking = placed(mapping.columns, headers)
        plan = as_saved(mapping, columns, heading)
        yield Proposal(Source.SAVED, plan, str(mapping.id), mapping.name, lacking=tuple(lacking))


def _by_words(
    source: Source,
    columns: dict[str, int],
    headers: Sequence[str],
    kind: str,
    system: System | None,
    now: Plan,
    heading: Heading,
) -> Proposal:
    defaults = {name: value for name, value in now.defaults.items() if name not in columns}
    if "currency" not in columns:
        defaults.setdefault("currency", DEFAULT_CURRENCY)
    plan = Plan(columns, defaults, now.date_order, now.decimal_mark, heading.units(columns))
    if system is None:
        return Proposal(source, plan)
    words = presets.own_words(kind, system)
    own = sum(name in words.get(presets.folded(headers[column]), {}) for name, column in columns.items())
    return Proposal(source, plan, system.code, system.name, own)
