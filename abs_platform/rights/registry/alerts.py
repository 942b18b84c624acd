"""What risk officers are told of the registry."""

from collections.abc import Mapping
from uuid import UUID

from abs_platform.core.subjects import SubjectRef
from abs_platform.parties import selectors as parties
from abs_platform.parties.actor import PLATFORM
from abs_platform.rights.models import Right
from abs_platform.rights.registry.models import RegistryEntry
from abs_platform.risk import services as risk
from abs_platform.risk.models import Severity
from abs_platform.risk.services import Observation
from abs_platform.trade import selectors as trades


def refused(entry: RegistryEntry) -> None:
    """The registry refused a step. A pledge or claim that is refused means that somebody else has the claim."""
    if entry.kind == "release" and not RegistryEntry.objects.filter(
        right_id=entry.right_id, pledge_id=entry.pledge_id, kind="pledge", state="done"
    ):
        return  # of a pledge that the registry never took: there was nothing to release
    report(
        rule="registry_refused",
        key=f"registry_refused:{entry.effect}",
        right_id=entry.right_id,
        detail={"step": entry.kind, "reason": entry.reason},
    )


def differs(right_id: UUID | None, *, digest: str, difference: Mapping[str, str]) -> None:
    """Database and registry differ on a right, known here or not."""
    told = ":".join(difference[name] for name in ("kind", "here", "there"))
    report(
        rule="registry_differs",
        key=f"registry_differs:{digest}:{told}",
        right_id=right_id,
        label=digest,
        detail={name: difference[name] for name in ("kind", "here", "there")},
    )


def report(
    *,
    rule: str,
    key: str,
    right_id: UUID | None,
    detail: dict[str, object],
    label: str = "",
    severity: Severity = Severity.CRITICAL,
) -> None:
    """In the network of the right's trade, else in the operating one."""
    right = Right.objects.select_related("trade").filter(id=right_id).first() if right_id else None
    if right is not None:
        trade = right.trade
        seen = Observation(
            rule=rule,
            severity=severity,
            key=key,
            subject=trades.subject_of(trade),
            subject_label=trades.label_of(trade),
            organisation_ids=(trade.seller_id, trade.buyer_id),
            amount=right.supported,
            currency=right.currency,
            detail=detail,
        )
        risk.report(actor=PLATFORM, network_id=trade.network_id, observations=[seen])
    elif operator := parties.operating_organisation():  # before setup_operator has run there is nobody to tell
        seen = Observation(
            rule=rule,
            severity=severity,
            key=key,
            subject=SubjectRef("right", right_id or UUID(int=0)),
            subject_label=label,
            organisation_ids=(operator.id,),
            detail=detail,
        )
        risk.report(actor=PLATFORM, network_id=operator.network_id, observations=[seen])
