"""The command line: help for everything, benchmarks that speak JSON, checks that run side by side."""

import json
import os
import sys
from pathlib import Path

import pytest

from abs_platform.launch import bench
from abs_platform.launch.__main__ import parser, split
from abs_platform.launch.bench import render
from abs_platform.launch.console import Console, Failure, table, width
from abs_platform.launch.figures import InvalidFigures, read_figures
from abs_platform.launch.interrupts import Interrupts
from abs_platform.launch.lanes import LaneRunner, Stage
from abs_platform.launch.supervisor import Supervisor
from tests.launch.conftest import run_abs

COMMANDS = ["up", "down", "status", "test", "bench", "audit", "reset", "manage", "witness", "check-files"]

BENCH = '''"""Sorting, for the launcher's own tests."""
NEEDS = ()

def figures(progress):
    print("this belongs on standard error")
    progress("one round")
    return [{"name": "sort", "value": 2000.0, "unit": "/s", "peer": "bogosort", "peer_value": 1, "ratio": 2000.0,
             "goal": ">=7"}]
'''


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parser().parse_args([command, "--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert f"usage: abs {command}" in shown
    assert len(shown.splitlines()) > 6


def test_the_commands_are_listed() -> None:
    done = run_abs("--help")
    assert done.returncode == 0
    listed = {line.split()[0] for line in done.stdout.splitlines() if line.startswith("    ") and line.strip()}
    assert set(COMMANDS) <= listed


@pytest.mark.parametrize(
    ("given", "own", "passed"),
    [
        (["audit", "--json", "--state"], ["audit"], ["--json", "--state"]),
        (["manage", "--state", "x", "migrate", "--plan"], ["manage", "--state", "x"], ["migrate", "--plan"]),
        (["test", "-k", "merkle"], ["test"], ["-k", "merkle"]),
        (["test", "--", "--help"], ["test"], ["--help"]),
        (["up", "--port", "0"], ["up", "--port", "0"], []),
    ],
)
def test_arguments_of_other_programs_are_passed_on(given: list[str], own: list[str], passed: list[str]) -> None:
    assert split(given) == (own, passed)


def test_bench_prints_exactly_one_json_object(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "tests" / "bench").mkdir(parents=True)
    (tmp_path / "tests" / "__init__.py").touch()
    (tmp_path / "tests" / "bench" / "sorting.py").write_text(BENCH)
    (tmp_path / "tests" / "bench" / "_helpers.py").write_text(BENCH)
    monkeypatch.setattr(bench, "BENCHES", tmp_path / "tests" / "bench")
    monkeypatch.setattr(bench, "ROOT", tmp_path)
    found = bench.benchmarks(tmp_path / "tests" / "bench")
    assert list(found) == ["sorting"]
    assert found["sorting"].description == "Sorting, for the launcher's own tests."
    assert found["sorting"].needs == frozenset()
    assert bench.run(parser().parse_args(["bench", "sorting", "--json"])) == 0
    output, errors = capfd.readouterr()
    record = json.loads(output)
    assert set(record) == {"bench", "figures"}
    assert record["bench"] == "sorting"
    assert record["figures"] == [
        {
            "name": "sort", "value": 2000.0, "unit": "/s", "peer": "bogosort", "peer_value": 1, "ratio": 2000.0,
            "goal": ">=7",
        }
    ]  # fmt: skip
    assert "one round" in errors
    assert "this belongs on standard error" in errors


def test_an_unknown_benchmark_is_refused_with_what_there_is() -> None:
    done = run_abs("bench", "no-such-benchmark")
    assert done.returncode == 2
    assert "there is no benchmark 'no-such-benchmark'" in done.stderr


@pytest.mark.parametrize(
    "text",
    [
        "", "{}", "[]", '[{"name": "a"}]',
        '[{"name": "a", "value": null, "unit": "s", "peer": null, "peer_value": null, "ratio": null, "goal": null}]',
        '[{"name": "a", "value": NaN, "unit": "s", "peer": null, "peer_value": null, "ratio": null, "goal": null}]',
        '[{"name": "a", "value": 1, "unit": null, "peer": null, "peer_value": null, "ratio": null, "goal": null}]',
    ],
)  # fmt: skip
def test_improper_figures_are_refused(text: str) -> None:
    with pytest.raises(InvalidFigures):
        read_figures(text)


def test_figures_say_whether_their_goal_is_met() -> None:
    form = '{{"name": "{0}", "value": 1.5, "unit": "s", "peer": "p", "peer_value": 1, "ratio": {1}, "goal": {2}}}'
    rows = [("fast", "7.1", '">=7"'), ("slow", "1.6", '"<=1.5"'), ("free", "null", "null")]
    figures = read_figures(f"[{','.join(form.format(*row) for row in rows)}]")
    assert [figure.is_met() for figure in figures] == [True, False, None]
    assert "missed" in render(figures)


def test_lanes_run_side_by_side_and_report_every_failure(tmp_path: Path) -> None:
    def stage(name: str, code: str) -> Stage:
        return Stage(name, [sys.executable, "-c", code])

    built: list[str] = []
    passing = stage("passing", "pass")
    passing.done = lambda: built.append("built")
    failing = stage("failing", "raise SystemExit('line 3 is wrong')")
    last = stage("last", "raise SystemExit(7)")
    with (tmp_path / "console").open("w") as stream, Supervisor(Console(stream), Interrupts()) as supervisor:
        runner = LaneRunner(Console(stream), Interrupts(), supervisor, dict(os.environ), tmp_path)
        codes = runner.run([[failing, last], [passing]], keep_going=True)
    assert codes == {"failing": 1, "last": 7, "passing": 0}
    assert list(codes) == ["failing", "last", "passing"]
    assert built == ["built"]
    shown = (tmp_path / "console").read_text()
    assert "failing … FAILED" in shown
    assert "line 3 is wrong" in shown


def test_a_lane_that_must_succeed_ends_everything_with_its_last_words(tmp_path: Path) -> None:
    failing = Stage("failing", [sys.executable, "-c", "raise SystemExit('no space left')"])
    endless = Stage("endless", ["sleep", "60"])
    with (tmp_path / "console").open("w") as stream, Supervisor(Console(stream), Interrupts()) as supervisor:
        runner = LaneRunner(Console(stream), Interrupts(), supervisor, dict(os.environ), tmp_path)
        with pytest.raises(Failure, match=r"failing ended with exit code 1(?s:.*)no space left"):
            runner.run([[failing], [endless]], keep_going=False)
    assert endless.process is not None
    assert endless.process.returncode() is not None


def test_tables_align_chinese_text() -> None:
    assert width("供应商 A") == 8
    lines = table(["name", "n"], [["供应商", "1"], ["abc", "10"]], right=frozenset({1})).splitlines()
    assert lines == ["name     n", "------  --", "供应商   1", "abc     10"]
