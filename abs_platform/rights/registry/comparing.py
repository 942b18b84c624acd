"""What the registry should hold by our own steps, and how that differs from what it holds. Pure Python."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from abs_platform.integrations.registries import NOBODY, RegisteredRight


@dataclass(frozen=True, slots=True)
class DoneStep:
    """A step that was carried out, as our rows tell."""

    kind: str
    rung: int | None = None
    pledge: bytes | None = None
    fingerprints: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Expected:
    """How a right should stand. `fingerprints`: those that were ever claimed for it."""

    is_registered: bool = False
    rung: int = 0
    pledge: bytes = NOBODY
    is_settled: bool = False
    fingerprints: frozenset[bytes] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Difference:
    """`kind`: missing_there, unknown_here, not_ours, rung, pledge, settled, fingerprint. Digests as hexadecimal."""

    kind: str
    here: str
    there: str


def expected(steps: Iterable[DoneStep]) -> Expected:
    """How a right should stand after these steps, in the order in which they were carried out."""
    found = Expected()
    for step in steps:
        claimed = found.fingerprints | frozenset(step.fingerprints)
        match step.kind:
            case "register":
                found = replace(found, is_registered=True)
            case "attest":
                found = replace(found, rung=step.rung or 0)
            case "pledge":
                found = replace(found, pledge=step.pledge or NOBODY, fingerprints=claimed)
            case "release" if found.pledge == step.pledge:
                found = replace(found, pledge=NOBODY)
            case "settle":
                found = replace(found, is_settled=True)
            case "claim":
                found = replace(found, fingerprints=claimed)
    return found


def differences(
    right: bytes, here: Expected, there: RegisteredRight, *, platform: str, claimants: Mapping[bytes, bytes]
) -> Iterator[Difference]:
    """How one right differs. `claimants`: of each fingerprint in `here`, whose it is there.

    A fingerprint that another right took over is no difference while ours is neither pledged nor settled: it was free.
    """
    if not there.platform:
        if here.is_registered:
            yield Difference("missing_there", "registered", "")
        return
    if there.platform.lower() != platform.lower():
        yield Difference("not_ours", platform if here.is_registered else "", there.platform)
        return
    if not here.is_registered:
        yield Difference("unknown_here", "", "registered")
        return
    if here.rung != there.rung:
        yield Difference("rung", str(here.rung), str(there.rung))
    if here.pledge != there.pledge:
        yield Difference("pledge", _named(here.pledge), _named(there.pledge))
    if here.is_settled != there.is_settled:
        yield Difference("settled", str(here.is_settled).lower(), str(there.is_settled).lower())
    holds = here.pledge != NOBODY or here.is_settled
    ours = [each for each in here.fingerprints if claimants.get(each) == right]
    if holds and len(ours) < len(here.fingerprints):
        lost = sorted(here.fingerprints - set(ours))
        yield Difference("fingerprint", lost[0].hex(), _named(claimants.get(lost[0], NOBODY)))
    if there.claims != len(ours):
        yield Difference("fingerprint", str(len(ours)), str(there.claims))


def _named(digest: bytes) -> str:
    return "" if digest == NOBODY else digest.hex()
