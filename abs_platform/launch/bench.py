"""`abs bench`: runs one benchmark of tests/bench and shows its figures."""

import argparse
import ast
import json
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from abs_platform.launch import backing
from abs_platform.launch.console import Console, Failure, table
from abs_platform.launch.figures import Figure, InvalidFigures, read_figures
from abs_platform.launch.frontend import Frontend, install_packages
from abs_platform.launch.interrupts import Interrupted, Interrupts
from abs_platform.launch.paths import ROOT, StateFolder
from abs_platform.launch.processes import Command
from abs_platform.launch.stack import manage, python
from abs_platform.launch.supervisor import Supervisor, ending

BENCHES = ROOT / "tests" / "bench"
_DESCRIPTION = """\
Runs the benchmark NAME and prints its figures, each beside a peer measured in turn in the same run; without a name it
lists what there is. Services are started in a throw-away folder; DATABASE_URL, REDIS_URL and ABS_CHAINS in the
environment name others to use. `ratio` is what the goal is about."""


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A module of tests/bench: its name, the first line of its docstring, the services that its NEEDS names."""

    name: str
    description: str
    needs: frozenset[str]


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("bench", help="run a benchmark", description=_DESCRIPTION)
    parser.add_argument("name", nargs="?", metavar="NAME", help="which benchmark; without it, the list")
    parser.add_argument(
        "--json", action="store_true", help="one JSON object on standard output, all else on standard error"
    )
    parser.set_defaults(run=run)


def benchmarks(folder: Path) -> dict[str, Benchmark]:
    """What there is, by name, without importing any of it."""
    found = {}
    for file in sorted(folder.glob("[!_]*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"), filename=str(file))
        if not any(isinstance(node, ast.FunctionDef) and node.name == "figures" for node in tree.body):
            continue
        text = (ast.get_docstring(tree) or "").strip().splitlines()
        found[file.stem] = Benchmark(file.stem, text[0] if text else "", _needs(tree))
    return found


def _needs(tree: ast.Module) -> frozenset[str]:
    """The module's NEEDS, a tuple of service names; all services where it says nothing."""
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and any(
            isinstance(t, ast.Name) and t.id == "NEEDS" for t in statement.targets
        ):
            return frozenset(ast.literal_eval(statement.value)) & backing.ALL
    return backing.ALL


def run(arguments: argparse.Namespace) -> int:
    there = benchmarks(BENCHES)
    if arguments.name is None:
        rows = [[benchmark.name, benchmark.description] for benchmark in there.values()]
        if arguments.json:
            Console().say(json.dumps([{"bench": name, "description": text} for name, text in rows], ensure_ascii=False))
        else:
            Console().say(table(["bench", "what it measures"], rows) if rows else "there is no benchmark yet")
        return 0
    benchmark = there.get(arguments.name)
    if benchmark is None:
        raise Failure(f"there is no benchmark {arguments.name!r}; there are: {', '.join(there) or 'none'}", code=2)
    figures = _measure(benchmark)
    if arguments.json:
        Console().say(json.dumps({"bench": benchmark.name, "figures": [figure.as_json() for figure in figures]}))
    else:
        Console().say(render(figures))
    return 0


def render(figures: list[Figure]) -> str:
    """The figures as a table."""
    header = ["figure", "value", "unit", "peer", "peer's value", "ratio", "goal", ""]
    rows = [
        [
            figure.name, _number(figure.value), figure.unit, figure.peer or "-", _number(figure.peer_value),
            _number(figure.ratio), figure.goal or "-", {True: "met", False: "missed", None: ""}[figure.is_met()],
        ]
        for figure in figures
    ]  # fmt: skip
    return table(header, rows, right=frozenset({1, 4, 5}))


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _measure(benchmark: Benchmark) -> list[Figure]:
    console = Console(sys.stderr)
    interrupts = Interrupts()
    folder = Path(tempfile.mkdtemp(prefix="abs-bench-"))
    try:
        with interrupts.listening(), Supervisor(console, interrupts, quick_stop=True) as supervisor:
            return _run(benchmark, StateFolder(folder), console, interrupts, supervisor)
    except Interrupted as interrupted:
        raise Failure("stopped", code=interrupted.code) from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(
    benchmark: Benchmark, state: StateFolder, console: Console, interrupts: Interrupts, supervisor: Supervisor
) -> list[Figure]:
    state.create()
    given = backing.base_environment()
    if backing.EVM in benchmark.needs and not given.get("ABS_CHAINS"):
        install_packages(Frontend(given), console, interrupts, supervisor, state.logs)
    found = backing.start(supervisor, console, state, given, wanted=benchmark.needs)
    env = backing.throw_away_environment(given, found, state)
    for name in backing.ALL - benchmark.needs:
        env.pop(backing.VARIABLES[name], None)
    if backing.POSTGRES in benchmark.needs:
        log = state.logs / "migrate.log"
        with console.step("database schema"):
            code = supervisor.run(manage(["migrate", "--no-input"], env, log=log))
        if code != 0:
            raise Failure(f"migrate {ending(code)}\n{log.read_text(encoding='utf-8', errors='replace')}")
    result = state.path / "figures.json"
    argv = python("-m", "abs_platform.launch.bench_runner", benchmark.name, str(result))
    code = supervisor.run(Command(benchmark.name, argv, env, cwd=ROOT, to_stderr=True), timeout=3600)
    if code != 0:
        raise Failure(f"the benchmark {benchmark.name} {ending(code)}")
    try:
        return read_figures(result.read_text(encoding="utf-8"))
    except (OSError, InvalidFigures) as error:
        raise Failure(f"the benchmark {benchmark.name} gave no proper figures: {error}") from error
