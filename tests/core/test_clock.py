"""Business days are Beijing's, whatever day it is where the machine stands."""

from datetime import UTC, date, datetime

import pytest

from abs_platform.core import clock


@pytest.mark.parametrize(("hour", "day"), [(15, 5), (16, 6), (23, 6)])
def test_a_business_day_begins_at_midnight_in_beijing(hour: int, day: int) -> None:
    moment = datetime(2026, 5, 5, hour, tzinfo=UTC)
    with clock.at(moment):
        assert clock.today() == clock.day_of(moment) == date(2026, 5, day)
        assert clock.now() == moment
