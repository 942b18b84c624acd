"""`abs check-files`, run as anybody would: over published files, hostile ones, and folders that are no pleasure."""

import json
import os
import socket
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from abs_platform.config.sample.trade import files
from tests.formats.hostile.corpus import cases
from tests.formats.test_ubl_attached import attached, embedded
from tests.launch.conftest import run_abs
from tests.shared_data import shared

SAMPLE = files()
KEYS = {
    "file", "format", "media_type", "kind", "number", "issue_date", "order_number", "seller", "buyer", "currency", "total",
    "verdict", "reasons",
}  # fmt: skip
# Nothing runs there: whoever tried to use a database or Redis would fail.
NO_SERVICE = {"DATABASE_URL": "postgres://x:y@127.0.0.1:9/z", "REDIS_URL": "redis://127.0.0.1:9/0"}


def check(*paths: Path | str, code: int = 0) -> tuple[list[dict[str, Any]], str]:
    """The rows of --json, and the last line on standard error."""
    done = run_abs("check-files", "--json", *map(str, paths), env=NO_SERVICE)
    assert done.returncode == code, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    for row in rows:
        assert set(row) == KEYS
        assert row["verdict"] in ("accepted", "attention", "refused")
        assert all(set(reason) == {"rule", "level", "field", "detail", "params"} for reason in row["reasons"])
        if row["verdict"] != "accepted":
            assert row["reasons"], row["file"]
    return rows, (done.stderr.strip().splitlines() or [""])[-1]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with files, folders, an archive, and what is neither."""
    root = tmp_path / "in"
    (root / "deep" / "er").mkdir(parents=True)
    for name, data in SAMPLE.items():
        (root / name).write_bytes(data)
    (root / "deep" / "er" / "broken.xml").write_bytes(SAMPLE["05-invoice.xml"][:-40])
    with zipfile.ZipFile(root / "deep" / "all.zip", "w") as archive:
        archive.writestr("b/发票.xml", SAMPLE["05-invoice.xml"])
        archive.writestr("program.exe", b"MZ\x90\0" + bytes(60))
    return root


def test_every_file_has_its_line_in_a_stable_order(folder: Path) -> None:
    rows, last = check(folder)
    names = [row["file"].removeprefix(f"{folder}/") for row in rows]
    assert names == [
        *sorted(SAMPLE), "deep/all.zip", "deep/all.zip!/b/发票.xml", "deep/all.zip!/program.exe", "deep/er/broken.xml",
    ]  # fmt: skip
    by_name = dict(zip(names, rows, strict=True))
    invoice = by_name["05-invoice.xml"]
    assert (invoice["kind"], invoice["number"], invoice["currency"]) == ("invoice", "26322000000004180018", "CNY")
    assert invoice["seller"]["name"] and invoice["seller"]["identifiers"][0][0] == "company_id"
    assert {**by_name["deep/all.zip!/b/发票.xml"], "file": ""} == {**invoice, "file": ""}
    assert by_name["deep/all.zip!/program.exe"]["reasons"][0]["rule"] == "program"
    assert (by_name["deep/er/broken.xml"]["verdict"], by_name["deep/er/broken.xml"]["format"]) == ("refused", "XML")
    assert by_name["deep/er/broken.xml"]["reasons"][0]["rule"] == "xml_malformed"
    counts = Counter(row["verdict"] for row in rows)
    assert last == (
        f"{len(SAMPLE) + 2} files, {len(rows)} lines: {counts['accepted']} accepted, {counts['attention']} attention, "
        f"{counts['refused']} refused"
    )


def test_what_a_member_holds_has_lines_of_its_own(tmp_path: Path) -> None:
    """Latin America's invoices come in a document of their own, and that in a ZIP."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("b.xml", attached(embedded(SAMPLE["05-invoice.xml"])))
    rows, _ = check(tmp_path)
    assert [(row["file"].removeprefix(f"{tmp_path}/"), row["kind"]) for row in rows] == [
        ("a.zip", "attachment"),
        ("a.zip!/b.xml", "attachment"),
        ("a.zip!/b.xml!/a/a.xml", "invoice"),
    ]


def test_a_json_line_is_one_line_that_no_terminal_obeys(tmp_path: Path) -> None:
    """C1 controls, DEL, marks of direction and Unicode's own ends of lines are escaped, as JSON allows."""
    name = "a\x9b31m\x7f\x85b\u2028\u202e发票.txt"
    (tmp_path / name).write_bytes(b"text")
    done = run_abs("check-files", "--json", str(tmp_path), env=NO_SERVICE)
    [line] = done.stdout.splitlines()
    assert line.isprintable() and "发票" in line
    assert json.loads(line)["file"] == f"{tmp_path}/{name}"


def test_lines_for_people(folder: Path) -> None:
    (folder / "a\nb\x1b[31m\u202e.txt").write_bytes(b"text")
    done = run_abs("check-files", str(folder), env=NO_SERVICE)
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert len(lines) == len(SAMPLE) + 5
    assert any(line.startswith("refused ") and "xml_malformed: " in line for line in lines)
    assert any("05-invoice.xml" in line and "26322000000004180018" in line and " → " in line for line in lines)
    assert all(line.isprintable() for line in lines)


def test_what_cannot_be_read_is_said_and_passed_over(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    odd = folder / "deep" / "odd"
    odd.mkdir()
    os.mkfifo(odd / "pipe")
    monkeypatch.chdir(odd)  # a socket's path has to be short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
        (odd / "gone").symlink_to("nowhere")
        (odd / "loop").symlink_to("loop")
        (odd / "up").symlink_to("..")
        (odd / "link.xml").symlink_to("../../05-invoice.xml")
        (odd / "device").symlink_to("/dev/zero")
        (odd / "large").write_bytes(bytes(20_000_001))
        os.close(os.open(os.fsencode(odd) + b"/\xff\xfe.txt", os.O_CREAT | os.O_WRONLY))
        rows, _ = check(odd)
    found = {os.path.basename(row["file"]): row for row in rows}  # noqa: PTH119  # names that are no UTF-8
    rules = {name: [reason["rule"] for reason in row["reasons"]] for name, row in found.items()}
    assert found["link.xml"]["number"] == "26322000000004180018"
    assert rules["large"] == ["file_too_large"]
    assert rules["\udcff\udcfe.txt"] == ["file_empty"]
    for name in ("pipe", "socket", "gone", "loop", "up", "device"):
        assert rules[name] == ["file_unreadable"], name


def test_a_folder_that_is_not_there_is_an_error(folder: Path) -> None:
    rows, last = check(folder, folder / "nowhere", code=2)
    assert rows == []
    assert (
        last
        == f"abs: {folder / 'nowhere'} cannot be read (No such file or directory). Name folders and files that you may read."
    )


def test_published_files() -> None:
    hybrid = sorted(path for path in shared("02_facturx").rglob("*") if path.is_file())[::12]
    roots = [shared("01_ubl/oasis_2.0_chain"), shared("03_cn_einvoice"), *hybrid]
    rows, _ = check(*roots)
    below = [sorted(path for path in root.rglob("*") if path.is_file()) if root.is_dir() else [root] for root in roots]
    assert sorted(row["file"] for row in rows if "!/" not in row["file"]) == sorted(
        str(p) for each in below for p in each
    )
    assert not [row["file"] for row in rows if any(reason["rule"] == "unreadable" for reason in row["reasons"])]


def test_hostile_files_are_looked_at_to_the_last(tmp_path: Path) -> None:
    small = [case for case in cases() if case.name.split("/")[0] in ("zip", "pdf", "other", "picture")][::6]
    for number, case in enumerate(small):
        (tmp_path / f"{number:03d}").write_bytes(case.make())
    rows, _ = check(tmp_path)
    files_seen = [row for row in rows if "!/" not in row["file"]]
    assert len(files_seen) == len(small)
    for row, case in zip(files_seen, small, strict=True):
        assert case.harmless or row["verdict"] != "accepted", case.name
