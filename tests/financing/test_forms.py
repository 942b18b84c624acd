"""What a form of lending takes."""

from abs_platform.financing.api.forms import OfferIn


def test_an_offer_says_its_end_with_the_offset_from_utc() -> None:
    """Eight hours are between Beijing and UTC; an offer that ended too soon could be taken no more."""
    naive = OfferIn(data={"valid_until": "2026-01-01T10:00:00"})
    assert not naive.is_valid() and [each.code for each in naive.errors["valid_until"]] == ["offset_missing"]
    aware = OfferIn(data={"valid_until": "2026-01-01T10:00:00+08:00"})
    assert not aware.is_valid() and "valid_until" not in aware.errors
