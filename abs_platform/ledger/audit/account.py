"""The auditor's own database account: it may read the ledger's tables, and nothing else.

`ABS_AUDIT_DATABASE_URL` names it; `setup_ledger` gives it what it may read. Whoever takes over the auditor can change
nothing, and reads commitments, not documents or people.
"""

from collections.abc import Callable

from django.conf import settings
from django.db import connection, models
from psycopg import sql

from abs_platform.ledger.key_models import PublisherKey
from abs_platform.ledger.models import (
    Anchor,
    AnchorTransaction,
    Chain,
    Channel,
    ChannelChain,
    Checkpoint,
    Cosignature,
    Leaf,
    PendingRecord,
    Record,
    Tile,
)

ALIAS = "audit"
"""The account's connection in settings.DATABASES."""
READABLE: tuple[type[models.Model], ...] = (
    Channel,
    PublisherKey,
    Chain,
    ChannelChain,
    Record,
    PendingRecord,
    Leaf,
    Tile,
    Checkpoint,
    Cosignature,
    Anchor,
    AnchorTransaction,
)


class NoAuditAccount(Exception):
    """The role of ABS_AUDIT_DATABASE_URL does not exist; the message says how to make it."""


def grant(*, say: Callable[[str], None]) -> None:
    """Let the account read what it audits, and take every other right from it. Raises NoAuditAccount."""
    role = str(settings.DATABASES[ALIAS]["USER"])
    if role == settings.DATABASES["default"]["USER"]:
        say("audits use the application's own database account; name another by ABS_AUDIT_DATABASE_URL")
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [role])
        if not cursor.fetchone()[0]:
            raise NoAuditAccount(
                f"ABS_AUDIT_DATABASE_URL names the account {role!r}, which PostgreSQL does not know. Make it: "
                f"CREATE ROLE {role} LOGIN PASSWORD '…'; then repeat setup_ledger."
            )
        for statement in _statements(role, str(connection.settings_dict["NAME"])):
            cursor.execute(statement.as_string(cursor.cursor))


def _statements(role: str, database: str) -> list[sql.Composed]:
    who = sql.Identifier(role)
    tables = sql.SQL(", ").join(sql.Identifier(model._meta.db_table) for model in READABLE)
    return [
        # Whoever may connect may also make temporary tables, unless that is taken from everybody.
        sql.SQL("REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC").format(sql.Identifier(database)),
        sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}").format(who),
        sql.SQL("REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {}").format(who),
        sql.SQL("REVOKE CREATE ON SCHEMA public FROM {}").format(who),
        sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(who),
        sql.SQL("GRANT SELECT ON {} TO {}").format(tables, who),
    ]
