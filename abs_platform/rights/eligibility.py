"""Whether a right could enter a pool: the eligibility criteria (合格标准) as versioned rules. Pure Python.

Each rule passes, fails, or cannot be decided with what is on record; each says why and what would make it pass.
Source: DOMAIN "Eligibility". That it is no bill is no rule here: a right is computed from trade documents, and nobody can
bring a bill as one. A plan's own criteria come on top.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from abs_platform.rights.ladder import ACCEPTED
from abs_platform.rights.rules import AMOUNT_NOT_FIXED, CURRENCY_DIFFERS, DISPUTE_OPEN, DUE_DATE_NOT_FIXED, NOTHING_LEFT
from abs_platform.rights.states import RightState
from abs_platform.trade.facts import RED_LETTER, VERIFIED

RULESET = "abs-eligibility/v2"


class Outcome(StrEnum):
    PASS = "pass"  # noqa: S105  # a word of the rules, not of a password
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`reason`: why; `remedy`: what would make it pass, "" where it does or nothing would."""

    rule: str
    outcome: Outcome
    reason: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules look at. `tax`: the tax office's word on each invoice, None where it cannot know of one.

    `is_related`: whether the parties belong to one group, None where the buyer is not known here. `registered_elsewhere`: how
    many others' entries at 中登网 are on record, None where there is none and no search of late showed that there is none.
    """

    rung: int
    poolable_reasons: frozenset[str]
    state: str
    tax: tuple[str | None, ...]
    is_related: bool | None
    registered_elsewhere: int | None = None


Rule = Callable[[Facts], Verdict]


def judge(facts: Facts) -> tuple[Verdict, ...]:
    """One verdict for each rule, in their sequence."""
    return tuple(rule(facts) for rule in RULES)


def is_eligible(verdicts: Sequence[Verdict]) -> bool | None:
    """False where a rule fails, None where one cannot be decided, else True."""
    outcomes = {each.outcome for each in verdicts}
    if Outcome.FAIL in outcomes:
        return False
    return None if Outcome.UNKNOWN in outcomes else True


def _performed(facts: Facts) -> Verdict:
    if facts.rung >= ACCEPTED:
        return Verdict("performed", Outcome.PASS, "accepted")
    return Verdict("performed", Outcome.FAIL, "not_accepted", "confirm_receipt")


def _undisputed(facts: Facts) -> Verdict:
    if DISPUTE_OPEN in facts.poolable_reasons:
        return Verdict("undisputed", Outcome.FAIL, "dispute_open", "settle_dispute")
    return Verdict("undisputed", Outcome.PASS, "no_dispute")


def _unencumbered(facts: Facts) -> Verdict:
    if facts.state == RightState.FREE:
        return Verdict("unencumbered", Outcome.PASS, "free")
    remedy = "release_pledge" if facts.state == RightState.ENCUMBERED else ""
    return Verdict("unencumbered", Outcome.FAIL, facts.state, remedy)


def _invoice_verified(facts: Facts) -> Verdict:
    if not facts.tax:
        return Verdict("invoice_verified", Outcome.FAIL, "no_invoice", "upload_invoice")
    wrong = [status for status in facts.tax if status not in (None, VERIFIED, RED_LETTER)]
    if wrong:
        reason = str(wrong[0])
        return Verdict(
            "invoice_verified", Outcome.FAIL, reason, "await_verification" if reason == "not_verified" else "issue_anew"
        )
    if None in facts.tax:
        return Verdict("invoice_verified", Outcome.UNKNOWN, "not_known_to_tax_office", "verify_by_hand")
    return Verdict("invoice_verified", Outcome.PASS, "verified")


def _amount_fixed(facts: Facts) -> Verdict:
    if facts.rung < ACCEPTED:
        return Verdict("amount_fixed", Outcome.FAIL, "not_accepted", "confirm_receipt")
    if CURRENCY_DIFFERS in facts.poolable_reasons:
        return Verdict("amount_fixed", Outcome.FAIL, CURRENCY_DIFFERS, "correct_currency")
    if NOTHING_LEFT in facts.poolable_reasons:
        return Verdict("amount_fixed", Outcome.FAIL, NOTHING_LEFT)
    if AMOUNT_NOT_FIXED in facts.poolable_reasons:
        return Verdict("amount_fixed", Outcome.FAIL, AMOUNT_NOT_FIXED, "confirm_prices")
    return Verdict("amount_fixed", Outcome.PASS, "fixed")


def _due_date_fixed(facts: Facts) -> Verdict:
    if facts.rung < ACCEPTED:
        return Verdict("due_date_fixed", Outcome.FAIL, "not_accepted", "confirm_receipt")
    if DUE_DATE_NOT_FIXED in facts.poolable_reasons:
        return Verdict("due_date_fixed", Outcome.FAIL, DUE_DATE_NOT_FIXED, "state_due_date")
    return Verdict("due_date_fixed", Outcome.PASS, "fixed")


def _unrelated(facts: Facts) -> Verdict:
    if facts.is_related is None:
        return Verdict("unrelated", Outcome.UNKNOWN, "buyer_unknown", "invite_buyer")
    if facts.is_related:
        return Verdict("unrelated", Outcome.FAIL, "same_group", "disclose_relationship")
    return Verdict("unrelated", Outcome.PASS, "no_common_group")


def _not_registered_elsewhere(facts: Facts) -> Verdict:
    if facts.registered_elsewhere is None:
        return Verdict("not_registered_elsewhere", Outcome.UNKNOWN, "not_searched", "search_registry")
    if facts.registered_elsewhere:
        return Verdict("not_registered_elsewhere", Outcome.FAIL, "found_in_registry", "clear_registry")
    return Verdict("not_registered_elsewhere", Outcome.PASS, "registry_clean")


RULES: tuple[Rule, ...] = (
    _performed,
    _undisputed,
    _unencumbered,
    _invoice_verified,
    _amount_fixed,
    _due_date_fixed,
    _unrelated,
    _not_registered_elsewhere,
)
