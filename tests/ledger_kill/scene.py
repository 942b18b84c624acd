"""A ledger on services of its own, which may all be killed, and what must be true of it however many were."""

import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from signal import SIGKILL
from typing import Any

import psycopg

from abs_platform.crypto.sm3 import sm3
from abs_platform.integrations.chains import Publication, Published
from abs_platform.integrations.evm import EvmChain
from abs_platform.launch import backing
from abs_platform.launch.console import Console
from abs_platform.launch.interrupts import Interrupts
from abs_platform.launch.paths import ROOT, StateFolder
from abs_platform.launch.stack import manage
from abs_platform.launch.supervisor import Supervisor

Order = dict[str, Any]  # Any: JSON

_LOST_TIME = """
    UPDATE core_job SET lease_until = now() - interval '1 second' WHERE state = 'running';
    UPDATE core_job SET run_at = now() WHERE state = 'queued';
"""


class Scene:
    """The services, the processes that the nursery has made, and questions to the database and the chains."""

    def __init__(self, state: StateFolder, supervisor: Supervisor, env: Mapping[str, str]) -> None:
        self.folder = state.path
        self._supervisor = supervisor
        self._env = env
        self._log = (state.logs / "nursery.log").open("ab")
        self._nursery = subprocess.Popen(
            [sys.executable, "-m", "tests.ledger_kill.nursery"],
            cwd=ROOT, env=dict(env), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, text=True,
            start_new_session=True,
        )  # fmt: skip
        self._children: set[int] = set()

    # --- processes

    def start(self, role: str, **order: Any) -> int:
        """A new process of the product. Returns its id."""
        assert self._nursery.stdin and self._nursery.stdout
        self._nursery.stdin.write(json.dumps({"role": role, **order}) + "\n")
        self._nursery.stdin.flush()
        pid = int(self._nursery.stdout.readline())
        self._children.add(pid)
        return pid

    def kill(self, pid: int) -> None:
        """SIGKILL to a process that the nursery has made: no handler runs, no buffer is written, no lease is given back."""
        assert pid in self._children
        with suppress(ProcessLookupError):
            os.kill(pid, SIGKILL)
        until(lambda: not is_alive(pid), "the killed process to be gone")

    def kill_service(self, name: str) -> None:
        """SIGKILL to a backing service. The supervisor starts it again."""
        before = self._supervisor.processes()[name]
        os.kill(before, SIGKILL)
        until(lambda: self._supervisor.processes().get(name, before) != before, f"{name} to be started again")

    def kill_backend(self) -> None:
        """SIGKILL to one of PostgreSQL's processes that serve a connection: all are then thrown off, and it recovers."""
        postmaster = self._supervisor.processes()["postgres"]
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        serving = [pid for pid in map(int, children) if b"abs abs" in Path(f"/proc/{pid}/cmdline").read_bytes()]
        if serving:
            os.kill(serving[0], SIGKILL)

    def time_passes(self) -> None:
        """A minute, for every job: leases of the dead run out, what waits for another try is due. Told to the database,
        as soon as that answers, by the test, which does not wait for it.
        """

        def told() -> bool:
            with suppress(psycopg.OperationalError), self._database() as database:
                database.execute(_LOST_TIME)
                return True
            return False

        until(told, "the database to answer")

    def close(self) -> None:
        """Kill whatever is left."""
        with suppress(ProcessLookupError):
            os.killpg(self._nursery.pid, SIGKILL)
        self._nursery.communicate()
        self._log.close()

    # --- questions

    def _database(self) -> "psycopg.Connection[tuple[Any, ...]]":
        return psycopg.connect(self._env["DATABASE_URL"], autocommit=True, connect_timeout=5)

    def rows(self, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        with self._database() as database:
            return database.execute(query, parameters).fetchall()

    def execute(self, *statements: str) -> None:
        with self._database() as database:
            for statement in statements:
                database.execute(statement)

    def is_settled(self) -> bool:
        """Whether every record has its place and every chain has the newest checkpoint."""
        with suppress(psycopg.OperationalError):
            return self.rows(
                """
                SELECT NOT EXISTS (SELECT FROM ledger_pendingrecord) AND NOT EXISTS (
                    SELECT FROM ledger_chain chain WHERE (SELECT count(*) FROM ledger_leaf) IS DISTINCT FROM (
                        SELECT max(size) FROM ledger_anchor WHERE chain_id = chain.id AND state = 'anchored'))
                """
            ) == [(True,)]
        return False

    def audit(self) -> dict[str, Any]:  # Any: JSON
        """The verdict of a full audit: wrong, unreachable, size."""
        report = self.folder / "report.json"
        report.unlink(missing_ok=True)
        pid = self.start("audit", report=str(report))
        until(lambda: not is_alive(pid), "the audit", seconds=30)
        if not report.exists():
            return {"wrong": "the audit came to no end", "unreachable": {}, "size": None}
        found: dict[str, Any] = json.loads(report.read_text())
        return found

    def on_chain(self, chain: str) -> list[Published]:
        """Everything that the chain's contract holds of the log."""
        client, log = self._contract(chain)
        found = [client.published(log, index) for index in range(client.count(log))]
        return [each for each in found if each is not None]

    def publish_as_rival(self, chain: str, *, more: int) -> None:
        """Publish the newest checkpoint once more, with some leaves more, by the publisher's own key. Raises Rejected."""
        client, log = self._contract(chain)
        newest = self.on_chain(chain)[-1]
        size = newest.size + more
        signed = client.sign(
            client.draft(Publication(log, client.count(log), size, newest.root, newest.records + more))
        )
        client.send(signed.raw)
        until(lambda: client.receipt(signed.id) is not None, "the chain to take the transaction")

    def _contract(self, chain: str) -> tuple[EvmChain, bytes]:
        """A client with the publisher's key, and the log's key in contracts."""
        ((contract, origin),) = self.rows(
            "SELECT chain.contract, channel.origin FROM ledger_chain chain, ledger_channel channel WHERE chain.name = %s",
            chain,
        )
        (entry,) = (entry for entry in json.loads(self._env["ABS_CHAINS"]) if entry["name"] == chain)
        key = bytes.fromhex((self.folder / "keys" / "publisher.key").read_text())
        return EvmChain(url=entry["url"], contract=contract, key=key, timeout=5), sm3(origin.encode())

    def problems(self, committed: set[str]) -> list[str]:
        """What was lost, doubled or left out, given the ids that are known to be committed; nothing, when all is well."""
        found = []
        leaves = self.rows("SELECT index, record_id::text FROM ledger_leaf ORDER BY index")
        placed = Counter(record for _, record in leaves)
        if lost := committed - placed.keys():
            found.append(f"lost: {len(lost)} committed records have no place in the log")
        if [index for index, _ in leaves] != list(range(len(leaves))):
            found.append("gap: the log's indexes are not dense")
        if self.rows("SELECT count(*) FROM ledger_record") != [(len(placed),)] or max(placed.values(), default=1) > 1:
            found.append("records: not every one has exactly one place")
        for (chain,) in self.rows("SELECT name FROM ledger_chain ORDER BY name"):
            published = [(each.size, each.root) for each in self.on_chain(chain)]
            anchored = self.rows(
                "SELECT anchor.size, checkpoint.root FROM ledger_anchor anchor"
                " JOIN ledger_checkpoint checkpoint ON checkpoint.id = anchor.checkpoint_id"
                " JOIN ledger_chain chain ON chain.id = anchor.chain_id"
                " WHERE chain.name = %s AND anchor.state = 'anchored' ORDER BY anchor.index",
                chain,
            )
            if len({size for size, _ in published}) != len(published):
                found.append(f"twice: a checkpoint is on {chain} more than once")
            if published != [(size, bytes(root)) for size, root in anchored]:
                found.append(f"chain: {chain} holds {len(published)} checkpoints, {len(anchored)} are called anchored")
            if not published or published[-1][0] != len(leaves):
                found.append(f"behind: {chain} has not the newest checkpoint")
        verdict = self.audit()
        if verdict != {"wrong": None, "unreachable": {}, "size": len(leaves)}:
            found.append(f"audit: {verdict}")
        return found


def is_alive(pid: int) -> bool:
    """Whether the process runs still."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def until(condition: Callable[[], bool], what: str, *, seconds: float = 60) -> None:
    """Wait for something; fail, naming it, when it does not come."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.05)


@contextmanager
def scene(folder: Path) -> Iterator[Scene]:
    """Services that survive being killed as in production: nothing of what the launcher's tests trade for speed."""
    state = StateFolder(folder)
    state.create()
    given = {name: value for name, value in backing.base_environment().items() if name not in _NAMES_OF_OTHERS}
    with (
        (state.logs / "launcher.log").open("w") as log,
        Supervisor(Console(log), Interrupts(), quick_stop=True) as supervisor,
    ):
        found = backing.start(supervisor, Console(log), state, given)
        env = backing.throw_away_environment(given, found, state) | {"ABS_CHAIN_WATCH_SECONDS": "1"}
        for command in ("migrate", "setup_ledger"):
            assert supervisor.run(manage([command], env, log=state.logs / f"{command}.log")) == 0
        made = Scene(state, supervisor, env)
        over = threading.Event()
        keeper = threading.Thread(target=_keep, args=(supervisor, over))
        keeper.start()
        try:
            yield made
        finally:
            over.set()
            keeper.join()
            made.close()


_NAMES_OF_OTHERS = frozenset({*backing.VARIABLES.values(), backing.AUDIT_VARIABLE, "ABS_STATE"})


def _keep(supervisor: Supervisor, over: threading.Event) -> None:
    """Start again what is killed."""
    while not over.wait(0.05):
        supervisor.tick()
