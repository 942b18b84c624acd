"""Recording what was filed at 中登 and what reached the debtor. Records are only ever added to."""

from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from abs_platform.core import audit, clock
from abs_platform.core.errors import Conflict, Forbidden, Invalid, NotFound
from abs_platform.core.subjects import SubjectRef
from abs_platform.parties.actor import Actor
from abs_platform.parties.roles import Role
from abs_platform.rights import selectors as rights
from abs_platform.rights.priority import selectors
from abs_platform.rights.priority.models import DebtorNotice, ZhongdengAmendment, ZhongdengRegistration, ZhongdengSearch
from abs_platform.rights.registry.models import RegistryEntry

RECORDERS = selectors.RECORDERS
# By one organisation, of one right: all are shown on one page.
MOST_RECORDS = 100
ACKNOWLEDGED = "平台电子回执 · acknowledged on the platform"


@transaction.atomic
def record_registration(
    *,
    actor: Actor,
    right_id: UUID,
    number: str,
    registered_at: datetime,
    expires_on: date,
    description: str,
    party: str,
    pledge_id: UUID | None = None,
    is_rival: bool = False,
) -> ZhongdengRegistration:
    """Record an initial registration, one's own or a rival's that a search showed.

    That of a pledge here, or in its holder's name, is the holder's to record: who relies on it must have filed it. Raises
    Forbidden, NotFound, Invalid, and Conflict for a number that is recorded of this right already.
    """
    actor.require(*RECORDERS)
    _check(actor, right_id, pledge_id, party=party, is_rival=is_rival)
    _check_happened(registered_at, field="registered_at")
    _check_room(ZhongdengRegistration.objects.filter(right_id=right_id, organisation_id=actor.home).count())
    if expires_on <= clock.day_of(registered_at):
        raise Invalid(
            "expires_before",
            "A registration ends after the day that it was made. Correct one of the two.",
            field="expires_on",
        )
    try:
        with transaction.atomic():
            row = ZhongdengRegistration.objects.create(
                right_id=right_id,
                pledge_id=pledge_id,
                party=_plain(party),
                is_rival=is_rival,
                number=number,
                registered_at=registered_at,
                expires_on=expires_on,
                description=description,
                organisation_id=actor.home,
                recorded_by=actor.label,
            )
    except IntegrityError as error:
        raise Conflict(
            "zhongdeng_recorded", "This number is recorded of the right already. Record an amendment to it instead."
        ) from error
    _trail(actor, right_id, "right.zhongdeng_recorded", number=number, rival=is_rival)
    return row


@transaction.atomic
def record_amendment(
    *,
    actor: Actor,
    registration_id: UUID,
    kind: str,
    number: str = "",
    expires_on: date | None = None,
    description: str = "",
) -> ZhongdengRegistration:
    """Record what was filed after a registration, or that it was recorded by mistake. Returns the registration.

    That it ended, whoever recorded it says whatever it may see of the right by then: else a registration whose filer lost
    sight of the right could never be cancelled here. Raises Forbidden, NotFound, Invalid, and Conflict for what another
    organisation recorded, or one that has ended.
    """
    actor.require(*RECORDERS)
    row = ZhongdengRegistration.objects.select_for_update().filter(id=registration_id).first()
    if row is None:
        raise NotFound
    if row.organisation_id != actor.home or kind not in selectors.ENDING:
        _check_seen(actor, row.right_id)
    if not may_amend(actor, row):
        raise Conflict(
            "recorded_by_another",
            "Another organisation recorded this registration; it, or whoever holds the right, amends it. Ask it to.",
        )
    if selectors.is_ended(row):
        raise Conflict("zhongdeng_ended", "This registration was cancelled. Record a new one.")
    if (kind == "mistake") == bool(number):
        raise Invalid(
            "amendment_number",
            "An amendment at Zhongdeng has its number; a mistake here has none. Correct it.",
            field="number",
        )
    if (kind == "extend") != bool(expires_on):
        raise Invalid(
            "amendment_expiry", "An extension says until when, and nothing else does. Correct it.", field="expires_on"
        )
    if expires_on is not None and expires_on <= selectors.expires_on(row):
        raise Invalid(
            "extension_shortens", "An extension ends later than what it extends. Correct the day.", field="expires_on"
        )
    if kind in ("amend", "mistake") and not description:
        raise Invalid("amendment_unexplained", "Say what was changed, or what the mistake was.", field="description")
    _check_room(row.amendments.count())
    ZhongdengAmendment.objects.create(
        registration=row,
        kind=kind,
        number=number,
        expires_on=expires_on,
        description=description,
        organisation_id=actor.home,
        recorded_by=actor.label,
    )
    _trail(actor, row.right_id, "right.zhongdeng_amended", number=row.number, kind=kind)
    return row


def may_amend(actor: Actor, row: ZhongdengRegistration) -> bool:
    """Whoever recorded a registration, and whoever holds the right here and so loses most by a wrong one."""
    held = RegistryEntry.objects.filter(right_id=row.right_id, active=True, holder_id=actor.home)
    return row.organisation_id == actor.home or held.exists()


@transaction.atomic
def record_notice(
    *,
    actor: Actor,
    right_id: UUID,
    party: str,
    reached_at: datetime,
    how: str,
    pledge_id: UUID | None = None,
    is_rival: bool = False,
) -> DebtorNotice:
    """Record that a notice reached the debtor; that of a pledge here, or in its holder's name, the holder records.

    Raises Forbidden, NotFound, Invalid.
    """
    actor.require(*RECORDERS)
    _check(actor, right_id, pledge_id, party=party, is_rival=is_rival)
    _check_happened(reached_at, field="reached_at")
    _check_room(DebtorNotice.objects.filter(right_id=right_id, organisation_id=actor.home).count())
    row = DebtorNotice.objects.create(
        right_id=right_id,
        pledge_id=pledge_id,
        party=_plain(party),
        is_rival=is_rival,
        reached_at=reached_at,
        how=how,
        organisation_id=actor.home,
        recorded_by=actor.label,
    )
    _trail(actor, right_id, "right.notice_recorded", party=party, rival=is_rival)
    return row


@transaction.atomic
def record_search(*, actor: Actor, right_id: UUID, number: str, searched_at: datetime) -> ZhongdengSearch:
    """Record a search at 中登 that showed nobody else's registration of the claim: a financier's, who relies on it.

    Raises Forbidden, NotFound, Invalid, and Conflict for a number that is recorded of this right already, or where others'
    registrations stand.
    """
    actor.require(Role.FINANCIER)
    _check_seen(actor, right_id)
    _check_happened(searched_at, field="searched_at")
    _check_room(ZhongdengSearch.objects.filter(right_id=right_id, organisation_id=actor.home).count())
    if selectors.rivals(right_ids=[right_id])[right_id]:
        raise Conflict(
            "rivals_recorded",
            "Registrations of others are on record. Record that they ended before a search that shows none.",
        )
    try:
        with transaction.atomic():
            row = ZhongdengSearch.objects.create(
                right_id=right_id,
                number=number,
                searched_at=searched_at,
                organisation_id=actor.home,
                recorded_by=actor.label,
            )
    except IntegrityError as error:
        raise Conflict("search_recorded", "This search is recorded of the right already.") from error
    _trail(actor, right_id, "right.zhongdeng_searched", number=number)
    return row


def acknowledged(*, actor: Actor, right_id: UUID, pledge_id: UUID, party: str) -> DebtorNotice:
    """The debtor signed, here, that the notice of a pledge reached it. In the caller's transaction."""
    row = DebtorNotice.objects.create(
        right_id=right_id,
        pledge_id=pledge_id,
        party=_plain(party),
        reached_at=clock.now(),
        how=ACKNOWLEDGED,
        organisation_id=actor.home,
        recorded_by=actor.label,
    )
    _trail(actor, right_id, "right.notice_recorded", party=party, rival=False)
    return row


def _check_seen(actor: Actor, right_id: UUID) -> None:
    """Raises NotFound unless the actor may see the right, or holds it: a holder records whatever its supplier revoked."""
    if selectors.held(actor=actor, right_id=right_id) is None:
        rights.right(actor=actor, right_id=right_id)


def _check(actor: Actor, right_id: UUID, pledge_id: UUID | None, *, party: str, is_rival: bool) -> None:
    _check_seen(actor, right_id)
    if is_rival and pledge_id is not None:
        raise Invalid(
            "rival_has_no_pledge",
            "A rival's is of no pledge here. Leave the pledge out, or call it ours.",
            field="pledge",
        )
    if pledge_id is not None and not RegistryEntry.objects.filter(
        right_id=right_id, pledge_id=pledge_id, kind="pledge"
    ):
        raise Invalid(
            "pledge_unknown",
            "This right has no such pledge. Leave the pledge out, or take one of the right's.",
            field="pledge",
        )
    if selectors.spoken_for(right_id=right_id, pledge_id=pledge_id, party=party) not in (None, actor.home):
        raise Forbidden(
            "not_pledge_holder",
            "Who holds the pledge records its registration and its notices. Ask it to record this one.",
        )


def _check_happened(moment: datetime, *, field: str) -> None:
    if moment > clock.now():
        raise Invalid("in_the_future", "This has not happened yet. Correct the time.", field=field)


def _check_room(there: int) -> None:
    """Raises Conflict where an organisation has recorded as much of one thing as a page shows."""
    if there >= MOST_RECORDS:
        raise Conflict("too_many_records", f"At most {MOST_RECORDS} are recorded here.", limit=MOST_RECORDS)


def _plain(name: str) -> str:
    return " ".join(name.split())


def _trail(actor: Actor, right_id: UUID, verb: str, **detail: object) -> None:
    audit.record(actor=actor, verb=verb, subject=SubjectRef("right", right_id), detail=detail)
