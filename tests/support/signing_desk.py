"""What tests of the confirmation desk share: colleagues, what the queue shows, and a key that an organisation holds itself."""

from typing import Any

from abs_platform.crypto import sm2
from abs_platform.parties.actor import Actor
from abs_platform.trade import selectors, statements
from abs_platform.trade.desk import settings
from abs_platform.trade.desk.settings import possession_statement
from abs_platform.trade.models import SettingsChange
from tests.support.world import Member, World

Json = dict[str, Any]


def colleague(world: World, name: str, *roles: str) -> Member:
    """One more person, and a program, of the core enterprise."""
    return Member(world.core.organisation, name, roles or ("core_enterprise",))


def shown(member: Member, **query: object) -> list[Json]:
    """What its queue shows now, as a manifest names documents."""
    rows = member.browser.rows("confirmations", page_size=100, **{"state": "pending", **query})
    return [{"id": row["id"], "content_digest": row["content_digest"]} for row in rows]


def digest_now(actor: Actor, document_id: object) -> str:
    """The digest of what its sheet shows now."""
    row = selectors.queued(actor=actor, document_id=document_id)  # type: ignore[arg-type]  # an id of the tests
    return statements.digest_of(statements.content_of(row, selectors.compared(row.trade)))


def approved(by: Actor, change: SettingsChange) -> None:
    """A second person approves a change of settings."""
    settings.decide(actor=by, change_id=change.id, action="approve")


def own_key(world: World, second: Member) -> sm2.SM2KeyPair:
    """The core enterprise signs with a key of its own from now on; two people saw to that."""
    pair = sm2.generate()
    signature = pair.sign(possession_statement(world.core.organisation.id, pair.public).encode())
    change = settings.request_own_key(actor=world.core.actor, public=pair.public, signature=signature)
    approved(second.actor, change)
    return pair


def limits(
    world: World, second: Member, *, one: int | None = None, two: int | None = None, typed: int | None = None,
    executives: tuple[Member, ...] = (),
) -> None:  # fmt: skip
    """The core enterprise's limits in yuan, set by two people."""

    def text(limit: int | None) -> str | None:
        return None if limit is None else str(limit)

    body = {
        "currency": "CNY",
        "one_person_up_to": text(one),
        "two_people_up_to": text(two),
        "typed_above": text(typed),
        "executives": [str(each.actor.person_id) for each in executives],
    }
    desk = world.core.browser.post("confirmations/desk/policy", body, status=201)
    second.browser.post(f"confirmations/desk/changes/{desk['changes'][-1]['id']}/approve")
