"""Databases, actors and API callers for every test. PostgreSQL, Redis and the chain are real: run through `./abs test`."""

import gc
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test.utils import setup_databases, teardown_databases
from hypothesis import HealthCheck, settings
from psycopg import errors, sql
from pytest_django import DjangoDbBlocker

VACUUM_SECONDS = 20
COMMITTING = {"committed", "committed_platform"}
NEEDED = ("DATABASE_URL", "REDIS_URL", "ABS_CHAINS", "ABS_STATE")

# What a property says does not depend on how busy the machine is.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def pytest_configure(config: pytest.Config) -> None:
    """Stop early, and say how, when the services are not there."""
    missing = [name for name in NEEDED if not os.environ.get(name)]
    if missing:
        pytest.exit(f"{', '.join(missing)} not set: run the tests by `./abs test [pytest arguments]`", returncode=4)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of our own."""
    parser.addoption("--pictures", metavar="FOLDER", help="keep the README's screenshots there (browser tests)")


def pytest_collection_finish() -> None:
    """What is imported stays: the garbage collector need not look at it again after every few objects."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last: their event loop stays in this thread, and the ORM refuses to work beside one."""
    items.sort(key=lambda item: "tests/browser" in item.nodeid)


def _names() -> tuple[str, str, str]:
    """The test database; its template with the ledger set up; its template with nothing but tables."""
    name = str(connection.settings_dict["NAME"])
    return name, f"{name}_platform", f"{name}_bare"


def _administer(*statements: sql.Composed) -> None:
    """Run statements that no transaction may hold, from the maintenance database."""
    options = connection.settings_dict
    connection.close()
    connection.close_pool()
    with psycopg.connect(
        host=options["HOST"],
        port=options["PORT"],
        user=options["USER"],
        password=options["PASSWORD"],
        dbname="postgres",
        autocommit=True,
    ) as maintenance:
        for statement in statements:
            _execute(maintenance, statement)


def _execute(maintenance: psycopg.Connection[Any], statement: sql.Composed) -> None:
    """Run it; again where an autovacuum worker, which nobody but a superuser may end, holds the database for a moment."""
    deadline = time.monotonic() + VACUUM_SECONDS
    while True:
        try:
            maintenance.execute(statement)
        except (errors.InsufficientPrivilege, errors.ObjectInUse):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


def _dropped(name: str) -> sql.Composed:
    return sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))


@dataclass
class _Database:
    """The test database. Whoever commits leaves it spoilt; the next who needs one renews it from a template."""

    equals: str | None = None  # the template that it is a copy of; "" once spoilt, None before it is made

    def save_as(self, template: str) -> None:
        _administer(_dropped(template), _created(template, source=_names()[0]))
        self.equals = template

    def renew(self, template: str) -> None:
        if self.equals != template:
            name = _names()[0]
            _administer(_dropped(name), _created(name, source=template))
            self.equals = template


DATABASE = _Database()


def _created(name: str, *, source: str) -> sql.Composed:
    return sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(source))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Before even a module's own fixtures: what takes its writes back finds a database that nobody has spoilt."""
    names = set(getattr(item, "fixturenames", ()))
    uses_database = bool({"django_db_setup", "db"} & names) or item.get_closest_marker("django_db") is not None
    if uses_database and not COMMITTING & names and DATABASE.equals is not None:
        DATABASE.renew(_names()[1])


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The migrated database with its ledger set up, and templates of it: tables that only grow cannot be truncated."""
    with django_db_blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False)
        _, platform, bare = _names()
        DATABASE.save_as(bare)
        call_command("setup_ledger", verbosity=0)
        call_command("setup_registry", verbosity=0)
        DATABASE.save_as(platform)
    yield
    with django_db_blocker.unblock():
        _administer(_dropped(platform), _dropped(bare))
        teardown_databases(made, verbosity=0)


@pytest.fixture
def committed_platform(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A database with the ledger set up, whose transactions really commit."""
    with _spoiling(_names()[1], django_db_blocker):
        yield


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A database with tables and nothing in them, whose transactions really commit."""
    with _spoiling(_names()[2], django_db_blocker):
        yield


@contextmanager
def _spoiling(template: str, blocker: DjangoDbBlocker) -> Iterator[None]:
    with blocker.unblock():
        DATABASE.renew(template)
        DATABASE.equals = ""
        yield
        connection.close()


@pytest.fixture(autouse=True)
def _fresh_cache(request: pytest.FixtureRequest) -> Iterator[None]:
    """Throttles and sign-in limits of one test do not reach the next."""
    yield
    if {"db", *COMMITTING} & set(request.fixturenames):
        cache.clear()
