"""The public log interface: whoever mirrors it by HTTP alone rebuilds the whole tree and gets the signed root."""

import base64
import hashlib
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from abs_platform.crypto import ed25519, merkle
from abs_platform.ledger import note, public_log, selectors, services, tiles
from abs_platform.ledger.models import Channel, Checkpoint, Leaf
from tests.ledger.conftest import Ledger
from tests.support.serving import served

BASE = "/api/v1/log/main"


@pytest.fixture
def anybody() -> APIClient:
    return APIClient()


@pytest.fixture(params=["sm3", "sha256"])
def log(unanchored: Ledger, request: pytest.FixtureRequest) -> Ledger:
    """A log under either hash function; nothing is in it yet."""
    unanchored.tamper("UPDATE ledger_channel SET hash = %s", request.param)
    return unanchored


# --- a mirror that knows nothing but the specifications (RFC 9162, C2SP tlog-tiles, tlog-checkpoint)


class Mirror:
    def __init__(self, address: str, hash_name: str) -> None:
        self.address = address
        self.hash_name = hash_name

    def fetch(self, path: str) -> bytes:
        with urllib.request.urlopen(f"{self.address}/{path}", timeout=10) as answer:
            content: bytes = answer.read()
            return content

    def digest(self, data: bytes) -> bytes:
        return hashlib.new(self.hash_name, data).digest()

    @staticmethod
    def number(index: int) -> str:
        digits = f"{index:0{3 * ((len(str(index)) + 2) // 3)}}"
        groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
        return "/".join(["x" + group for group in groups[:-1]] + groups[-1:])

    def level(self, kind: str, count: int) -> list[bytes]:
        """All tiles of a level with `count` hashes (or entries), in order."""
        full, rest = divmod(count, 256)
        found = [self.fetch(f"tile/{kind}/{self.number(index)}") for index in range(full)]
        if rest:
            found.append(self.fetch(f"tile/{kind}/{self.number(full)}.p/{rest}"))
        return found

    def root(self, hashes: list[bytes]) -> bytes:
        if len(hashes) == 1:
            return hashes[0]
        k = 1 << (len(hashes) - 1).bit_length() - 1
        return self.digest(b"\x01" + self.root(hashes[:k]) + self.root(hashes[k:]))

    def entries(self, size: int) -> list[bytes]:
        found = []
        for data in self.level("entries", size):
            while data:
                length = int.from_bytes(data[:2], "big")
                found.append(data[2 : 2 + length])
                data = data[2 + length :]
        return found


def test_a_mirror_rebuilds_the_signed_root_from_what_is_served(log: Ledger) -> None:
    records = []
    with served() as web:
        mirror = Mirror(f"{web}{BASE}", Channel.objects.get().hash)
        for count in (1, 254, 1, 256, 44):
            records += log.append(count)
            services.seal()
            origin, size, root = mirror.fetch("checkpoint").decode().partition("\n\n")[0].split("\n")
            assert (origin, int(size)) == ("abs.local/main", len(records))
            entries = mirror.entries(int(size))
            leaves = [mirror.digest(b"\x00" + entry) for entry in entries]
            assert mirror.root(leaves) == base64.b64decode(root)
            assert sorted(entry.split(b"\n")[1].decode() for entry in entries) == sorted(str(r.id) for r in records)
            below, level = leaves, 0
            while below:
                assert b"".join(mirror.level(str(level), len(below))) == b"".join(below)
                below = [mirror.root(below[at : at + 256]) for at in range(0, len(below) - len(below) % 256, 256)]
                level += 1


def test_the_second_level_and_three_groups_of_digits(unanchored: Ledger, anybody: APIClient) -> None:
    assert [str(tiles.Place(n)) for n in (0, 999, 1000, 1234067)] == ["000", "999", "x001/000", "x001/x234/067"]
    assert str(tiles.Place(1000, 5)) == "x001/000.p/5"
    assert tiles.parse("x001/x234/067.p/255") == tiles.Place(1234067, 255)
    unanchored.append(256 * 3 + 7)
    services.seal()
    assert len(anybody.get(f"{BASE}/tile/1/000.p/3").content) == 96
    assert [list(tiles.places(775, level=n)) for n in tiles.levels(775)] == [
        [tiles.Place(0), tiles.Place(1), tiles.Place(2), tiles.Place(3, 7)],
        [tiles.Place(0, 3)],
    ]


NOT_THERE = [
        "tile/0/003", "tile/0/003.p/8", "tile/0/002.p/256", "tile/0/002.p/0", "tile/0/002.p/01", "tile/0/2", "tile/0/0002",
        "tile/0/x000/002", "tile/0/002/", "tile/0/x002", "tile/0/-01", "tile/0/٠٠٢", "tile/1/000", "tile/1/000.p/4",
        "tile/2/000.p/1", "tile/00/000", "tile/8/000", "tile/99/000", "tile/999999999999999999/000", "tile/x/000",
        "tile/entries/003", "tile/entries/003.p/8", "tile/entries/x999/x999/x999/x999/x999/999", "tile/0/002.p/1/",
        "checkpoints/774", "checkpoints/99999999999999999999999", "proof/consistency?from=1&to=776",
        "proof/consistency?from=775&to=3", "proof/inclusion?index=775", "proof/inclusion?index=7&size=7",
        "proof/inclusion?index=99999999", "tile", "",
]  # fmt: skip


def test_what_no_checkpoint_covers_is_not_there(unanchored: Ledger, anybody: APIClient) -> None:
    unanchored.append(256 * 3 + 7)
    services.seal()
    unanchored.append(400)  # pending: taken in, not signed
    for path in NOT_THERE:
        answer = anybody.get(f"{BASE}/{path}")
        assert answer.status_code == 404, path
        assert "immutable" not in answer.get("Cache-Control", ""), path


def test_an_unknown_channel_is_not_there(unanchored: Ledger, anybody: APIClient) -> None:
    for path in ("checkpoint", "tile/0/000", "tile/entries/000", "proof/inclusion?index=0"):
        assert anybody.get(f"/api/v1/log/other/{path}").status_code == 404
    assert anybody.get("/api/v1/verify/trust?channel=other").status_code == 404


def test_tiles_are_kept_for_ever_and_checkpoints_briefly(unanchored: Ledger, anybody: APIClient) -> None:
    unanchored.append(300)
    services.seal()
    for path, kind in (("tile/0/000", "application/octet-stream"), ("tile/0/001.p/44", "application/octet-stream"),
                       ("tile/entries/001.p/44", "application/octet-stream"), ("checkpoint", "text/plain; charset=utf-8")):  # fmt: skip
        answer = anybody.get(f"{BASE}/{path}", headers={"Accept": "text/html"})
        assert (answer.status_code, answer["Content-Type"]) == (200, kind)
        assert ("max-age=31536000, immutable" in answer["Cache-Control"]) == path.startswith("tile/")
        assert "Vary" not in answer and not answer.cookies
        known = anybody.get(f"{BASE}/{path}", headers={"If-None-Match": answer["ETag"]})
        assert (known.status_code, known.content) == (304, b"")
        head = anybody.head(f"{BASE}/{path}")
        assert (head.status_code, head["ETag"]) == (200, answer["ETag"])
        assert anybody.post(f"{BASE}/{path}").status_code == 405
    missing = anybody.get(f"{BASE}/tile/0/001")
    assert missing["Cache-Control"] == "no-store"
    before = anybody.get(f"{BASE}/tile/0/001.p/44").content
    unanchored.append(500)
    services.seal()
    assert anybody.get(f"{BASE}/tile/0/001.p/44").content == before
    assert anybody.get(f"{BASE}/tile/0/001").content.startswith(before)


def test_a_tile_costs_few_queries(unanchored: Ledger, anybody: APIClient) -> None:
    unanchored.append(600)
    services.seal()
    for path in ("tile/0/000", "tile/0/002.p/88", "tile/1/000.p/2", "tile/entries/001", "checkpoint"):
        with CaptureQueriesContext(connection) as queries:
            assert anybody.get(f"{BASE}/{path}").status_code == 200
        assert len(queries) <= 4, path


def test_proofs_verify_against_signed_roots(log: Ledger, anybody: APIClient) -> None:
    sizes = []
    for count in (3, 254, 300):
        log.append(count)
        services.seal()
        sizes.append(Checkpoint.objects.latest("size").size)
    hasher = merkle.Hasher(Channel.objects.get().hash)
    roots = {c.size: note.parse(anybody.get(f"{BASE}/checkpoints/{c.size}").content.decode()).root
             for c in Checkpoint.objects.all()}  # fmt: skip
    leaves = [bytes(leaf) for leaf in Leaf.objects.order_by("index").values_list("hash", flat=True)]
    for size in sizes:
        for index in {0, 1, size // 2, size - 1}:
            by_index = anybody.get(f"{BASE}/proof/inclusion?index={index}&size={size}")
            assert "immutable" in by_index["Cache-Control"]
            path = [bytes.fromhex(node) for node in by_index.json()["path"]]
            merkle.verify_inclusion(
                hasher, leaf_hash=leaves[index], index=index, size=size, path=path, root=roots[size]
            )
        for old in (before for before in sizes if before <= size):
            found = anybody.get(f"{BASE}/proof/consistency?from={old}&to={size}").json()
            assert (found["from"], found["to"]) == (old, size)
            merkle.verify_consistency(
                hasher, old_size=old, old_root=roots[old], size=size, root=roots[size],
                path=[bytes.fromhex(node) for node in found["path"]],
            )  # fmt: skip
    newest = anybody.get(f"{BASE}/proof/inclusion?index=5")
    assert newest.json()["size"] == sizes[-1] and "immutable" not in newest["Cache-Control"]


NO_QUESTION = [
        "inclusion", "inclusion?index=-1", "inclusion?index=x", "inclusion?index=" + "9" * 400,
        "inclusion?index=0&size=0", "consistency",
        "consistency?from=0&to=1", "consistency?from=1", "consistency?from=1&to=" + "9" * 30,
]  # fmt: skip


def test_a_question_that_is_none_is_refused(unanchored: Ledger, anybody: APIClient) -> None:
    unanchored.append(2)
    services.seal()
    for query in NO_QUESTION:
        answer = anybody.get(f"{BASE}/proof/{query}")
        assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json"), query


def test_the_trust_file_names_keys_as_stock_clients_read_them(
    unanchored: Ledger, anybody: APIClient, settings: Any
) -> None:
    witness = ed25519.generate()
    settings.WITNESSES = [{"name": "witness.example/w1", "public": witness.public.hex()}]
    unanchored.append(1)
    services.seal()
    trust = anybody.get("/api/v1/verify/trust?channel=main").json()
    assert trust == selectors.trust()
    types = {"sm2-sm3": b"\xffsm2-sm3", "ed25519": b"\x01", "cosignature/v1": b"\x04"}
    listed = [*trust["keys"], *trust["witnesses"]]
    assert [key["type"] for key in listed] == ["sm2-sm3", "ed25519", "cosignature/v1"]
    for key in listed:
        name, key_id, encoded = key["vkey"].split("+", 2)
        typed = base64.b64decode(encoded, validate=True)
        assert typed == types[key["type"]] + bytes.fromhex(key["public"])
        assert key_id == hashlib.sha256(name.encode() + b"\n" + typed).digest()[:4].hex()
    stock = trust["keys"][1]["vkey"]
    text = anybody.get(f"{BASE}/checkpoint").content.decode()
    name, key_id, encoded = stock.split("+", 2)
    ours = [each for each in note.signatures(text) if (each.name, each.key_id.hex()) == (name, key_id)]
    assert [ed25519.verify(base64.b64decode(encoded)[1:], text.partition("\n\n")[0].encode() + b"\n", each.signature)
            for each in ours] == [True]  # fmt: skip


def test_the_exported_files_are_what_is_served(log: Ledger, anybody: APIClient, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no checkpoint"):
        call_command("export_log", str(tmp_path / "log"))
    for count in (300, 256 * 2 - 40):
        log.append(count)
        services.seal()
        call_command("export_log", str(tmp_path / "log"), verbosity=0)
    files = [file for file in (tmp_path / "log").rglob("*") if file.is_file()]
    names = {str(file.relative_to(tmp_path / "log")) for file in files}
    size = Checkpoint.objects.latest("size").size
    assert size == 772
    assert names >= {"checkpoint", "tile/0/002", "tile/0/003.p/4", "tile/1/000.p/3", "tile/entries/001.p/44"}
    for file in files:
        answer = anybody.get(f"{BASE}/{file.relative_to(tmp_path / 'log')}")
        assert answer.status_code == 200 and answer.content == file.read_bytes(), file
    channel = Channel.objects.get()
    assert (tmp_path / "log" / "checkpoint").read_text() == public_log.note_of(public_log.checkpoint(channel))
