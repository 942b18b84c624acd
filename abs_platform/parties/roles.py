"""What a person or a program may be here. Pure Python."""

from enum import StrEnum


class Role(StrEnum):
    """A role of an organisation; its people and programs carry a subset of it."""

    SUPPLIER = "supplier"
    CORE_ENTERPRISE = "core_enterprise"
    FINANCIER = "financier"
    RISK_OFFICER = "risk_officer"
    OPERATOR = "operator"


ALL_ROLES = frozenset(map(str, Role))
