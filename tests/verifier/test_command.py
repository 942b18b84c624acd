"""The program as its user runs it: exit codes, two languages, any Python from 3.9, nothing but the standard library."""

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from abs_platform.verifier import abs_verify
from tests.verifier.builder import CONTENT, FIELDS, Case, make_case
from tests.verifier.chain import FakeChain

PROGRAM = Path(abs_verify.__file__)


@pytest.fixture
def folder(single: Case, tmp_path: Path) -> Path:
    (tmp_path / "bundle.json").write_text(json.dumps(single.bundle))
    (tmp_path / "trust.json").write_text(json.dumps(single.trust))
    (tmp_path / "file").write_bytes(CONTENT)
    return tmp_path


def run(
    folder: Path, *arguments: str, python: str = sys.executable, **environment: str
) -> subprocess.CompletedProcess[str]:
    """`python -I`: no site packages of the user, no current folder on the path."""
    clean = {key: value for key, value in os.environ.items() if key not in ("LANG", "LC_ALL", "LC_MESSAGES")}
    return subprocess.run(
        [python, "-I", str(PROGRAM), *arguments],
        cwd=folder,
        env={**clean, **environment},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )


def test_valid(folder: Path) -> None:
    done = run(folder, "bundle.json", "file", "--trust", "trust.json")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Valid: this file is the one recorded") and "✓ chain business, block" in done.stdout


def test_chinese(folder: Path) -> None:
    for done in (
        run(folder, "bundle.json", "file", "--trust", "trust.json", "--lang", "zh"),
        run(folder, "bundle.json", "file", "--trust", "trust.json", LANG="zh_CN.UTF-8"),
    ):
        assert done.returncode == 0 and done.stdout.startswith("有效")


def test_a_terminal_without_chinese(folder: Path) -> None:
    done = run(folder, "bundle.json", "file", "--trust", "trust.json", "--lang", "zh", LC_ALL="C")
    assert done.returncode == 0


def test_json(folder: Path) -> None:
    done = run(folder, "bundle.json", "--trust", "trust.json", "--json")
    said = json.loads(done.stdout)
    assert done.returncode == 0
    assert set(said) == {"verdict", "sentence", "since", "file_checked", "disclosed", "chains", "links"}
    assert (said["verdict"], said["file_checked"]) == ("valid", False)
    assert {"name": "file", "ok": None, "detail": "no file was given"} in said["links"]


def test_disclosed_fields_are_printed(folder: Path, chains: dict[str, FakeChain]) -> None:
    case = make_case(
        {"business": chains["business"]},
        disclosed=("/number", "/remark"),
        fields={**FIELDS, "/remark": "a\x1b[2J\u202eb　c"},
    )
    (folder / "bundle.json").write_text(json.dumps(case.bundle))
    (folder / "trust.json").write_text(json.dumps(case.trust))
    done = run(folder, "bundle.json", "--trust", "trust.json")
    assert done.returncode == 0 and "    /number = 8813420054\n    /remark = a?[2J?b　c\n" in done.stdout
    done = run(folder, "bundle.json", "--trust", "trust.json", "--json")
    assert "\x1b" not in done.stdout and "\u202e" not in done.stdout
    assert json.loads(done.stdout)["disclosed"][1] == {"path": "/remark", "value": "a\x1b[2J\u202eb　c"}


def test_exit_codes(folder: Path, single: Case) -> None:
    trust = ["--trust", "trust.json"]
    (folder / "pending.json").write_text(json.dumps({**single.bundle, "anchors": []}))
    (folder / "other").write_bytes(b"other")
    (folder / "rubbish").write_bytes(b"\x00\xff")
    (folder / "list.json").write_text("[]")
    (folder / "large").write_bytes(b" " * (abs_verify.MAX_BUNDLE_BYTES + 1))
    assert run(folder, "pending.json", "file", *trust).returncode == 3
    assert run(folder, "bundle.json", "file", *trust, "--rpc", "business=http://127.0.0.1:1/").returncode == 4
    done = run(folder, "bundle.json", "other", *trust)
    assert done.returncode == 5 and done.stdout.startswith("Invalid: file: ") and "✗ file" in done.stdout
    unreadable = [
        ["rubbish", *trust],
        ["list.json", *trust],
        ["large", *trust],
        ["missing", *trust],
        [".", *trust],
        ["bundle.json", "missing", *trust],
        ["bundle.json", "--trust", "rubbish"],
        ["bundle.json", "--trust", "bundle.json"],
        ["bundle.json"],
        ["bundle.json", *trust, "--rpc", "business"],
        ["bundle.json", *trust, "--rpc", "nobody=http://127.0.0.1:1/"],
        ["bundle.json", *trust, "--timeout", "0"],
        [],
    ]
    for arguments in unreadable:
        done = run(folder, *arguments)
        assert done.returncode == 2 and "Traceback" not in done.stderr and done.stdout == "", arguments


def test_own_fault(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a fault")

    monkeypatch.setattr(abs_verify, "_check_chains", broken)
    monkeypatch.chdir(folder)
    assert abs_verify.main(["bundle.json", "file", "--trust", "trust.json"]) == 70
    assert "a fault of this program: ZeroDivisionError" in capsys.readouterr().err


def test_own_fault_in_a_chain_thread_is_not_taken_for_an_answer(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delattr(abs_verify, "SELECTOR_COUNT")
    monkeypatch.chdir(folder)
    assert abs_verify.main(["bundle.json", "file", "--trust", "trust.json"]) == 70
    assert "NameError" in capsys.readouterr().err


def test_another_endpoint(folder: Path, single: Case, chains: dict[str, FakeChain]) -> None:
    single.trust["chains"][0]["rpc"] = "http://127.0.0.1:1/"
    (folder / "trust.json").write_text(json.dumps(single.trust))
    trust = ["--trust", "trust.json"]
    assert run(folder, "bundle.json", "file", *trust).returncode == 4
    endpoint = f"business={chains['business'].url}"
    assert run(folder, "bundle.json", "file", *trust, "--rpc", endpoint).returncode == 0


@pytest.mark.parametrize("version", ["3.9", "3.10", "3.12", "3.13"])
def test_other_pythons(folder: Path, version: str) -> None:
    candidates = [
        shutil.which(f"python{version}"),
        *map(str, Path.home().glob(f".pyenv/versions/{version}.*/bin/python")),
    ]
    for python in filter(None, candidates):
        if subprocess.run([python, "-c", ""], capture_output=True).returncode == 0:
            done = run(folder, "bundle.json", "file", "--trust", "trust.json", python=python)
            assert (done.returncode, done.stderr) == (0, "")
            return
    pytest.skip(f"no Python {version} here")


def test_one_file_of_the_standard_library() -> None:
    tree = ast.parse(PROGRAM.read_text(), feature_version=(3, 9))
    imported = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0 and node.module
            imported.add(node.module.split(".")[0])
    assert imported <= sys.stdlib_module_names


def test_texts_are_there_in_both_languages() -> None:
    for english, chinese in abs_verify._TEXTS.values():
        assert english and chinese
        fields = [{part.split("}")[0] for part in text.split("{")[1:]} for text in (english, chinese)]
        assert fields[0] == fields[1]
