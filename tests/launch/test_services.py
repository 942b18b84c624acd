"""The embedded PostgreSQL, Redis and chain: they serve, they ask for passwords, they keep what they were given."""

import json
import os
import signal
import time
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import redis

from abs_platform.launch import backing, ports, web
from abs_platform.launch.backing import Backing
from abs_platform.launch.console import Console, Failure
from abs_platform.launch.interrupts import Interrupts
from abs_platform.launch.paths import StateFolder
from abs_platform.launch.supervisor import Supervisor
from tests.launch.conftest import wait_for

SERVICES = {*backing.VARIABLES.values(), backing.AUDIT_VARIABLE}
OWN = {name: value for name, value in os.environ.items() if name not in SERVICES}


def ask_chain(url: str, method: str) -> int:
    """A chain's answer to a question without parameters; -1 while it does not answer."""
    answer = web.get_json(url, body={"jsonrpc": "2.0", "id": 1, "method": method, "params": []})
    return int(answer["result"], 16) if answer else -1


def height(url: str) -> int:
    """The number of the chain's newest block."""
    return ask_chain(url, "eth_blockNumber")


def chain_id(url: str) -> int:
    """The number that the chain calls itself by."""
    return ask_chain(url, "eth_chainId")


def ask(found: Backing, query: str) -> object:
    with psycopg.connect(found.variables["DATABASE_URL"]) as connection:
        row = connection.execute(query.encode()).fetchone()
    return row[0] if row else None


def strangers_are_not_let_in(found: Backing, pids: Iterable[int]) -> None:
    """Other users of this machine reach the ports; they lack the passwords and cannot see them."""
    secret = found.variables["DATABASE_URL"].split("@")[0].rsplit(":", 1)[1]
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(found.variables["DATABASE_URL"].replace(secret, "guess"))
    address = urlsplit(found.variables["REDIS_URL"])
    client = redis.Redis(host=ports.HOST, port=address.port or 0)
    with pytest.raises(redis.AuthenticationError):
        client.ping()
    client.close()
    command_lines = [Path(f"/proc/{pid}/cmdline").read_text() for pid in pids]
    assert not any(secret in line or str(address.password) in line for line in command_lines)


def test_services_keep_their_data_and_addresses_over_a_restart_and_a_crash(state: StateFolder, tmp_path: Path) -> None:
    env = backing.base_environment(OWN)
    with (tmp_path / "console").open("w") as stream:
        console = Console(stream)
        with Supervisor(console, Interrupts()) as supervisor:
            first = backing.start(supervisor, console, state, env)
            assert first.external == frozenset()
            assert ask(first, "SELECT current_setting('server_version_num')::int >= 180000") is True
            assert ask(first, "SELECT upper('é') = 'É'") is True  # Unicode's case rules, whatever the machine's locale
            assert ask(first, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
            strangers_are_not_let_in(first, supervisor.processes().values())
            with psycopg.connect(first.variables["DATABASE_URL"], autocommit=True) as connection:
                connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
            client = redis.Redis.from_url(first.variables["REDIS_URL"])
            client.set("kept", "42")
            client.close()
            chains = {entry["name"]: entry["url"] for entry in json.loads(first.variables["ABS_CHAINS"])}
            assert [chain_id(url) for url in chains.values()] == [31337, 31338]
            wait_for(lambda: min(map(height, chains.values())) >= 1)
            time.sleep(1.1)  # the chains' state is written every second
            before = {name: height(url) for name, url in chains.items()}
            for pid in supervisor.processes().values():
                os.kill(pid, signal.SIGKILL)
        with Supervisor(console, Interrupts()) as supervisor:
            second = backing.start(supervisor, console, state, env)
            assert second == first
            assert ask(second, "SELECT answer FROM kept") == 42
            client = redis.Redis.from_url(second.variables["REDIS_URL"])
            assert client.get("kept") == b"42"
            client.close()
            wait_for(lambda: all(height(url) >= before[name] - 1 for name, url in chains.items()))
            assert [chain_id(url) for url in chains.values()] == [31337, 31338]


def test_services_that_the_environment_names_are_not_started(state: StateFolder, tmp_path: Path) -> None:
    named = {
        "DATABASE_URL": "postgres://db/abs",
        "ABS_AUDIT_DATABASE_URL": "postgres://auditor@db/abs",
        "REDIS_URL": "redis://cache",
        "ABS_CHAINS": '[{"name": "consortium"}]',
    }
    with (tmp_path / "console").open("w") as stream, Supervisor(Console(stream), Interrupts()) as supervisor:
        found = backing.start(supervisor, Console(stream), state, {**OWN, **named})
        assert supervisor.processes() == {}
    assert found.variables == named
    assert found.external == backing.ALL


@pytest.mark.parametrize(("text", "word"), [("{", "not JSON"), ('{"name": "x"}', "must be a JSON list")])
def test_a_wrong_chain_list_is_explained(text: str, word: str) -> None:
    with pytest.raises(Failure, match=word):
        backing.external_chains({"ABS_CHAINS": text})


def test_loopback_addresses_are_kept_from_proxies() -> None:
    found = backing.base_environment({"NO_PROXY": "example.org", "HTTP_PROXY": "http://proxy.example.org"})
    assert found["NO_PROXY"] == "example.org,127.0.0.1,localhost"
    assert found["no_proxy"] == "127.0.0.1,localhost"
