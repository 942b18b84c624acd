"""Each rule of eligibility passes, fails with what would mend it, or says that it cannot tell."""

from dataclasses import replace

import pytest

from abs_platform.rights.eligibility import RULES, Facts, Outcome, is_eligible, judge

GOOD = Facts(
    rung=4, poolable_reasons=frozenset(), state="free", tax=("verified",), is_related=False, registered_elsewhere=0
)


def test_a_good_right_passes_every_rule() -> None:
    verdicts = judge(GOOD)
    assert len(verdicts) == len(RULES) == len({each.rule for each in verdicts})
    assert {each.outcome for each in verdicts} == {Outcome.PASS}
    assert is_eligible(verdicts) is True


@pytest.mark.parametrize(
    ("changed", "rule", "reason", "remedy"),
    [
        ({"rung": 2}, "performed", "not_accepted", "confirm_receipt"),
        ({"poolable_reasons": frozenset({"disputed"})}, "undisputed", "dispute_open", "settle_dispute"),
        ({"state": "encumbered"}, "unencumbered", "encumbered", "release_pledge"),
        ({"state": "settled"}, "unencumbered", "settled", ""),
        ({"tax": ()}, "invoice_verified", "no_invoice", "upload_invoice"),
        ({"tax": ("verified", "not_verified")}, "invoice_verified", "not_verified", "await_verification"),
        ({"tax": ("voided",)}, "invoice_verified", "voided", "issue_anew"),
        ({"poolable_reasons": frozenset({"amount_not_fixed"})}, "amount_fixed", "amount_not_fixed", "confirm_prices"),
        ({"poolable_reasons": frozenset({"nothing_left"})}, "amount_fixed", "nothing_left", ""),
        (
            {"poolable_reasons": frozenset({"due_date_not_fixed"})},
            "due_date_fixed",
            "due_date_not_fixed",
            "state_due_date",
        ),
        ({"is_related": True}, "unrelated", "same_group", "disclose_relationship"),
        ({"registered_elsewhere": 2}, "not_registered_elsewhere", "found_in_registry", "clear_registry"),
    ],
)
def test_what_fails_says_why_and_what_would_mend_it(
    changed: dict[str, object], rule: str, reason: str, remedy: str
) -> None:
    verdicts = judge(replace(GOOD, **changed))  # type: ignore[arg-type]  # any of its fields
    [verdict] = [each for each in verdicts if each.rule == rule]
    assert (verdict.outcome, verdict.reason, verdict.remedy) == (Outcome.FAIL, reason, remedy)
    assert is_eligible(verdicts) is False


def test_what_nobody_knows_neither_passes_nor_fails() -> None:
    verdicts = judge(replace(GOOD, tax=(None,), is_related=None, registered_elsewhere=None))
    unknown = {each.rule for each in verdicts if each.outcome == Outcome.UNKNOWN}
    assert unknown == {"invoice_verified", "unrelated", "not_registered_elsewhere"}
    assert is_eligible(verdicts) is None
