"""The parts of the tour's story that think: who is who in the files, and what the API said."""

import json
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from abs_platform.launch.console import Failure
from abs_platform.launch.paths import ROOT
from abs_platform.launch.stack import manage

Json = dict[str, Any]  # Any: JSON
Identifier = tuple[str, str]


@dataclass(slots=True)
class PartyInFiles:
    """One party as all the files together name it."""

    name: str
    identifiers: set[Identifier] = field(default_factory=set)
    sells: bool = False
    buys: bool = False


@dataclass(slots=True)
class FileInFolder:
    """One file, what was read from it, and who its parties are."""

    path: Path
    kind: str
    seller: PartyInFiles | None
    buyer: PartyInFiles | None


def read_folder(folder: Path, environment: Mapping[str, str]) -> list[FileInFolder]:
    """The folder's files with their parties told apart. Raises Failure for a folder without files."""
    paths = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    if not paths:
        raise Failure(f"{folder} holds no files")
    command = manage(["check_files", "--json", "--", *map(str, paths)], environment)
    done = subprocess.run(command.argv, env=dict(environment), cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failure(f"the files cannot be read:\n{done.stderr[-2000:]}")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    parties: list[PartyInFiles] = []
    found = []
    # Members of archives have rows of their own; the tour tells its story of the files themselves.
    of_file = {row["file"]: row for row in rows}
    for path in paths:
        row = of_file[str(path)]
        seller, buyer = (_known(parties, row.get(side)) for side in ("seller", "buyer"))
        if seller:
            seller.sells = True
        if buyer:
            buyer.buys = True
        found.append(FileInFolder(path, row["kind"], seller, buyer))
    return found


def _known(parties: list[PartyInFiles], named: Json | None) -> PartyInFiles | None:
    """The party that bears the most decisive of these identifiers; a new one when none does."""
    if not named or not named["identifiers"]:
        return None
    identifiers = [(scheme, value) for scheme, value in named["identifiers"]]
    party = next((party for pair in identifiers for party in parties if pair in party.identifiers), None)
    if party is None:
        party = PartyInFiles(named["name"] or identifiers[0][1])
        parties.append(party)
    taken = {pair for other in parties if other is not party for pair in other.identifiers}
    party.identifiers.update(pair for pair in identifiers if pair not in taken)
    return party


def parties_of(files: Iterable[FileInFolder]) -> list[PartyInFiles]:
    """Every party once."""
    every = [party for file in files for party in (file.seller, file.buyer) if party]
    return list({id(party): party for party in every}.values())


def summary(documents: Sequence[Json], trades: Sequence[Json]) -> Json:
    """What the tour reports of the trades."""
    return {
        "documents": list(documents),
        "mismatches": [
            {key: item[key] for key in ("rule", "document", "line", "expected", "found")}
            for trade in trades
            for item in trade["mismatches"]
        ],
        "remarks": [
            {"rule": item["rule"], "document": item["document"], "detail": item["detail"]}
            for trade in trades
            for item in trade["remarks"]
        ],
        "open_quantities": [item for trade in trades for item in trade["open_quantities"]],
        "rights": [
            {
                "trade": trade["order_number"],
                **{key: trade["right"][key] for key in ("rung", "base", "supported", "currency", "poolable")},
                "reductions": [
                    {"reason": each["reason"], "amount": each["amount"]} for each in trade["right"]["reductions"]
                ],
                "missing": trade["right"]["missing"],
            }
            for trade in trades
        ],
    }
