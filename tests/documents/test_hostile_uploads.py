"""Every hostile file through the front door: taken or refused with a reason, shown safely, given back as it came."""

import json
from collections.abc import Sequence

import pytest

from abs_platform.core.models import Job, JobState
from abs_platform.documents.models import Document
from tests.formats.hostile.cases import Case
from tests.formats.hostile.corpus import cases
from tests.support.callers import Files
from tests.support.world import World, drain

pytestmark = pytest.mark.usefixtures("db")

BATCH = 40
# Larger ones are tried without HTTP: what counts here is the way through the platform, not the size.
MAX_BYTES = 2_000_000
NAMES = [
    "../../../etc/passwd", "..\\..\\boot.ini", "a\x00b.xml", "invoice\u202efdp.exe", "x" * 4_096 + ".xml", "CON", "aux.xml",
    "=cmd|calc.xml", "<script>alert(1)</script>.svg", "a\r\nSet-Cookie: x=1.xml", "'; DROP TABLE documents_document; --.xml",
    "\u2028\u2029.pdf", ".htaccess", "单" * 1_300 + ".ofd",
]  # fmt: skip
SAFE_TYPES = (
    "application/octet-stream", "application/xml", "application/pdf", "application/zip", "application/ofd", "text/plain",
    "text/csv", "image/",
)  # fmt: skip


def uploads() -> list[tuple[str, bytes]]:
    found = [(_name(number, case), case.make()) for number, case in enumerate(cases())]
    return [(name, data) for name, data in found if len(data) <= MAX_BYTES]


def _name(number: int, case: Case) -> str:
    """Hostile names among the rest, each its own."""
    return NAMES[number // 10 % len(NAMES)] if number % 10 == 0 else f"{number}-{case.name.split('/')[1]}"


def upload(world: World, batch: Sequence[tuple[str, bytes]]) -> dict[str, list[dict[str, object]]]:
    reply = world.supplier.browser.send("POST", "documents", Files(dict(batch)))
    assert reply.status_code in (201, 422), reply.content[:500]
    body: dict[str, list[dict[str, object]]] = json.loads(reply.content)
    return body


def test_every_hostile_file_is_taken_or_refused_with_a_reason(world: World) -> None:
    every = uploads()
    assert len(every) >= 150
    sent: dict[str, bytes] = {}
    rejected = 0
    for start in range(0, len(every), BATCH):
        body = upload(world, every[start : start + BATCH])
        kept = iter(body["documents"])
        codes = [item["code"] for item in body["rejected"]]
        assert set(codes) <= {"file_empty"}
        rejected += len(codes)
        for _, data in every[start : start + BATCH]:
            if data:
                sent[str(next(kept)["id"])] = data
    assert rejected == 1, "the empty one"
    drain()
    waiting = Job.objects.exclude(state=JobState.DONE).filter(kind__startswith="documents.")
    assert set(waiting.values_list("kind", flat=True)) <= {"documents.tax_status"}  # of whom nothing is asked here
    for row in Document.objects.filter(id__in=sent):
        assert row.extraction != "pending"
        assert row.verdict in ("accepted", "attention", "refused")
        if row.verdict == "refused":
            assert row.attention, row.filename
            assert all(
                item["code"] and item["params"].get("detail") for item in row.attention if item["code"] != "duplicate"
            )
    shown = world.supplier.browser.rows("documents", page_size=100)
    assert len(shown) == 100
    for item in shown:
        assert item["filename"].isprintable()
        assert "/" not in item["filename"]
    for number, (id, data) in enumerate(sent.items()):
        if number % 6 == 0:
            world.supplier.browser.get(f"documents/{id}")
            _check_download(world, id, data)


def _check_download(world: World, id: str, data: bytes) -> None:
    reply = world.supplier.browser.send("GET", f"documents/{id}/file")
    assert reply.status_code == 200
    body = b"".join(reply.streaming_content) if reply.streaming else reply.content
    assert body == data
    assert reply["Content-Type"].startswith(SAFE_TYPES)
    assert "svg" not in reply["Content-Type"]
    assert reply["Content-Disposition"].startswith("attachment")
    assert "\n" not in reply["Content-Disposition"]
    assert reply["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in reply["Content-Security-Policy"]
