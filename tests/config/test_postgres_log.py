"""The embedded PostgreSQL writes no statement to its log: statements carry what documents say."""

import os
import secrets
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction


@pytest.mark.usefixtures("db")
def test_a_failing_statement_is_not_in_the_log() -> None:
    log = Path(os.environ["ABS_STATE"]) / "logs" / "postgres.log"
    if not log.exists():
        pytest.skip("the database is not the embedded one")
    content = secrets.token_hex(16)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT nothing FROM parties_network WHERE name = %s", [content])
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(2.1), %s", [content])
    assert content not in log.read_text(errors="replace")
