"""What a European document says that it follows: its profile, told by its guideline or customisation identifier.

Sources: EN 16931-1 BT-24; Factur-X 1.0.07 / ZUGFeRD 2.3 §7 and ZUGFeRD 1.0 for their identifiers; Peppol BIS 3.
"""

import re
from dataclasses import dataclass

EN16931 = "urn:cen.eu:en16931:2017"
# Of what is here, only these two hold too little to be an invoice under the standard.
WITHOUT_LINES = ("MINIMUM", "BASIC WL")
FACTURX_LEVELS = {
    "minimum": "MINIMUM",
    "basicwl": "BASIC WL",
    "basic": "BASIC",
    "en16931": "EN 16931",
    "comfort": "COMFORT",
    "extended": "EXTENDED",
}
# The last name within an identifier decides; a family may state its version.
FAMILIES = (
    (re.compile(r"factur-?x(?:\.eu)?:1p0:(\w+)$"), "Factur-X"),
    (re.compile(r"zugferd(?:\.de)?:2p\d:(\w+)$"), "ZUGFeRD 2.0"),
    (re.compile(r"urn:ferd:crossindustrydocument:invoice:1p0:(\w+)$"), "ZUGFeRD 1.0"),
    (re.compile(r"order-x\.eu:1p0:(\w+)$"), "Order-X"),
)
USAGES = (
    (re.compile(r"xrechnung[_:]?(?:cvd_)?([0-9]+(?:\.[0-9]+)?)?"), "XRechnung"),
    (re.compile(r"nlcius"), "NLCIUS"),
    (re.compile(r"peppol\.eu:2017:poacc:billing:([0-9]+\.[0-9]+)"), "Peppol BIS Billing"),
    (re.compile(r"extended-ctc-fr"), "EXTENDED-CTC-FR"),
)


@dataclass(frozen=True, slots=True)
class Profile:
    """`name` for people; `family` and `level` of Factur-X and its kin, empty otherwise.

    `claims_en16931`: the document holds itself to the rules of EN 16931, possibly within a narrower usage.
    `extends`: it says that it goes beyond the standard, and may therefore break one of its rules by design.
    """

    name: str
    family: str = ""
    level: str = ""
    claims_en16931: bool = False
    extends: bool = False


def profile_of(identifier: str | None) -> Profile:
    """The profile named by a guideline identifier (BT-24); one without name where there is none or an unknown one."""
    stated = (identifier or "").strip().casefold()
    claims = stated.startswith(EN16931)
    extends = "#conformant#" in stated or stated.endswith(":extended")
    for pattern, family in FAMILIES:
        found = pattern.search(stated)
        if found and found[1] in FACTURX_LEVELS:
            level = FACTURX_LEVELS[found[1]]
            # Both are subsets: their rules are the standard's, less what they leave out.
            claims = claims or (family in ("Factur-X", "ZUGFeRD 2.0") and level in WITHOUT_LINES)
            return Profile(f"{family} {level}", family, level, claims, extends)
    if stated == EN16931:
        return Profile("EN 16931", level="EN 16931", claims_en16931=True)
    for pattern, usage in USAGES:
        found = pattern.search(stated)
        if found:
            version = found[1] if pattern.groups and found[1] else ""
            return Profile(f"{usage} {version}".strip(), claims_en16931=claims, extends=extends)
    return Profile("EN 16931" if claims else "", claims_en16931=claims, extends=extends)
