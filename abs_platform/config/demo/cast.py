"""Who plays in the demonstration. Every name and code is made up."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from abs_platform.config.sample import trade as sample
from abs_platform.config.sample.make import Company, credit_code
from abs_platform.integrations.formats.model import Party
from abs_platform.parties import services as parties
from abs_platform.parties.actor import PLATFORM, Actor
from abs_platform.parties.models import Organisation
from abs_platform.parties.roles import Role
from abs_platform.parties.selectors import actor_of_person

BEARINGS = sample.SUPPLIER
GROUP = sample.CORE_ENTERPRISE
CASTINGS = Company(
    name="宁波海曜铸锻有限公司",
    name_en="Ningbo Haiyao Castings and Forgings Co., Ltd.",
    credit_code=credit_code("330200", "MA0DEM03"),
    city="宁波市",
    street="北仑示例路9号",
    bank="示例银行北仑支行",
    account="6200000000000309009",
)
HARNESS = Company(
    name="重庆渝联线束科技有限公司",
    name_en="Chongqing Yulian Wiring Harness Technology Co., Ltd.",
    credit_code=credit_code("500100", "MA0DEM04"),
    city="重庆市",
    street="两江示例大道77号",
    bank="示例银行两江支行",
    account="6200000000000577077",
)
PROJECT = Company(
    name="岚岳（烟台）风电装备有限公司",
    name_en="Lanyue (Yantai) Wind Power Equipment Co., Ltd.",
    credit_code=credit_code("370600", "MA0DEM05"),
    city="烟台市",
    street="示例港路5号",
)
BANK = Company(
    name="海岳商业银行股份有限公司",
    name_en="Haiyue Commercial Bank Co., Ltd.",
    credit_code=credit_code("310000", "MA0DEM06"),
)
FACTOR = Company(
    name="启明商业保理有限公司",
    name_en="Qiming Commercial Factoring Co., Ltd.",
    credit_code=credit_code("440300", "MA0DEM07"),
)


@dataclass(frozen=True, slots=True)
class RoleInPlay:
    """One account of the demonstration."""

    username: str
    person: str
    company: Company | None  # None: the operating organisation, or no organisation at all
    role: str
    description: str


ROLES = (
    RoleInPlay("supplier", "林澄", BEARINGS, "supplier", "SME 供应商: uploads documents, shares them, sees its rights"),
    RoleInPlay(
        "supplier2", "周海", CASTINGS, "supplier", "second supplier, with a revoked consent and a disputed receipt"
    ),
    RoleInPlay("supplier3", "何渝", HARNESS, "supplier", "third supplier, just starting"),
    RoleInPlay("core", "岳岚", GROUP, "core_enterprise", "core enterprise 核心企业: confirms or disputes"),
    RoleInPlay("project", "于烟", PROJECT, "core_enterprise", "project company 项目公司 of the core enterprise"),
    RoleInPlay("financier", "金海", BANK, "financier", "financier 资金方 with a consent in force"),
    RoleInPlay("financier2", "齐明", FACTOR, "financier", "second financier, whose consent was revoked"),
    # Second people: what moves money, one proposes and another approves.
    RoleInPlay(
        "supplier-director", "许诚", BEARINGS, "supplier", "its director: accepts what a colleague proposed to accept"
    ),
    RoleInPlay("core-director", "岳衡", GROUP, "core_enterprise", "second person of the core enterprise"),
    RoleInPlay(
        "financier-head", "金岳", BANK, "financier", "second person of the bank: approves programmes, offers, payments"
    ),
    RoleInPlay("financier2-head", "齐远", FACTOR, "financier", "second person of the factor"),
    RoleInPlay("risk", "方晓", None, "risk_officer", "risk officer 风险官: alerts and figures, no files"),
    RoleInPlay("operator", "运维", None, "operator", "operator 平台运营: organisations, jobs, chains"),
    RoleInPlay("nobody", "无名", None, "none", "no access: signed in, and sees nothing"),
)


@dataclass(frozen=True, slots=True)
class Player:
    """A role with its organisation, ready to act."""

    organisation: Organisation | None
    actor: Actor

    @property
    def organisation_name(self) -> str:
        """The organisation's name, or a dash."""
        return self.organisation.name if self.organisation else "—"


@transaction.atomic
def make(passwords: Mapping[str, str]) -> dict[str, Player]:
    """The organisations and accounts, by username."""
    operator = Organisation.objects.select_related("network").filter(roles__contains=[Role.OPERATOR]).earliest("id")
    made: dict[str, Organisation] = {}
    players = {}
    for role in ROLES:
        home = operator if role.role in (Role.OPERATOR, Role.RISK_OFFICER) else None
        if role.company:
            home = made.get(role.company.name) or _organisation(role, operator, made.get(GROUP.name))
            made[role.company.name] = home
        person = parties.create_person(
            actor=PLATFORM,
            organisation_id=home.id if home else None,
            username=role.username,
            password=passwords[role.username],
            display_name=role.person,
            roles=[role.role] if home else [],
        )
        players[role.username] = Player(home, actor_of_person(person))
    return players


def _organisation(role: RoleInPlay, operator: Organisation, group: Organisation | None) -> Organisation:
    company = role.company
    if company is None:
        raise ValueError(f"{role.username} has no company")
    return parties.create_organisation(
        actor=PLATFORM,
        network_id=operator.network_id,
        name=company.name,
        name_en=company.name_en,
        roles=[role.role],
        listed=role.role == Role.SUPPLIER,
        parent_id=group.id if company is PROJECT and group else None,
        identifiers=Party(name=company.name, company_id=company.credit_code).identifiers(),
    )
