"""In production a missing setting stops the start and says its name; business figures come from the environment."""

import os
import runpy
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

SETTINGS = Path(__file__).resolve().parents[2] / "abs_platform" / "config" / "settings.py"
PRODUCTION = {
    "ABS_ENV": "production",
    "ABS_SECRET_KEY": "s" * 50,
    "ABS_WEB_URL": "https://abs.example.com",
    "DATABASE_URL": "postgres://u:p@db:5432/abs",
    "ABS_AUDIT_DATABASE_URL": "postgres://auditor:p@db:5432/abs",
    "REDIS_URL": "redis://cache:6379/0",
    "ABS_CHAINS": "[]",
    "ABS_LOG_ORIGIN": "abs.example.com/main",
    "ABS_MASTER_KEY_FILE": "/run/secrets/master.key",
}


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]  # a function
    def run(environment: dict[str, str]) -> dict[str, Any]:
        for name in [name for name in os.environ if name.startswith("ABS_") or name in PRODUCTION]:
            monkeypatch.delenv(name)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(SETTINGS))

    return run


def test_production_starts_with_all_of_them(load: Any) -> None:
    assert load(PRODUCTION)["LOG_ORIGIN"] == "abs.example.com/main"


@pytest.mark.parametrize("missing", [name for name in PRODUCTION if name != "ABS_ENV"])
def test_production_has_no_default_for_what_must_be_chosen(load: Any, missing: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=missing):
        load({name: value for name, value in PRODUCTION.items() if name != missing})


def test_rates_and_days_come_from_the_environment(load: Any) -> None:
    rates = '{"1": "0.1", "2": "0.2", "3": "0.3", "4": "0.4", "5": "0.5"}'
    found = load({"ABS_ADVANCE_RATES": rates, "ABS_CONFIRMATION_DAYS": "9"})
    assert found["ADVANCE_RATES"] == {1: "0.1", 2: "0.2", 3: "0.3", 4: "0.4", 5: "0.5"}
    assert found["CONFIRMATION_DAYS"] == 9


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ABS_ADVANCE_RATES", "nonsense"),
        ("ABS_ADVANCE_RATES", '{"1": "0.3"}'),
        ("ABS_ADVANCE_RATES", '{"1": "0.3", "2": "0.4", "3": "0.7", "4": "0.8", "5": "90"}'),
        ("ABS_ADVANCE_RATES", '{"1": "0.3", "2": "0.4", "3": "0.7", "4": "0.8", "5": "NaN"}'),
        ("ABS_CONFIRMATION_DAYS", "0"),
    ],
)
def test_figures_that_make_no_sense_stop_the_start(load: Any, name: str, value: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=name):
        load({name: value})
