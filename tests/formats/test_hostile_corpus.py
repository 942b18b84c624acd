"""Every hostile file through the reader's process: none is accepted unsafely, none takes anything down."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from abs_platform.integrations.child_process import Limits
from abs_platform.integrations.formats.process import Reader
from abs_platform.integrations.formats.reading import Verdict
from tests.formats.hostile.cases import Case
from tests.formats.hostile.corpus import cases

CASES = cases()
SECONDS = 15
MEMORY = 700 << 20
# What a child may hold when all is done; one that kept what it inflated would stand far above.
RESIDENT = 500 << 20


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    found = Reader(Limits(memory=MEMORY, computing=SECONDS, waiting=2.0 * SECONDS))
    yield found
    if found.pid:
        status = Path(f"/proc/{found.pid}/status").read_text()
        peak = int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) << 10
        assert peak < MEMORY + RESIDENT
    found.close()


def test_there_are_enough_and_each_has_its_name() -> None:
    assert len(CASES) >= 150
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_hostile_file_is_not_accepted_unsafely(case: Case, reader: Reader) -> None:
    data = case.make()
    began = time.monotonic()
    reading = reader.read(data)
    assert time.monotonic() - began < 2 * SECONDS
    rules = {remark.rule for remark in reading.all_remarks}
    if not case.harmless:
        assert reading.verdict != Verdict.ACCEPTED, reading
    assert case.rule in {*rules, ""}, rules
    assert "unreadable" not in rules, "a reader failed by an error of its own"
    assert all(remark.detail for remark in reading.all_remarks)
    for member in reading.members:
        assert member.name.isprintable()
        assert not {"..", ""} & set(member.name.split("/"))
        assert len(member.data) < len(data) * 1_100


def test_afterwards_an_honest_file_is_read(reader: Reader) -> None:
    from abs_platform.config.sample.trade import files

    assert reader.read(files()["05-invoice.xml"]).verdict == Verdict.ACCEPTED
