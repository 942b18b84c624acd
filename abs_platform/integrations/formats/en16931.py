"""EN 16931 and the profiles on it: what a document that claims to follow them breaks, as remarks.

A document claims EN 16931 by its customisation or guideline identifier (BT-24). One that does not is held to
`remarks` only. National rules (BR-DE, BR-NL, BR-FR …) are nobody's business here.

Levels. A fatal rule of the standard refuses the document: its receiver's systems would refuse it too. What only the
profile's syntax adds is good to know. Code lists grow twice a year and ours may be older than the document, so a code
we do not know asks for a look; only kinds, currencies, countries and tax categories are settled enough to refuse for.
A document that says it goes beyond the standard ("#conformant#") and whose own rules are not here is refused for what
is missing, but not for sums and codes, which such an extension redefines.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from abs_platform.integrations.formats import cii, validators
from abs_platform.integrations.formats.cii_syntax import CII, ORDER_X, ZUGFERD_1
from abs_platform.integrations.formats.fields import NAMESPACES, UBL, Element
from abs_platform.integrations.formats.model import ZERO, Extracted, Level, Remark
from abs_platform.integrations.formats.profiles import Profile, profile_of
from abs_platform.integrations.formats.reading import Reading
from abs_platform.integrations.formats.remarks import SUM_TOLERANCE
from abs_platform.integrations.formats.rule_fields import code_rule, field_of
from abs_platform.integrations.formats.validators import Failure, SchemaError

# The rules take 2 to 5 ms a line: what is longer than this is held to `remarks` alone, and that is said.
MAX_ELEMENTS = 40_000
# How often one rule is named; the rest is counted.
MAX_PER_RULE = 20
MAX_REMARKS = 100

UBL_ROOTS = {f"{{{UBL}{name}-2}}{name}": name for name in ("Invoice", "CreditNote")}
EXTENDED_CTC_FR = "EXTENDED-CTC-FR"

# The standard's rules, its UBL and CII bindings, and Factur-X's restatement of them for its EXTENDED profile.
STANDARD = re.compile(
    r"BR-(?:[0-9]+|(?:CO|CL|DEC|B|S|Z|E|AE|IC|G|O|IG|IP|AF|AG|FXEXT|FREXT)-.*)|(?:UBL|CII)-(?:SR|DT|CR|FREXT).*"
)
SETTLED_CODES = frozenset({"BR-CL-01", "BR-CL-03", "BR-CL-04", "BR-CL-05", "BR-CL-14", "BR-CL-17", "BR-CL-18"})
EXTENSIBLE = re.compile(r"BR-(?:CO-1[0-7]|CL-.*|[A-Z]+-0[89])")
# The German usage for clean vehicles brings a classification list of its own (BT-158 with scheme CVD).
# Rules on VAT, which find nothing where the tax is another (a goods and services tax of an international extension).
ON_VAT = re.compile(r"BR-(?:4[5-8]|CO-(?:04|17|18)|(?:S|Z|E|AE|IC|G|O|IG|IP|AF|AG|CL)-.*)")
VAT = "VAT"
CVD, CLASSIFICATION = "xrechnung:cvd", "BR-CL-13"
GUIDELINE = "GuidelineSpecifiedDocumentContextParameter"
# Our own remark on a sum, and the standard's rule on it.
SAME = {
    "lines_total": ("BR-CO-10", "BR-FXEXT-CO-10"),
    "total_arithmetic": ("BR-CO-13",),
    "tax_inclusive_arithmetic": ("BR-CO-15", "BR-FXEXT-CO-15"),
    "payable_arithmetic": ("BR-CO-16",),
}


def checked(root: Element, reading: Reading) -> Reading:
    """The reading of `root` with what its profile's rules say of it; as it was where they do not apply."""
    document = reading.document
    claim = _claim(root)
    if document is None or claim is None:
        return reading
    profile, sheet, schema = claim
    errors = validators.schema_errors(root, schema)
    found = list(_of_schema(errors, profile))
    if sum(1 for _ in root.iter()) > MAX_ELEMENTS:
        detail = f"The document has more than {MAX_ELEMENTS} elements: the rules of {profile.name} were not run."
        found.append(Remark("rules_not_run", detail, {"profile": profile.name}, Level.NOTICE))
    # Rules reckon with figures: on a value that is none they could only break off.
    elif not any(error.is_value for error in errors):
        try:
            found.extend(_of_rules(validators.failures_of(root, sheet) if sheet else (), root, profile))
        except validators.NotEvaluated as error:
            detail = f"The rules of {profile.name} could not be evaluated: {error}"
            found.append(Remark("rules_not_evaluated", detail, {"profile": profile.name}, Level.ATTENTION))
    third_party = _third_party_payments(root) if profile.extends else ZERO
    found = [_explained(remark, document, third_party) for remark in found]
    has_sums = bool(document.lines) and profile.claims_en16931 and profile.level != "MINIMUM"
    own = _reconciled(document, found) if has_sums else document.remarks
    return replace(
        reading,
        document=replace(document, remarks=own),
        remarks=(*reading.remarks, *found[:MAX_REMARKS]),
    )


def _claim(root: Element) -> tuple[Profile, str, str] | None:
    """(profile, its stylesheet, its schema), each empty where there is none; None where nothing is claimed."""
    name = str(root.tag)
    if name in UBL_ROOTS:
        profile = profile_of(root.findtext("cbc:CustomizationID", namespaces=NAMESPACES))
        is_french = profile.name == EXTENDED_CTC_FR
        sheet = validators.UBL_CTC_SHEET if is_french else validators.UBL_SHEET
        return (profile, sheet, validators.UBL_SCHEMAS[UBL_ROOTS[name]]) if profile.claims_en16931 else None
    if name == CII.root:
        profile = cii.profile_in(root)
        if not profile.claims_en16931:
            return None
        if profile.name == EXTENDED_CTC_FR:
            return profile, validators.CII_CTC_SHEET, validators.CII_SCHEMA
        if profile.family and profile.level in validators.FACTURX_SHEETS:
            return profile, validators.FACTURX_SHEETS[profile.level], validators.FACTURX_SCHEMAS[profile.level]
        return profile, validators.FACTURX_SHEETS["EN 16931"], validators.CII_SCHEMA
    if name == ZUGFERD_1.root:
        return cii.profile_in(root), "", validators.ZUGFERD_1_SCHEMA
    if name == ORDER_X.root:
        profile = cii.profile_in(root)
        if profile.level in validators.ORDERX_SHEETS:
            return profile, validators.ORDERX_SHEETS[profile.level], validators.ORDERX_SCHEMAS[profile.level]
    return None


def _of_schema(errors: Sequence[SchemaError], profile: Profile) -> Iterator[Remark]:
    """A profile of Factur-X is a schema of its own, and what breaks it is none; elsewhere a person should look.

    A value that is none is refused wherever the standard is claimed, as in the fields that are read.
    """
    values = [error for error in errors if error.is_value]
    first = next(iter([*values, *errors]), None)
    if first is None:
        return
    is_refused = profile.claims_en16931 and (bool(values) or bool(profile.family))
    params = {"line": str(first.line), "profile": profile.name, "count": str(len(errors))}
    if values:
        detail = f"A value in line {first.line} is none: {first.sentence}"
        rule = "value_invalid"
    else:
        detail = f"The XML is not as {profile.name or 'its syntax'} says, first in line {first.line}: {first.sentence}"
        rule = "schema_invalid"
    yield Remark(rule, detail, params, Level.REFUSED if is_refused else Level.ATTENTION)


def _of_rules(failures: Iterable[Failure], root: Element, profile: Profile) -> Iterator[Remark]:
    counts: Counter[str] = Counter()
    # The grave ones first, so that a bound cuts off the others.
    for failure in sorted(failures, key=lambda each: each.is_warning):
        rule = _rule(failure, root)
        if _is_beside_the_point(failure, profile):
            continue
        level = _level(rule, failure, root, profile)
        key = rule if level is not Level.NOTICE else f"{rule} notice"
        counts[key] += 1
        if counts[key] > (1 if level is Level.NOTICE else MAX_PER_RULE):
            continue
        params = {"rule": rule, "location": failure.location, "profile": profile.name}
        yield Remark(rule, failure.text, params, level, field_of(rule, failure.path))


def _rule(failure: Failure, root: Element) -> str:
    """The rule's name; a code that a profile finds in none of its lists by the standard's rule for that list."""
    code = code_rule(failure)
    if code:
        return code
    if failure.text.startswith("Value of ") and GUIDELINE in {name for name, _ in failure.path}:
        return "profile_unknown"
    if failure.rule:
        return failure.rule
    return "ORDER-X" if root.tag == ORDER_X.root else "FACTUR-X"


def _is_beside_the_point(failure: Failure, profile: Profile) -> bool:
    """The Factur-X stylesheet knows no other usage's identifier; it stands in for the standard's own."""
    return not profile.family and bool(failure.path) and GUIDELINE in {name for name, _ in failure.path}


def _level(rule: str, failure: Failure, root: Element, profile: Profile) -> Level:
    if failure.is_warning:
        return Level.NOTICE
    if not STANDARD.fullmatch(rule):
        return _level_of_profile(failure, root, profile)
    if profile.extends and ON_VAT.fullmatch(rule) and _has_other_tax(root):
        return Level.NOTICE
    has_own_rules = bool(profile.family) or profile.name == EXTENDED_CTC_FR
    is_code = rule.startswith("BR-CL-")
    if rule == CLASSIFICATION and CVD in (root.findtext("cbc:CustomizationID", "", NAMESPACES) or _guideline(root)):
        return Level.NOTICE
    if profile.extends and EXTENSIBLE.fullmatch(rule) and (is_code or not has_own_rules):
        return Level.NOTICE if is_code else Level.ATTENTION
    if is_code and rule not in SETTLED_CODES:
        return Level.ATTENTION
    return Level.REFUSED


def _has_other_tax(root: Element) -> bool:
    """Whether the document states what taxes its lines and sums bear, and none of them is VAT."""
    schemes = {
        (each.text or "").strip().upper()
        for category in ("ClassifiedTaxCategory", "TaxCategory")
        for each in root.iterfind(f".//cac:{category}/cac:TaxScheme/cbc:ID", NAMESPACES)
    }
    return bool(schemes) and VAT not in schemes


def _level_of_profile(failure: Failure, root: Element, profile: Profile) -> Level:
    """What a profile adds to the standard: notable where something is missing or the profile itself is misstated."""
    is_own = bool(profile.family) or root.tag == ORDER_X.root
    is_missing = "must occur" in failure.text or "minimum" in failure.text
    is_misnamed = GUIDELINE in {name for name, _ in failure.path}
    return Level.ATTENTION if is_own and (is_missing or is_misnamed) else Level.NOTICE


def _guideline(root: Element) -> str:
    return root.findtext(f"*/{{*}}{GUIDELINE}/{{*}}ID") or ""


def _third_party_payments(root: Element) -> Decimal:
    """Collected for somebody else (XRechnung extension BG-DEX-09), and payable on top of the invoice."""
    stated = (each.text or "" for each in root.findall("cac:PrepaidPayment/cbc:PaidAmount", NAMESPACES))
    return sum((Decimal(text) for text in stated if re.fullmatch(r"\s*-?[0-9]{1,15}(\.[0-9]{1,13})?\s*", text)), ZERO)


def _explained(remark: Remark, document: Extracted, third_party: Decimal) -> Remark:
    """BR-CO-16 holds once what is collected for third parties is counted."""
    totals = document.totals
    if remark.rule != "BR-CO-16" or not third_party or totals.payable is None or totals.tax_inclusive is None:
        return remark
    due = totals.tax_inclusive - (totals.prepaid or ZERO) + (totals.rounding or ZERO) + third_party
    return replace(remark, level=Level.NOTICE) if abs(due - totals.payable) <= SUM_TOLERANCE else remark


def _reconciled(document: Extracted, found: Iterable[Remark]) -> tuple[Remark, ...]:
    """Our own remarks; on a sum that the standard has a rule for, its rule decides how grave it is."""
    levels = {remark.rule: remark.level for remark in found}
    if levels.keys() & {"rules_not_run", "rules_not_evaluated", "value_invalid"}:
        return document.remarks
    reconciled = []
    for remark in document.remarks:
        rules = SAME.get(remark.rule, ())
        stated = [levels[rule] for rule in rules if rule in levels]
        if rules and (Level.NOTICE in stated or not stated):
            reconciled.append(replace(remark, level=Level.NOTICE))
        else:
            reconciled.append(remark)
    return tuple(reconciled)
