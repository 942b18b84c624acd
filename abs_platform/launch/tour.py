"""`abs tour [DIR]`: the whole story through the public REST API, as supplier, core enterprise and financier in turn."""

import argparse
import contextlib
import io
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from abs_platform.launch.console import Console, Failure, table
from abs_platform.launch.paths import ROOT, StateFolder
from abs_platform.launch.rest import Client, Refusal
from abs_platform.launch.stack import Running
from abs_platform.launch.story import FileInFolder, PartyInFiles, parties_of, read_folder, summary
from abs_platform.launch.up import add_state_option
from abs_platform.verifier import abs_verify

Json = dict[str, Any]  # Any: JSON
SAMPLE = ROOT / "abs_platform" / "config" / "sample" / "files"
PATIENCE = 120.0
_DESCRIPTION = """\
Plays the main job with the files of DIR (default: the project's own sample trade): upload, record, anchor, confirm,
compute the right, ask for access, grant, read, verify from outside, revoke. Uses the running stack, or starts one and
stops it afterwards. Exit code 0 only if every document was recorded, anchored, verified, read under consent, and
refused before consent and after its revocation."""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("tour", help="play the main job through the REST API", description=_DESCRIPTION)
    parser.add_argument("folder", nargs="?", type=Path, default=SAMPLE, metavar="DIR", help="a folder of documents")
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object on standard output, steps on standard error"
    )
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="leave proof bundles and the trust file there")
    add_state_option(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Play the tour; the exit code."""
    folder = arguments.folder.expanduser().resolve()
    if not folder.is_dir():
        raise Failure(f"{arguments.folder} is no folder", code=2)
    console = Console(sys.stderr if arguments.json else sys.stdout)
    state = StateFolder.chosen(arguments.state)
    with _stack(state, console) as running:
        tour = Tour(running, state, console, arguments.out)
        found = tour.play(read_folder(folder, {**os.environ, **running.environment}))
    if arguments.json:
        print(json.dumps(found, ensure_ascii=False))
    else:
        _show(found, console)
    return 0 if tour.complete else 1


@contextlib.contextmanager
def _stack(state: StateFolder, console: Console) -> Iterator[Running]:
    """The stack that runs, else one started for the tour and stopped after it."""
    running = Running.find(state)
    if running:
        yield running
        return
    console.say("no stack is running: starting one for the tour")
    launcher = [sys.executable, "-m", "abs_platform.launch"]
    chosen = ["--state", str(state.path)]
    started = subprocess.run(
        [*launcher, "up", "--detach", "--port", "0", *chosen], cwd=ROOT, stdout=sys.stderr, check=False
    )
    running = Running.find(state) if started.returncode == 0 else None
    if running is None:
        raise Failure("the stack could not be started; `./abs up` says why")
    try:
        yield running
    finally:
        subprocess.run([*launcher, "down", *chosen], cwd=ROOT, stdout=sys.stderr, check=False)


@dataclass(slots=True)
class Uploaded:
    """A file on its way through the platform."""

    file: FileInFolder
    content: bytes
    supplier: Client
    body: Json
    bundle: Json | None = None
    verdict: str = ""
    read: bool = False
    refused_before: bool = False
    refused_after: bool = False


class Tour:
    """One play. `complete` tells afterwards whether every document came through every step."""

    def __init__(self, running: Running, state: StateFolder, console: Console, out: Path | None) -> None:
        self._say = console.say
        self._web = running.web
        self._out = out
        self._operator = Client.operator(running.web, state)
        self._run = time.strftime("%Y-%m-%d %H:%M:%S ") + secrets.token_hex(2)
        self._clients: dict[int, Client] = {}
        self._names: dict[int, str] = {}
        self._organisations: dict[int, str] = {}
        self.complete = False

    def play(self, files: list[FileInFolder]) -> Json:
        """The story from registration to revocation."""
        sellers, financier = self._register(files)
        uploaded = self._upload(files, sellers)
        self._each_refused(financier, uploaded, "before")
        self._wait_for_anchors(uploaded)
        self._confirm(files)
        self._join_loose(uploaded)
        trades = self._settled_trades(sellers)
        requests = self._share(financier, sellers, uploaded)
        self._read_and_verify(financier, uploaded)
        self._revoke(financier, sellers, requests, uploaded)
        found = summary([_document(each) for each in uploaded], trades)
        found["consent"] = {
            "before": "refused" if all(each.refused_before for each in uploaded) else "open",
            "granted": "read" if all(each.read for each in uploaded) else "refused",
            "after_revocation": "refused" if all(each.refused_after for each in uploaded) else "open",
        }
        self.complete = found["consent"] == {
            "before": "refused",
            "granted": "read",
            "after_revocation": "refused",
        } and all(each.verdict == "valid" for each in uploaded)
        return found

    # --- who takes part

    def _register(self, files: list[FileInFolder]) -> tuple[list[PartyInFiles], Client]:
        network = self._operator.post("networks", {"name": f"tour {self._run}"})["id"]
        parties = parties_of(files)
        if not any(party.sells for party in parties):
            parties.append(PartyInFiles("Tour supplier", sells=True))
        for party in parties:
            roles = [role for role, has in (("supplier", party.sells), ("core_enterprise", party.buys)) if has]
            self._organisations[id(party)], self._clients[id(party)] = self._organisation(
                network, party.name, roles, sorted(party.identifiers)
            )
            self._names[id(party)] = party.name
            self._say(f"Registered {party.name} as {' and '.join(roles).replace('_', ' ')}.")
        _, financier = self._organisation(network, "Tour financier", ["financier"], [])
        return [party for party in parties if party.sells], financier

    def _organisation(
        self, network: str, name: str, roles: list[str], identifiers: list[tuple[str, str]]
    ) -> tuple[str, Client]:
        body = {
            "network": network,
            "name": name,
            "roles": roles,
            "listed": "supplier" in roles,
            "identifiers": [{"scheme": scheme, "value": value} for scheme, value in identifiers],
        }
        organisation = self._operator.post("organisations", body)["id"]
        credentials = self._operator.post(
            f"organisations/{organisation}/clients", {"name": f"{name[:80]} (tour)", "roles": roles}
        )
        return organisation, Client.signed_in(self._web, **credentials)

    # --- supplier

    def _upload(self, files: list[FileInFolder], sellers: list[PartyInFiles]) -> list[Uploaded]:
        uploaded = []
        for file in files:
            seller = file.seller or sellers[0]
            client = self._clients[id(seller)]
            content = file.path.read_bytes()
            body = client.upload(file.path.name, content)["documents"][0]
            if body["digest"] != abs_verify.sm3(content).hex():
                raise Failure(f"the platform's digest of {file.path.name} is not the file's SM3")
            self._say(f"{self._names[id(seller)]} uploaded {file.path.name}: SM3 {body['digest'][:16]}…")
            uploaded.append(Uploaded(file, content, client, body))
        return uploaded

    def _wait_for_anchors(self, uploaded: list[Uploaded]) -> None:
        for each in uploaded:

            def anchored(each: Uploaded = each) -> bool:
                each.body = each.supplier.get(f"documents/{each.body['id']}")
                return bool(each.body["state"] == "anchored" and each.body["extraction"] != "pending")

            self._wait(anchored, f"{each.file.path.name} to be read and anchored")
            anchor = each.body["anchors"][0]
            what = f"{each.body['kind'].replace('_', ' ')} {each.body['number']}".strip()
            self._say(
                f"{each.file.path.name} is {what}; log index {each.body['log_index']}, anchored on {anchor['chain']} in block {anchor['block']}."
            )
            for item in each.body["attention"]:
                self._say(f"  needs attention: {item['code'].replace('_', ' ')}")

    def _join_loose(self, uploaded: list[Uploaded]) -> None:
        """A file that says of no trade where it belongs is joined to the supplier's trade where it has only one."""
        for each in uploaded:
            each.body = each.supplier.get(f"documents/{each.body['id']}")
            trades = list(each.supplier.pages("trades"))
            if "attach" not in each.body["allowed_actions"] or len(trades) != 1:
                continue
            try:
                each.body = each.supplier.post(f"documents/{each.body['id']}/attach", {"trade": trades[0]["id"]})
            except Refusal as refusal:
                if refusal.problem.get("code") != "not_loose":
                    raise
                continue  # the platform has just found where it belongs
            self._say(f"{each.file.path.name} is kept as it is, and joined to trade {trades[0]['order_number']}.")

    # --- core enterprise

    def _confirm(self, files: list[FileInFolder]) -> None:
        buyers = {id(party): party for party in parties_of(files) if party.buys}
        for party in buyers.values():
            client = self._clients[id(party)]
            self._wait_until_filed(files, party, client)
            for row in list(client.pages("confirmations", state="pending")):
                sheet = client.get(f"confirmations/{row['id']}")
                shown = ", ".join(
                    f"{item['rule']} ({item['found']} against {item['expected']})" for item in sheet["differences"]
                )
                client.post(f"confirmations/{row['id']}/confirm", {"content_digest": sheet["content_digest"]})
                kind = row["document"]["kind"].replace("_", " ")
                self._say(
                    f"{party.name} confirmed {kind} {row['document']['number']} by SM2{f'; shown: {shown}' if shown else ''}."
                )

    def _wait_until_filed(self, files: list[FileInFolder], buyer: PartyInFiles, client: Client) -> None:
        """Every document that can be filed in one of this buyer's trades is."""
        expected = [
            file for file in files if file.buyer is buyer and file.kind in ("order", "receipt_advice", "invoice")
        ]

        def filed() -> bool:
            jobs = self._operator.get("operations")["jobs"]
            return len(list(client.pages("confirmations"))) >= len(expected) or jobs["queued"] + jobs["running"] == 0

        self._wait(filed, f"{buyer.name}'s confirmation queue")

    def _settled_trades(self, sellers: list[PartyInFiles]) -> list[Json]:
        """Every trade, once its right was computed from its latest facts."""
        found: list[Json] = []
        for seller in sellers:
            client = self._clients[id(seller)]
            for row in list(client.pages("trades")):
                trade: Json = {}

                def settled(client: Client = client, address: str = f"trades/{row['id']}") -> bool:
                    nonlocal trade
                    trade = client.get(address)
                    return trade["right"] is not None and trade["right"]["computed_at"] >= trade["updated_at"]

                self._wait(settled, f"the right of trade {row['order_number']}")
                right = trade["right"]
                self._say(
                    f"Trade {trade['order_number'] or '(provisional)'}: rung {right['rung']}, base {right['base']} {right['currency']}, "
                    f"supported {right['supported']}; missing: {', '.join(right['missing']) or 'nothing'}."
                )
                for item in trade["mismatches"]:
                    self._say(
                        f"  {item['rule']}: {item['document']} line {item['line']}: {item['found']} against {item['expected']}"
                    )
                found.append(trade)
        return found

    # --- financier

    def _each_refused(self, financier: Client, uploaded: list[Uploaded], when: str) -> None:
        for each in uploaded:
            refused = all(
                _refused(financier, f"documents/{each.body['id']}{part}") for part in ("", "/file", "/bundle")
            )
            setattr(each, f"refused_{when}", refused)
        listed = len(list(financier.pages("documents"))) + len(list(financier.pages("trades")))
        if listed:
            raise Failure(f"{when} consent the financier's lists hold {listed} rows of the suppliers' data")
        refused_count = sum(getattr(each, f"refused_{when}") for each in uploaded)
        self._say(f"Financier {when} consent: {refused_count} of {len(uploaded)} documents refused, nothing listed.")

    def _share(
        self, financier: Client, sellers: list[PartyInFiles], uploaded: list[Uploaded]
    ) -> list[tuple[PartyInFiles, str]]:
        grants = []
        for seller in sellers:
            client = self._clients[id(seller)]
            request = financier.post(
                "access-requests",
                {"owner": self._organisations[id(seller)], "purpose": "financing", "days": 30, "purpose_note": "tour"},
            )["id"]
            candidates = client.get(f"access-requests/{request}/candidates")
            loose = [each.body["id"] for each in uploaded if each.supplier is client and each.body["trade"] is None]
            body: Json = {"trades": [row["id"] for row in candidates["trades"]], "documents": loose, "days": 30}
            if not body["trades"] and not body["documents"]:
                client.post(f"access-requests/{request}/decline", {"reason": "nothing to show"})
                continue
            grants.append((seller, client.post(f"access-requests/{request}/grant", body)["id"]))
            given = " and ".join(
                f"{len(items)} {what}{'' if len(items) == 1 else 's'}"
                for items, what in ((body["trades"], "trade"), (loose, "loose document"))
                if items
            )
            self._say(f"{seller.name} granted the financier {given} for 30 days.")
        return grants

    def _read_and_verify(self, financier: Client, uploaded: list[Uploaded]) -> None:
        trust = json.loads(Client(f"{self._web}/api/v1/").raw("verify/trust"))
        if self._out:
            self._out.mkdir(parents=True, exist_ok=True)
            (self._out / "trust.json").write_text(json.dumps(trust, indent=1, ensure_ascii=False) + "\n")
        for each in uploaded:
            address = f"documents/{each.body['id']}"
            with contextlib.suppress(Refusal):
                each.body = {**financier.get(address), "trade": each.body["trade"]}
                content = financier.raw(f"{address}/file")
                each.bundle = financier.get(f"{address}/bundle")
                each.read = content == each.content
            if each.bundle:
                verdict = abs_verify.verify(each.bundle, trust, io.BytesIO(each.content), {})
                each.verdict = verdict.verdict
                self._say(f"Outside verifier on {each.file.path.name}: {verdict.sentence('en')}")
                if self._out:
                    (self._out / f"{each.file.path.name}.proof.json").write_text(
                        json.dumps(each.bundle, indent=1, ensure_ascii=False) + "\n"
                    )

    def _revoke(
        self,
        financier: Client,
        sellers: list[PartyInFiles],
        grants: list[tuple[PartyInFiles, str]],
        uploaded: list[Uploaded],
    ) -> None:
        for seller, grant in grants:
            client = self._clients[id(seller)]
            looks = sum(1 for _ in client.pages("accesses"))
            client.post(f"grants/{grant}/revoke")
            self._say(f"{seller.name} sees {looks} looks at its data on record, and revoked the grant.")
        self._each_refused(financier, uploaded, "after")

    def _wait(self, ready: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + PATIENCE
        pause = 0.05
        while not ready():
            if time.monotonic() > deadline:
                raise Failure(
                    f"waited {PATIENCE:.0f} s for {what}; `./abs status` and the logs in the state folder say more"
                )
            time.sleep(pause)
            pause = min(pause * 1.5, 1.0)


def _refused(client: Client, path: str) -> bool:
    try:
        client.raw(path)
    except Refusal as refusal:
        return refusal.status == 404
    return False


def _document(each: Uploaded) -> Json:
    anchors = each.body["anchors"]
    return {
        "kind": each.body["kind"] or "attachment",
        "number": each.body["number"],
        "file": each.file.path.name,
        "digest": each.body["digest"],
        "log_index": each.body["log_index"],
        "checkpoint": each.body["checkpoint_size"],
        "block": anchors[0]["block"] if anchors else None,
        "verified": each.verdict == "valid",
    }


def _show(found: Json, console: Console) -> None:
    console.say()
    heads = ("document", "kind", "number", "digest", "log index", "checkpoint", "block", "verified")
    rows = [
        (
            row["file"],
            row["kind"],
            row["number"],
            f"{row['digest'][:16]}…",
            row["log_index"],
            row["checkpoint"],
            row["block"],
            "yes" if row["verified"] else "NO",
        )
        for row in found["documents"]
    ]
    console.say(table(heads, [[str(cell) for cell in row] for row in rows]))
