"""Which registrations at 中登 are to be extended or cancelled: told once, by Beijing's days."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction

from abs_platform.core import clock
from abs_platform.core.ids import uuid7
from abs_platform.parties.actor import PLATFORM
from abs_platform.rights.models import Right
from abs_platform.rights.priority import services, watching
from abs_platform.rights.priority.models import ZhongdengRegistration
from abs_platform.rights.registry import services as registry
from abs_platform.risk.models import Alert
from tests.rights.claims import accepted_right, open_to_bank
from tests.support.world import World


@pytest.fixture
def right(world: World) -> Right:
    return accepted_right(world)


@pytest.fixture
def noon() -> Iterator[None]:
    """Midday in Beijing, so that a test that counts days does not cross midnight."""
    with clock.at(clock.now().replace(hour=4, minute=0)):
        yield


@pytest.mark.parametrize("ending", ["release", "settle"])
def test_what_expires_or_is_left_standing_is_told_once(ending: str, noon: None, world: World, right: Right) -> None:
    """Within 30 days of its expiry while the pledge stands; two weeks after the pledge ended; not once it is extended or cancelled."""
    pledge_id = uuid7()
    with transaction.atomic():
        registry.register(right_id=right.id)
        registry.pledge(actor=PLATFORM, right_id=right.id, pledge_id=pledge_id, holder_id=world.bank.organisation.id)
    open_to_bank(world, right)
    today = clock.today()
    row = services.record_registration(
        actor=world.bank.actor, right_id=right.id, number="12345678", registered_at=clock.now(),
        expires_on=today + timedelta(days=100), description="x", party="x", pledge_id=pledge_id,
    )  # fmt: skip

    def told(days: int) -> list[str]:
        with clock.at(clock.now() + timedelta(days=days)):
            watching.watch()
            watching.watch()
        return list(Alert.objects.filter(rule__startswith="zhongdeng").order_by("id").values_list("rule", flat=True))

    assert told(69) == []
    assert told(70) == ["zhongdeng_expiring"]
    services.record_amendment(
        actor=world.bank.actor, registration_id=row.id, kind="extend", number="22345678",
        expires_on=today + timedelta(days=400),
    )  # fmt: skip
    assert told(101) == ["zhongdeng_expiring"]
    with transaction.atomic():
        if ending == "release":
            registry.release(actor=PLATFORM, right_id=right.id, pledge_id=pledge_id)
        else:
            registry.settle(actor=PLATFORM, right_id=right.id)
    assert told(13) == ["zhongdeng_expiring"]
    assert told(14) == ["zhongdeng_expiring", "zhongdeng_left_standing"]
    services.record_amendment(actor=world.bank.actor, registration_id=row.id, kind="cancel", number="32345678")
    Alert.objects.all().delete()
    assert told(15) == []


def test_two_weeks_run_from_the_day_of_the_release_in_beijing(world: World, right: Right) -> None:
    """Not from the day before, which it still is in UTC, nor from when the chain moved the step last."""
    pledge_id, released_at = uuid7(), datetime(2026, 3, 1, 20, tzinfo=UTC)
    with clock.at(released_at), transaction.atomic():
        registry.register(right_id=right.id)
        registry.pledge(actor=PLATFORM, right_id=right.id, pledge_id=pledge_id, holder_id=world.bank.organisation.id)
        step = registry.release(actor=PLATFORM, right_id=right.id, pledge_id=pledge_id)
    type(step).objects.filter(id=step.id).update(changed_at=released_at + timedelta(days=9))
    ZhongdengRegistration.objects.create(
        right_id=right.id, pledge_id=pledge_id, party="x", number="12345678", registered_at=released_at,
        expires_on=date(2027, 1, 1), description="x", organisation=world.bank.organisation, recorded_by="x",
    )  # fmt: skip

    def is_told(day: datetime) -> bool:
        with clock.at(day):
            watching.watch()
        return Alert.objects.filter(rule="zhongdeng_left_standing").exists()

    assert not is_told(released_at + timedelta(days=13))
    assert is_told(released_at + timedelta(days=14))
