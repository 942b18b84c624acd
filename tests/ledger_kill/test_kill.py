"""Whatever is killed and whenever: no committed record lost, no gap in the log, no checkpoint twice on a chain.

Real processes on services of their own: sequencers and anchorers in Celery workers, writers, PostgreSQL, Redis and two
chains. What is killed and when comes from a seed. The tests go on from each other's log.
"""

import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from abs_platform.integrations.chains import Rejected
from tests.ledger_kill.scene import Scene, is_alive, until

SEED = 20261126
WRITERS = 4
POINTS = [
    "seal.signed", "seal.sealed", "anchor.signed", "anchor.stored", "anchor.sent", "anchor.seen", "anchor.anchored",
]  # fmt: skip


class Company:
    """The processes of one test: they are all killed at its end."""

    def __init__(self, stage: Scene) -> None:
        self._stage = stage
        self.workers: list[int] = []
        self.writers: list[int] = []
        self._others: list[int] = []

    def work(self, **order: object) -> int:
        self.workers.append(self._stage.start("worker", **order))
        return self.workers[-1]

    def beat(self) -> None:
        self._others.append(self._stage.start("beat"))

    def write(self, *, seed: int, count: int) -> int:
        self.writers.append(self._stage.start("writer", seed=seed, count=count, ids=str(ids_file(self._stage, seed))))
        return self.writers[-1]

    def replace(self, group: list[int], place: int, pid: int) -> None:
        """Kill one of a group; another that was started takes its place."""
        self._stage.kill(group[place])
        group[place] = pid

    def dismiss(self) -> None:
        for pid in (*self.workers, *self.writers, *self._others):
            self._stage.kill(pid)


@pytest.fixture
def company(stage: Scene) -> Iterator[Company]:
    made = Company(stage)
    yield made
    made.dismiss()
    stage.time_passes()


def ids_file(stage: Scene, seed: int) -> Path:
    return stage.folder / f"ids-{seed}"


def committed(stage: Scene) -> set[str]:
    """The ids of all records that some writer knows to be committed. A killed writer's last line may be torn."""
    lines = [line for file in stage.folder.glob("ids-*") for line in file.read_text().splitlines()]
    return {line for line in lines if len(line) == 36}


def settle(stage: Scene, seconds: float = 60) -> None:
    """Until all is well; fails, saying what is not. A chain that was killed may have forgotten its last second, so that
    what was anchored there has to go once more.
    """
    deadline = time.monotonic() + seconds
    found = ["not everything is anchored"]
    while found and time.monotonic() < deadline:
        time.sleep(0.1)
        if stage.is_settled():
            found = stage.problems(committed(stage))
    assert found == []


def test_two_sequencers_and_four_writers(stage: Scene, company: Company) -> None:
    company.beat()
    for _ in range(2):
        company.work()
    writers = [company.write(seed=seed, count=150) for seed in range(WRITERS)]
    until(lambda: not any(map(is_alive, writers)), "the writers to end")
    settle(stage)
    assert stage.rows("SELECT count(*) FROM ledger_leaf") == [(len(committed(stage)),)], (
        "what was taken back is nowhere"
    )
    assert len(committed(stage)) >= WRITERS * 150


def test_death_at_every_crash_point(stage: Scene, company: Company) -> None:
    """One worker after the other comes to a point and dies there, with both chains under way; the last one finishes."""
    company.beat()
    before = stage.rows("SELECT count(*) FROM ledger_checkpoint")
    for number, point in enumerate(POINTS):
        writer = company.write(seed=100 + number, count=20)
        until(lambda: not is_alive(writer), "the writer to end")  # noqa: B023  # called before the loop goes on
        worker = company.work(die_at=point)
        until(lambda: not is_alive(worker), f"the worker to die at {point}")  # noqa: B023
        stage.time_passes()
    company.work()
    settle(stage)
    assert stage.rows("SELECT count(*) FROM ledger_checkpoint") > before


def test_death_at_random(stage: Scene, company: Company) -> None:
    """Everything there is, each at least once, while writers write."""
    randomly = random.Random(SEED)
    company.beat()
    for _ in range(2):
        company.work()
    for seed in range(WRITERS):
        company.write(seed=200 + seed, count=1_000_000)

    def kill_a_worker() -> None:
        company.replace(company.workers, randomly.randrange(2), stage.start("worker"))

    def kill_a_writer() -> None:
        seed = randomly.getrandbits(32)
        fresh = stage.start("writer", seed=seed, count=1_000_000, ids=str(ids_file(stage, seed)))
        company.replace(company.writers, randomly.randrange(WRITERS), fresh)

    kills: list[Callable[[], None]] = [
        kill_a_worker,
        kill_a_worker,
        kill_a_writer,
        stage.kill_backend,
        lambda: stage.kill_service("postgres"),
        lambda: stage.kill_service("redis"),
        lambda: stage.kill_service("chain-business"),
        lambda: stage.kill_service("chain-regulator"),
    ]
    randomly.shuffle(kills)
    for kill in kills:
        time.sleep(randomly.uniform(0.2, 1.5))
        kill()
        stage.time_passes()
    for writer in company.writers:
        stage.kill(writer)
    size = len(committed(stage))
    settle(stage)
    assert stage.rows("SELECT count(*) >= %s FROM ledger_leaf", size) == [(True,)]
    assert stage.rows("SELECT count(*) > 0 FROM core_job WHERE fence > 1") == [(True,)], (
        "what the dead held was taken over"
    )


def test_a_loss_a_gap_and_a_second_publisher_would_be_seen(stage: Scene) -> None:
    """The check itself is checked, on the log that all the killing left."""
    known = committed(stage)
    assert stage.problems(known) == []
    assert stage.problems({*known, "00000000-0000-0000-0000-000000000000"}) == [
        "lost: 1 committed records have no place in the log"
    ]
    ((channel, record, leaf_hash),) = stage.rows("SELECT channel_id, record_id, hash FROM ledger_leaf WHERE index = 5")
    as_owner = "ALTER TABLE ledger_leaf DISABLE TRIGGER USER", "ALTER TABLE ledger_leaf ENABLE TRIGGER USER"
    stage.execute(as_owner[0], "DELETE FROM ledger_leaf WHERE index = 5", as_owner[1])
    kinds = [problem.partition(":")[0] for problem in stage.problems(known)]
    assert {"lost", "gap", "records", "audit"} <= set(kinds)
    stage.execute(
        f"INSERT INTO ledger_leaf (channel_id, index, record_id, hash) VALUES ('{channel}', 5, '{record}', '\\x{bytes(leaf_hash).hex()}')"
    )
    assert stage.problems(known) == []
    stage.publish_as_rival("business", more=1)
    assert [problem.partition(":")[0] for problem in stage.problems(known)] == ["chain", "behind", "audit"]


def test_the_contract_takes_no_checkpoint_twice(stage: Scene) -> None:
    """What a second anchoring would have to get past."""
    with pytest.raises(Rejected) as refusal:
        stage.publish_as_rival("regulator", more=0)
    assert refusal.value.code == "SizeNotGrowing"
