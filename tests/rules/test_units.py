"""Units as documents write them, and which are exact multiples of which."""

from decimal import Decimal

import pytest

from abs_platform.core.units import ratio, unit_code, unit_of


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("㎏", "KGM"),
        ("ＫＧ", "KGM"),
        (" kg ", "KGM"),
        ("㎡", "MTK"),
        ("m²", "MTK"),
        ("㎥", "MTQ"),
        ("m³", "MTQ"),
        ("吨", "TNE"),
    ],
)
def test_a_unit_is_known_in_every_form_that_documents_write(written: str, code: str) -> None:
    assert unit_of(unit_code(written)) == unit_of(code)
    assert unit_of(code).base != code or unit_of(code).factor == 1


@pytest.mark.parametrize(
    ("one", "other", "times"),
    [
        ("KMK", "MTK", 1_000_000),
        ("HAR", "MTK", 10_000),
        ("TNE", "KGM", 1_000),
        ("H35", "MTK", None),  # kelvin metre per watt
        ("BX", "KGM", None),
    ],
)
def test_multiples_are_those_of_recommendation_20(one: str, other: str, times: int | None) -> None:
    assert ratio(one, other) == (None if times is None else Decimal(times))
