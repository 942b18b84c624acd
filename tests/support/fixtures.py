"""Fixtures of the business's tests; each package's conftest imports those it uses."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from abs_platform.integrations.storage import storage
from tests.support.database import rolled_back
from tests.support.world import World

QUICK_HASHER = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="module")
def storage_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Ciphertext of this module's tests lies here."""
    folder = tmp_path_factory.mktemp("state") / "storage"
    with override_settings(STORAGE_DIR=folder):
        storage.cache_clear()
        yield folder
    storage.cache_clear()


@pytest.fixture(scope="module")
def module_world(django_db_setup: None, django_db_blocker: DjangoDbBlocker, storage_folder: Path) -> Iterator[World]:
    """Everybody, made once for the module. What a test writes is taken back after it: use `world`."""
    with django_db_blocker.unblock(), override_settings(PASSWORD_HASHERS=QUICK_HASHER), rolled_back():
        yield World()


@pytest.fixture
def world(module_world: World, db: None) -> World:
    """Everybody, and nothing has happened yet."""
    return module_world


@pytest.fixture
def committed_world(committed_platform: None, storage_folder: Path) -> Iterator[World]:
    """Everybody, in a database whose transactions really commit. Not in one module with `world`."""
    assert not connection.in_atomic_block, "this module's shared world holds a transaction open"
    cache.clear()
    with override_settings(PASSWORD_HASHERS=QUICK_HASHER):
        yield World()
