"""What the database refuses of registrations at 中登 and of notices."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from abs_platform.core.ids import uuid7
from abs_platform.parties.models import Organisation
from abs_platform.rights.priority.models import DebtorNotice, ZhongdengAmendment, ZhongdengRegistration, ZhongdengSearch

RIGHT = uuid7()
T = datetime(2026, 3, 1, tzinfo=UTC)


def registration(by: Organisation, **changes: Any) -> ZhongdengRegistration:
    fields: dict[str, Any] = {
        "right_id": RIGHT, "party": "x", "number": "1234567", "registered_at": T, "expires_on": date(2027, 1, 1),
        "description": "x", "organisation": by, "recorded_by": "x",
    }  # fmt: skip
    return ZhongdengRegistration.objects.create(**{**fields, **changes})


def amendment(by: Organisation, **changes: Any) -> ZhongdengAmendment:
    fields = {"registration": registration(by), "kind": "cancel", "number": "1234567", "organisation": by}
    return ZhongdengAmendment.objects.create(recorded_by="x", **{**fields, **changes})


def search(by: Organisation, **changes: Any) -> ZhongdengSearch:
    fields = {"right_id": RIGHT, "number": "1234567", "searched_at": T, "organisation": by, "recorded_by": "x"}
    return ZhongdengSearch.objects.create(**{**fields, **changes})


def notice(by: Organisation, **changes: Any) -> DebtorNotice:
    fields = {"right_id": RIGHT, "party": "x", "how": "x", "reached_at": T, "organisation": by, "recorded_by": "x"}
    return DebtorNotice.objects.create(**{**fields, **changes})


ILLEGAL: dict[str, Callable[[Organisation], object]] = {
    "zhongdeng_number_once": lambda by: [registration(by), registration(by)],
    "zhongdeng_number_plain": lambda by: registration(by, number="1 2"),
    "zhongdeng_says_whose_and_what": lambda by: registration(by, party=""),
    "zhongdeng_says_whose_and_what ": lambda by: registration(by, description=""),
    "zhongdeng_rival_has_no_pledge": lambda by: registration(by, is_rival=True, pledge_id=uuid7()),
    "zhongdeng_expires_later": lambda by: registration(by, expires_on=T.date()),
    "zhongdeng_amendment_kind_known": lambda by: amendment(by, kind="poem"),
    "zhongdeng_extended_until": lambda by: amendment(by, kind="extend"),
    "zhongdeng_extended_until ": lambda by: amendment(by, expires_on=date(2028, 1, 1)),
    "zhongdeng_amendment_says_what": lambda by: amendment(by, kind="amend"),
    "zhongdeng_amendment_has_number": lambda by: amendment(by, number=""),
    "zhongdeng_amendment_has_number ": lambda by: amendment(by, kind="mistake", description="x"),
    "zhongdeng_search_once": lambda by: [search(by), search(by)],
    "zhongdeng_search_number_plain": lambda by: search(by, number="1 2"),
    "debtor_notice_says_whose_and_how": lambda by: notice(by, party=""),
    "debtor_notice_says_whose_and_how ": lambda by: notice(by, how=""),
    "debtor_notice_rival_has_no_pledge": lambda by: notice(by, is_rival=True, pledge_id=uuid7()),
}
