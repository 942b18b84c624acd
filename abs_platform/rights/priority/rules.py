"""Who comes first where several hold the same claim. Pure Python.

民法典 article 768: who registered comes before who did not, and of several the one who registered first; where nobody did,
the one whose notice of assignment reached the debtor first; where there is neither, all share by their claims. It is a
rule for factoring; the Supreme Court's interpretation of the guarantee system (法释〔2020〕28号, article 66) applies it to
pledges and assignments of the same claim too.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from abs_platform.core.clock import BEIJING


class Ground(StrEnum):
    """What decides."""

    NONE = "none"
    """Nobody holds the claim."""
    ALONE = "alone"
    """One does, so nothing has to be decided."""
    REGISTERED = "registered"
    NOTIFIED = "notified"
    PRO_RATA = "pro_rata"


@dataclass(frozen=True, slots=True)
class Registration:
    """A registration in 中登 as recorded here. `ended`: cancelled, or recorded by mistake."""

    at: datetime
    expires_on: date
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Claimant:
    """Somebody who holds the claim as assignee or pledgee. `ours`: by this platform. Times as recorded, None: none is."""

    name: str
    ours: bool
    registered_at: datetime | None = None
    notified_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ranking:
    """`places`: who comes first, second …; several in one place share it."""

    ground: Ground
    places: tuple[tuple[Claimant, ...], ...]

    @property
    def first(self) -> tuple[Claimant, ...]:
        return self.places[0] if self.places else ()


def in_force(registrations: Iterable[Registration], *, on: date) -> datetime | None:
    """Since when a claimant is registered without a gap to this day: the earliest registration that holds on it."""
    return min((each.at for each in registrations if not each.ended and each.expires_on >= on), default=None)


def rank(claimants: Sequence[Claimant]) -> Ranking:
    """The order of everybody who holds a claim."""
    if not claimants:
        return Ranking(Ground.NONE, ())
    groups: dict[tuple[int, datetime | None], list[Claimant]] = {}
    for each in sorted(claimants, key=_place):
        groups.setdefault(_place_key(each), []).append(each)
    places = tuple(tuple(group) for group in groups.values())
    first = places[0][0]
    if len(claimants) == 1:
        ground = Ground.ALONE
    elif len(places[0]) > 1:
        ground = Ground.PRO_RATA
    else:
        ground = Ground.REGISTERED if first.registered_at else Ground.NOTIFIED
    return Ranking(ground, places)


def _place_key(each: Claimant) -> tuple[int, datetime | None]:
    if each.registered_at is not None:
        return 0, each.registered_at
    return (1, each.notified_at) if each.notified_at is not None else (2, None)


def _place(each: Claimant) -> tuple[int, float]:
    level, moment = _place_key(each)
    return level, moment.timestamp() if moment else 0.0


def sentences(ranking: Ranking) -> dict[str, str]:
    """The answer in one sentence with its reasons, in Chinese and English."""
    first = ranking.first
    names_zh, names_en = "、".join(each.name for each in first), " and ".join(each.name for each in first)
    match ranking.ground:
        case Ground.NONE:
            return {
                "zh": "目前没有记录到任何质权人或受让人，不存在优先顺序问题。",
                "en": "Nobody is on record as pledgee or assignee of this claim, so there is nothing to rank.",
            }
        case Ground.ALONE:
            return _alone(first[0])
        case Ground.REGISTERED:
            return _registered(first[0], ranking.places[1][0])
        case Ground.NOTIFIED:
            return _notified(first[0], ranking.places[1][0])
        case Ground.PRO_RATA:
            return {
                "zh": f"{names_zh}并列，按各自债权比例受偿：没有一方登记或通知在先（民法典第768条）。",
                "en": f"{names_en} share in proportion to their claims: none of them registered or gave notice before the "
                "others (Civil Code, art. 768).",
            }


def _alone(one: Claimant) -> dict[str, str]:
    if one.registered_at:
        return {
            "zh": f"只有{one.name}一方，并已于{_zh(one.registered_at)}在中登登记，之后登记的人排在其后（民法典第768条）。",
            "en": f"{one.name} is the only one, registered with Zhongdeng on {_en(one.registered_at)}: whoever registers later "
            "comes after (Civil Code, art. 768).",
        }
    return {
        "zh": f"目前只有{one.name}一方，但尚未在中登登记：别人若先登记，将优先于它（民法典第768条）。",
        "en": f"{one.name} is the only one, and not registered with Zhongdeng: whoever registers first would come before it "
        "(Civil Code, art. 768).",
    }


def _registered(one: Claimant, next_: Claimant) -> dict[str, str]:
    than_zh = f"早于{next_.name}（{_zh(next_.registered_at)}）" if next_.registered_at else f"而{next_.name}未登记"
    than_en = (
        f"before {next_.name} ({_en(next_.registered_at)})" if next_.registered_at else f"and {next_.name} did not"
    )
    return {
        "zh": f"{one.name}优先：它于{_zh(one.registered_at)}在中登登记，{than_zh}；已登记的先于未登记的，均登记的按登记时间先后（民法典第768条）。",
        "en": f"{one.name} comes first: it registered with Zhongdeng on {_en(one.registered_at)}, {than_en}; the registered come before the "
        "unregistered, in the order of registration (Civil Code, art. 768).",
    }


def _notified(one: Claimant, next_: Claimant) -> dict[str, str]:
    than_zh = f"早于{next_.name}的通知" if next_.notified_at else f"而{next_.name}没有通知"
    than_en = f"before that of {next_.name}" if next_.notified_at else f"and {next_.name} gave none"
    return {
        "zh": f"各方均未在中登登记，{one.name}的转让通知于{_zh(one.notified_at)}先到达债务人，{than_zh}，故{one.name}优先；先去登记的人仍可后来居上（民法典第768条）。",
        "en": f"Nobody registered with Zhongdeng; the notice of {one.name} reached the debtor on {_en(one.notified_at)}, {than_en}, so it comes "
        "first, until somebody registers (Civil Code, art. 768).",
    }


def _zh(moment: datetime | None) -> str:
    if moment is None:
        return ""
    local = moment.astimezone(BEIJING)
    return f"{local.year}年{local.month}月{local.day}日{local:%H:%M}"


def _en(moment: datetime | None) -> str:
    return f"{moment.astimezone(BEIJING):%Y-%m-%d %H:%M} (UTC+8)" if moment else ""
