"""The auditor's database account can read the ledger, and do nothing else whatever it tries."""

import pytest
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection, connections, models

from abs_platform.ledger import services
from abs_platform.ledger.audit import account, audit
from abs_platform.ledger.key_models import HandOver
from abs_platform.ledger.models import AuditRun
from tests.ledger.conftest import Ledger

pytestmark = (
    pytest.mark.skipif(  # never in `./abs test`, which makes the account; a database given from outside may lack it
        settings.DATABASES["audit"]["USER"] == settings.DATABASES["default"]["USER"],
        reason="ABS_AUDIT_DATABASE_URL names no account of its own",
    )
)

ALL = apps.get_models(include_auto_created=True)
CLOSED = [model for model in ALL if model not in account.READABLE]


@pytest.fixture
def audited(unanchored: Ledger) -> Ledger:
    """A log with a sealed and a pending record."""
    unanchored.append()
    services.seal()
    unanchored.append()
    return unanchored


def refused(statement: str) -> bool:
    """Whether PostgreSQL refuses the account this, though it says that it means to write."""
    auditor = connections["audit"]
    try:
        with auditor.cursor() as cursor:
            cursor.execute("SET default_transaction_read_only = off")
            if statement.startswith("LOCK"):
                cursor.execute("BEGIN")
            cursor.execute(statement)
    except DatabaseError as error:
        return "permission denied" in str(error) or "must be owner" in str(error)
    finally:
        auditor.close()
    return False


def test_it_is_another_account_and_an_audit_works_by_it(audited: Ledger) -> None:
    with connections["audit"].cursor() as cursor:
        cursor.execute("SELECT current_user, (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)")
        name, is_superuser = cursor.fetchone()
        assert name != connection.settings_dict["USER"] and not is_superuser
        cursor.execute("SELECT count(*) FROM ledger_record")
        assert cursor.fetchone() == (2,)
    connections["audit"].close()
    assert audit().wrong is None


def test_it_reads_nothing_but_the_ledger(audited: Ledger) -> None:
    assert {model.__name__ for model in CLOSED} >= {
        "Document",
        "Person",
        "Trade",
        "OrganisationKey",
        "AuditEntry",
        "Job",
    }
    readable = [model.__name__ for model in CLOSED if not refused(f"SELECT * FROM {model._meta.db_table}")]
    assert readable == []


def test_it_is_given_every_table_of_the_ledger_that_it_must_read(audited: Ledger) -> None:
    """A new table is either audited or named here."""
    assert set(apps.get_app_config("ledger").get_models()) - set(account.READABLE) == {AuditRun, HandOver}
    assert not any(refused(f"SELECT * FROM {model._meta.db_table}") for model in account.READABLE)


def test_it_writes_nothing_anywhere(audited: Ledger) -> None:
    done = [
        statement
        for model in ALL
        for statement in (
            f"INSERT INTO {model._meta.db_table} DEFAULT VALUES",
            f"UPDATE {model._meta.db_table} SET {_column(model)} = NULL",
            f"DELETE FROM {model._meta.db_table}",
            f"TRUNCATE {model._meta.db_table} CASCADE",
            f"LOCK TABLE {model._meta.db_table} IN EXCLUSIVE MODE",
            f"ALTER TABLE {model._meta.db_table} DISABLE TRIGGER ALL",
        )
        if not refused(statement)
    ]
    assert done == []


def test_it_makes_nothing_of_its_own(audited: Ledger) -> None:
    role = connection.settings_dict["USER"]
    for statement in (
        "CREATE TABLE mine (n int)",
        "CREATE TEMPORARY TABLE mine (n int)",
        "CREATE SCHEMA mine",
        "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE ROLE mine",
        "CREATE DATABASE mine",
        f"SET ROLE {role}",
        "SELECT nextval('ledger_pendingrecord_id_seq')",
        "SELECT pg_read_file('/etc/passwd')",
        "COPY (SELECT 1) TO PROGRAM 'true'",
    ):
        assert refused(statement), statement


def _column(model: type[models.Model]) -> str:
    return next(field.column for field in model._meta.concrete_fields if field.column)
