"""One stack per state folder; nobody's files are removed by mistake."""

import json
import os
import socket
from pathlib import Path

import pytest

from abs_platform.launch import locks, ports
from abs_platform.launch.console import Failure
from abs_platform.launch.evm import KEPT_EMPTY_BLOCKS, compact
from abs_platform.launch.paths import StateFolder
from abs_platform.launch.ports import PortBook
from tests.launch.conftest import run_abs


def test_a_second_up_is_refused(state: StateFolder) -> None:
    lock = locks.acquire(state.lock)
    try:
        done = run_abs("up", "--state", str(state.path))
    finally:
        os.close(lock)
    assert done.returncode == 1
    assert f"already running on {state.path} (process {os.getpid()})" in done.stderr
    assert "./abs down" in done.stderr


def test_a_taken_web_port_is_named_with_its_owner_and_a_way_out(state: StateFolder) -> None:
    with socket.create_server((ports.HOST, 0)) as server:
        port = server.getsockname()[1]
        done = run_abs("up", "--state", str(state.path), "--port", str(port))
    assert done.returncode == 1
    assert f"port {port} is taken" in done.stderr
    assert f"process {os.getpid()}" in done.stderr
    assert "--port 0" in done.stderr
    assert locks.holder(state) is None


def test_detached_up_passes_a_failure_on(state: StateFolder) -> None:
    with socket.create_server((ports.HOST, 0)) as server:
        port = server.getsockname()[1]
        done = run_abs("up", "--detach", "--state", str(state.path), "--port", str(port))
    assert done.returncode == 1
    assert f"port {port} is taken" in done.stdout
    assert locks.holder(state) is None


def test_reset_refuses_while_a_stack_runs(state: StateFolder) -> None:
    (state.path / "storage").mkdir()
    lock = locks.acquire(state.lock)
    try:
        done = run_abs("reset", "--yes", "--state", str(state.path))
    finally:
        os.close(lock)
    assert done.returncode == 1
    assert "a stack is running" in done.stderr
    assert (state.path / "storage").is_dir()


def test_reset_does_nothing_unasked_and_all_when_told(state: StateFolder) -> None:
    (state.path / "storage").mkdir()
    (state.path / "storage" / "file").write_text("x")
    unasked = run_abs("reset", "--state", str(state.path))
    assert unasked.returncode == 1
    assert "--yes" in unasked.stderr
    assert (state.path / "storage" / "file").exists()
    assert run_abs("reset", "--yes", "--state", str(state.path)).returncode == 0
    assert list(state.path.iterdir()) == []


def test_a_folder_with_other_things_is_neither_used_nor_emptied(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    for command in ("up", "reset"):
        done = run_abs(command, "--state", str(tmp_path), *(["--yes"] if command == "reset" else []))
        assert done.returncode == 1
    assert [entry.name for entry in tmp_path.iterdir()] == ["thesis.txt"]


def test_down_and_status_without_a_stack(state: StateFolder) -> None:
    assert run_abs("down", "--state", str(state.path)).returncode == 0
    done = run_abs("status", "--json", "--state", str(state.path))
    assert done.returncode == 3
    assert json.loads(done.stdout) == {"state": "not running", "folder": str(state.path)}


def test_secrets_are_made_once_and_private(state: StateFolder) -> None:
    secret = state.secret("secret.key")
    assert len(secret) >= 43  # 256 bits in base 64
    assert state.secret("secret.key") == secret
    assert (state.keys / "secret.key").stat().st_mode & 0o777 == 0o600
    assert state.path.stat().st_mode & 0o777 == 0o700


def test_ports_stay_what_they_were_where_that_is_possible(state: StateFolder) -> None:
    first = PortBook(state).choose_any("redis")
    assert PortBook(state).choose("redis", 6379) == first
    with socket.create_server((ports.HOST, first)):
        assert PortBook(state).choose("redis", first) not in {first, 0}


def test_a_damaged_chain_list_is_refused_before_anything_starts(state: StateFolder) -> None:
    done = run_abs("manage", "--state", str(state.path), "check", env={"ABS_CHAINS": "{", "DATABASE_URL": ""})
    assert done.returncode == 1
    assert "ABS_CHAINS is not JSON" in done.stderr


@pytest.mark.parametrize("state_file", [{}, {"blocks": None}, {"blocks": [{"header": {}}]}])
def test_an_unknown_chain_state_is_left_alone(state_file: dict[str, object]) -> None:
    assert compact(json.loads(json.dumps(state_file))) is False


def test_a_grown_chain_state_keeps_its_transactions_and_its_newest_blocks() -> None:
    newest = KEPT_EMPTY_BLOCKS * 3
    blocks = [{"header": {"number": hex(n)}, "transactions": ["0x"] if n == 7 else []} for n in range(newest + 1)]
    grown = {"blocks": blocks}
    assert compact(grown)
    kept = [int(block["header"]["number"], 16) for block in grown["blocks"]]
    assert kept == [0, 7, *range(newest - KEPT_EMPTY_BLOCKS + 1, newest + 1)]


def test_failures_carry_their_exit_code() -> None:
    assert Failure("no", code=2).code == 2
