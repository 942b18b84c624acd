"""The reader's process: what it reads, what it may not do, and that nothing that dies in it takes its caller along."""

import ast
import os
import platform
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abs_platform.config.sample.trade import files
from abs_platform.integrations import formats
from abs_platform.integrations.child_process import ROOT, Limits
from abs_platform.integrations.formats import codec
from abs_platform.integrations.formats.model import Extracted, Level, Line, Party, Remark, Totals
from abs_platform.integrations.formats.process import Reader
from abs_platform.integrations.formats.reading import Member, Reading

SAMPLE = files()
texts = st.text(max_size=20)
remarks = st.builds(Remark, texts, texts, st.dictionaries(texts, texts, max_size=2), st.sampled_from(Level), texts)
decimals = st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**15), max_value=10**15)
documents = st.builds(
    Extracted,
    kind=st.sampled_from(["order", "invoice"]),
    number=texts,
    issue_date=st.none() | st.dates(),
    seller=st.none() | st.builds(Party, texts, st.none() | texts),
    others=st.lists(st.tuples(texts, st.builds(Party, texts)), max_size=2).map(tuple),
    totals=st.builds(Totals, payable=st.none() | decimals),
    lines=st.lists(st.builds(Line, texts, quantity=st.none() | decimals), max_size=2).map(tuple),
    remarks=st.lists(remarks, max_size=2).map(tuple),
)
readings = st.builds(
    Reading,
    texts,
    texts,
    st.none() | documents,
    st.lists(st.builds(Member, texts, st.binary(max_size=50)), max_size=3).map(tuple),
    st.lists(remarks, max_size=3).map(tuple),
)


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    found = Reader(Limits(memory=400 << 20, computing=2, waiting=8))
    yield found
    found.close()


@given(readings)
def test_a_reading_comes_through_exactly(reading: Reading) -> None:
    assert codec.decode(codec.encode(reading)) == reading


def test_a_frame_that_is_cut_is_none() -> None:
    frame = codec.encode(Reading("ZIP", "application/zip", members=(Member("a", b"12345"),)))
    with pytest.raises(ValueError, match="bytes"):
        codec.decode(frame + b"1")


def test_it_reads_what_is_read_here(reader: Reader) -> None:
    for data in SAMPLE.values():
        assert reader.read(data) == formats.read(data)


def test_a_digit_is_never_lost(reader: Reader) -> None:
    data = SAMPLE["05-invoice.xml"].replace(b">18.60<", b">18.6012345678901<")
    document = reader.read(data).document
    assert document is not None
    assert document.lines[0].price == Decimal("18.6012345678901")


def test_one_child_reads_file_after_file(reader: Reader) -> None:
    reader.read(b"one")
    pid = reader.pid
    for n in range(20):
        assert reader.read(b"text %d" % n).format == "TXT"
    assert reader.pid == pid


def test_threads_share_it(reader: Reader) -> None:
    found: list[Reading] = []
    threads = [
        threading.Thread(target=lambda: found.extend(reader.read(SAMPLE["05-invoice.xml"]) for _ in range(5)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [formats.read(SAMPLE["05-invoice.xml"])] * 20


def test_a_child_that_was_killed_is_replaced(reader: Reader) -> None:
    reader.read(b"text")
    first = reader.pid
    assert first
    os.kill(first, signal.SIGKILL)
    assert reader.read(b"text").format == "TXT"
    assert reader.pid != first


def test_a_file_that_takes_too_long_is_refused_and_the_next_one_read() -> None:
    stopped = Reader(Limits(waiting=0.5))
    try:
        stopped.read(b"text")
        assert stopped.pid
        os.kill(stopped.pid, signal.SIGSTOP)
        began = time.monotonic()
        reading = stopped.read(b"text")
        assert [(remark.rule, remark.level) for remark in reading.remarks] == [("reader_limits", Level.REFUSED)]
        assert time.monotonic() - began < 5
    finally:
        stopped.close()
    late = Reader(Limits())
    assert late.read(b"text").format == "TXT"
    late.close()


def test_a_file_that_needs_more_memory_than_there_is_is_refused() -> None:
    small = Reader(Limits(memory=100 << 20))
    try:
        flood = SAMPLE["05-invoice.xml"].replace(
            b"<cac:AccountingSupplierParty>", b"<x>" + b"QUJD" * 8_000_000 + b"</x>"
        )
        assert small.read(b"text").format == "TXT"
        reading = small.read(flood)
        assert reading.verdict == "refused"
        assert {remark.rule for remark in reading.remarks} <= {"reader_limits", "too_large", "xml_malformed"}
        assert small.read(b"text").format == "TXT"
    finally:
        small.close()


def confined(code: str) -> str:
    """What `code` says of itself in a confined process: "Name of the error", or "done"."""
    program = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\nimport os, socket, subprocess, threading, _posixsubprocess\n"
        "from abs_platform.integrations import confinement\n"
        "confinement.confine(300 << 20); confinement.renew_time(1)\n"
        f"try:\n    {code}\n    print('done')\nexcept BaseException as error:\n    print(type(error).__name__)\n"
    )
    ran = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=False, timeout=30)
    return ran.stdout.strip() or f"signal {-ran.returncode}"


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("subprocess.run(['true'])", "PermissionError"),
        ("os.fork()", "PermissionError"),
        ("os.execv('/bin/true', ['true'])", "PermissionError"),
        ("socket.socket()", "PermissionError"),
        ("open('/tmp/abs-nothing', 'w')", "PermissionError"),
        ("os.unlink('/tmp/abs-nothing')", "PermissionError"),
        ("os.kill(os.getppid(), 0)", "PermissionError"),
        ("bytearray(400 << 20)", "MemoryError"),
        ("[open('/dev/null') for _ in range(100)]", "OSError"),
        ("exec('while True: pass')", f"signal {signal.SIGXCPU.value}"),
        ("threading.Thread(target=print).start()", "done"),
        ("len(open('/dev/null').read())", "done"),
    ],
)
def test_what_a_confined_process_may_do(code: str, outcome: str) -> None:
    assert confined(code) == outcome


@pytest.mark.skipif(  # seccomp numbers its calls by machine: elsewhere there is no filter to try
    platform.machine() not in ("x86_64", "aarch64"), reason="the filter is for two machines"
)
def test_a_thread_that_was_there_before_is_confined_too() -> None:
    """What a library started when it was loaded could do what the rest may not."""
    program = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\nimport socket, threading\n"
        "from abs_platform.integrations import confinement\n"
        "confined, found = threading.Event(), []\n"
        "def late():\n"
        "    confined.wait()\n"
        "    try:\n        socket.socket(); found.append('free')\n"
        "    except PermissionError:\n        found.append('confined')\n"
        "thread = threading.Thread(target=late); thread.start()\n"
        "confinement.confine(300 << 20); confined.set(); thread.join(); print(*found)\n"
    )
    ran = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=False, timeout=30)
    assert ran.stdout.strip() == "confined", ran.stderr


def test_the_child_knows_nothing_of_its_caller(reader: Reader) -> None:
    reader.read(b"text")
    there = Path(f"/proc/{reader.pid}")
    assert (there / "environ").read_bytes() in (b"", b"LC_CTYPE=C.UTF-8\0")
    assert (there / "cwd").readlink() == Path("/")
    opened = {str(file.readlink()).split(":")[0] for file in (there / "fd").iterdir()}
    assert opened <= {"pipe", "/dev/null"}


def test_nothing_outlives_whoever_asked() -> None:
    program = (
        "import os, signal\n"
        "from abs_platform.integrations.formats import process\n"
        "process.read(b'text'); print([process._READER.pid], flush=True); os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    [pid] = ast.literal_eval(ran.stdout)
    deadline = time.monotonic() + 10
    while Path(f"/proc/{pid}").exists() and "zombie" not in Path(f"/proc/{pid}/status").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_fork_gets_a_child_of_its_own_and_leaves_its_parent_s_alone() -> None:
    program = (
        "import os, sys\n"
        "from abs_platform.integrations.formats import process\n"
        "process.read(b'text'); first = process._READER.pid\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    fine = process.read(b'text').format == 'TXT' and process._READER.pid != first\n"
        "    process._READER.close(); os._exit(0 if fine else 1)\n"
        "_, status = os.waitpid(child, 0)\n"
        "assert status == 0 and process.read(b'text').format == 'TXT' and process._READER.pid == first\n"
    )
    command = [sys.executable, "-W", "error", "-c", program]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert (ran.returncode, ran.stderr) == (0, "")
