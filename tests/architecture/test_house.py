"""The plan of the house holds: layers, schema, migrations, matrix, sizes, purity."""

import ast
import json
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import URLPattern

from abs_platform.config import urls
from tests.api import matrix
from tests.support import schema

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "abs_platform"
MOST_LINES = 400
# Longer for a reason.
LONG = {
    "abs_platform/verifier/abs_verify.py": "one file that can be carried away and read by itself",
}


@cache
def sources() -> list[Path]:
    """Every Python file of the product but migrations, which are generated."""
    return [path for path in sorted(PACKAGE.rglob("*.py")) if "migrations" not in path.parts]


def test_the_layers_hold() -> None:
    program = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


def test_the_committed_schema_is_the_present_one(tmp_path: Path) -> None:
    """Otherwise: `./abs manage spectacular --format openapi-json --file frontend/openapi.json`."""
    fresh = tmp_path / "openapi.json"
    call_command("spectacular", "--format", "openapi-json", "--file", str(fresh), "--fail-on-warn", "--validate")
    assert json.loads(fresh.read_text()) == schema.document()


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def endpoints() -> set[str]:
    """ "METHOD path" of everything below /api/v1, by asking Django's own resolver."""
    found = set()
    for pattern in urls.api:
        assert isinstance(pattern, URLPattern), "a nested include: teach this test to follow it"
        path = str(pattern.pattern)
        if path == "^.*$":
            continue  # what is not there
        view = getattr(pattern.callback, "cls", None) or getattr(pattern.callback, "view_class", None)
        methods = [m for m in ("get", "post", "put", "patch", "delete") if hasattr(view, m)] if view else ["get"]
        found |= {f"{method.upper()} {path}" for method in methods}
    return found


def shape_of(path: str) -> str:
    """The path with every parameter alike."""
    return "/".join("*" if part.startswith(("<", "{")) else part for part in path.partition("?")[0].split("/"))


def test_every_endpoint_has_a_row_in_the_authorisation_matrix() -> None:
    rows = {shape_of(str(row)) for row in matrix.ROWS} | set(matrix.ELSEWHERE)
    assert {shape_of(each) for each in endpoints()} == rows


def test_every_endpoint_of_the_matrix_is_in_the_schema() -> None:
    known = {
        shape_of(f"{method.upper()} {path.removeprefix(schema.PREFIX)}")
        for path, operations in schema.document()["paths"].items()
        for method in operations
    }
    assert known == {shape_of(str(row)) for row in matrix.ROWS}


def test_the_endpoints_left_out_of_the_matrix_have_tests_of_their_own() -> None:
    for endpoint, module in matrix.ELSEWHERE.items():
        path = endpoint.split(" ", 1)[1]
        assert path in (ROOT / "tests" / "api" / f"{module}.py").read_text(), endpoint


def test_no_file_is_longer_than_a_few_screens() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in sources()
        if (lines := len(path.read_text().splitlines())) > MOST_LINES
    }
    assert set(long) == set(LONG), long


@pytest.mark.parametrize("name", ["states", "rules", "joining", "facts", "ladder", "roles", "transitions"])
def test_lifecycles_and_calculations_are_pure_python(name: str) -> None:
    files = [path for path in sources() if path.stem == name]
    assert files
    for path in files:
        for node in ast.walk(ast.parse(path.read_text())):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                modules = [node.module or ""]
            for module in modules:
                assert not module.startswith(("django", "rest_framework", "celery", "guardian")), (path, module)
                own = PACKAGE.parent / (module.replace(".", "/") + ".py")
                assert own.stem not in ("models", "services", "selectors", "tasks") or not own.exists(), (path, module)


def test_importing_states_and_rules_needs_no_django() -> None:
    """In a process that cannot import it."""
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts) for path in sources() if path.stem in ("states", "rules")
    ]
    assert len(names) >= 6
    program = (
        "import sys\n"
        "class Refuse:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.partition('.')[0] in ('django', 'rest_framework', 'celery'):\n"
        "            raise ImportError(name)\n"
        "sys.meta_path.insert(0, Refuse())\n" + "".join(f"import {name}\n" for name in names)
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("forbidden", ["django.dispatch", "django.db.models.signals", "contenttypes.fields"])
def test_no_signals_and_no_generic_keys(forbidden: str) -> None:
    for path in sources():
        assert forbidden not in path.read_text(), path


def test_views_and_tasks_hold_no_rules() -> None:
    """They reach the database through services and selectors only."""
    for path in sources():
        if "api" in path.relative_to(PACKAGE).parts or path.name == "tasks.py":
            text = path.read_text()
            assert ".objects.create" not in text and ".save(" not in text, path
            assert "transaction.atomic" not in text, path


def test_git_holds_no_key_and_no_workplace() -> None:
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("this is no git checkout")
    listed = subprocess.run([git, "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    names = [name for name in listed.split("\0") if name]
    assert not [name for name in names if name.endswith((".key", ".pem", ".env", "operator.json"))]
