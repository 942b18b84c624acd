"""The JSON Schemas beside the verifier say the same of a bundle's and a trust file's form as the verifier itself."""

import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError, validators

from abs_platform.verifier import abs_verify
from abs_platform.verifier.abs_verify import Unreadable
from tests.verifier.builder import FIELDS, Case, make_case
from tests.verifier.checks import Chains
from tests.verifier.mutants import arbitrary, mutated, places, replaced

SEED = 20261126
FOLDER = Path(abs_verify.__file__).parent


def pattern(_: Any, expression: str, value: Any, __: Any) -> Iterator[ValidationError]:
    """As ECMA-262 has it, where "$" is the very end: to Python, a newline may follow it."""
    if isinstance(value, str) and not re.search(expression.replace("$", r"\Z"), value):
        yield ValidationError(f"{value!r} does not match {expression!r}")


Validator = validators.extend(Draft202012Validator, {"pattern": pattern})
BUNDLE, TRUST = (Validator(json.loads((FOLDER / f"{name}.schema.json").read_text())) for name in ("bundle", "trust"))
# What the schema cannot say: times that exist, records at least the tree's size, no half of a surrogate pair.
BEYOND = ("chain_twice", "authority_twice")
BEYOND_FIELDS = (".time", ".records")


@pytest.fixture
def cases(chains: Chains) -> list[Case]:
    return [
        make_case(chains, more=True),
        make_case({"business": chains["business"]}, hash_name="sha256"),
        make_case(chains, disclosed=tuple(FIELDS), more=True),
    ]


def test_schemas_are_schemas() -> None:
    for validator in (BUNDLE, TRUST):
        Draft202012Validator.check_schema(validator.schema)


def test_what_holds_conforms(cases: list[Case]) -> None:
    for case in cases:
        retired = {**case.trust["keys"][0], "last_size": 0}
        other = {"type": "ml-dsa", "public": 5}
        for trust in (case.trust, {**case.trust, "keys": [retired, other, *case.trust["keys"]], "required": 2}):
            TRUST.validate(trust)
        without = {"anchors": [], "timestamps": [], "inclusion": None, "checkpoint": None}
        for bundle in (case.bundle, {**case.bundle, **without}, {**case.bundle, "comment": "ignored"}):
            BUNDLE.validate(bundle)


def fault(bundle: Any) -> abs_verify._Failed | None:
    """What the verifier has against the form of a bundle."""
    try:
        abs_verify._read_bundle(bundle)
    except abs_verify._Failed as failed:
        return failed
    return None


def test_bundles_are_refused_by_both_or_neither(cases: list[Case]) -> None:
    rng, refused, taken = random.Random(SEED), 0, 0
    for _ in range(3_000):
        case = rng.choice(cases)
        bundle = mutated(case.bundle, rng)
        if rng.random() < 0.3:
            bundle = replaced(case.bundle, rng.choice(list(places(case.bundle))), arbitrary(rng))
        conforms, failed = BUNDLE.is_valid(bundle), fault(bundle)
        wrong_format = bundle.get("format") != abs_verify.BUNDLE_FORMAT
        if not conforms:
            refused += 1
            assert failed or wrong_format, bundle
        elif failed:
            field = str(failed.values.get("field", ""))
            assert failed.text in BEYOND or field.endswith(BEYOND_FIELDS), (failed.text, failed.values, bundle)
        else:
            taken += 1
    assert refused > 1_000 and taken > 500


def test_trust_files_are_refused_by_both_or_neither(cases: list[Case]) -> None:
    rng, refused, taken = random.Random(SEED), 0, 0
    for _ in range(2_000):
        trust = rng.choice(cases).trust
        changed = mutated(trust, rng)
        if rng.random() < 0.3:
            changed = replaced(trust, rng.choice(list(places(trust))), arbitrary(rng))
        try:
            abs_verify._read_trust(changed)
            reason = ""
        except Unreadable as unreadable:
            reason = str(unreadable)
        if not TRUST.is_valid(changed):
            refused += 1
            assert reason, changed
        elif reason:
            assert "public key" in reason or "a chain twice" in reason, (reason, changed)
        else:
            taken += 1
    assert refused > 500 and taken > 300
