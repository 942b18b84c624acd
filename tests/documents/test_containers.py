"""Archives that are uploaded: kept as they came, and every file in them a document of its own."""

import io
import zipfile

import pytest
from django.db import IntegrityError, transaction
from django.test import override_settings

from abs_platform.core import jobs
from abs_platform.documents import receiving, services, unpacking
from abs_platform.documents.models import Document
from abs_platform.trade.models import Trade
from tests.formats.test_ubl_attached import attached, embedded
from tests.support.papers import Papers
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("db")

PAPERS = Papers(number="PO-9")


def packed(files: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return target.getvalue()


INNER = packed({"despatch.xml": PAPERS.despatch()})
ARCHIVE = packed(
    {"2026/订单.xml": PAPERS.order(), "invoice.xml": PAPERS.invoice(), "inner.zip": INNER, "note.txt": b"x"}
)


def members(row: Document) -> list[Document]:
    return list(Document.objects.filter(container=row).order_by("position"))


def test_every_file_of_an_archive_becomes_a_document_of_its_own(world: World) -> None:
    [archive] = world.supplier.submit({"三月.zip": ARCHIVE})
    assert (archive.extraction, archive.media_type, archive.verdict) == ("attachment", "application/zip", "accepted")
    rows = members(archive)
    assert [row.filename for row in rows] == ["订单.xml", "invoice.xml", "despatch.xml", "note.txt"]
    assert [row.kind for row in rows] == ["order", "invoice", "despatch_advice", ""]
    assert {(row.owner_id, row.uploaded_by) for row in rows} == {(archive.owner_id, archive.uploaded_by)}
    assert len({row.record_id for row in rows} | {archive.record_id}) == 5, "each has a record of its own in the log"
    [trade] = Trade.objects.all()
    assert {row.trade_id for row in rows[:3]} == {trade.id}
    browser = world.supplier.browser
    assert browser.file(str(archive.id)) == ARCHIVE
    assert browser.file(str(rows[1].id)) == PAPERS.invoice()
    assert browser.get(f"documents/{rows[1].id}")["container"] == {"id": str(archive.id), "filename": "三月.zip"}
    assert browser.get(f"documents/{archive.id}")["container"] is None
    assert {row["id"] for row in browser.rows("documents", container=archive.id)} == {str(row.id) for row in rows}


def test_an_invoice_attached_to_a_document_in_an_archive_is_filed(world: World) -> None:
    world.supplier.submit({"order.xml": PAPERS.order()})
    [archive] = world.supplier.submit({"a.zip": packed({"wrapper.xml": attached(embedded(PAPERS.invoice()))})})
    [wrapper] = members(archive)
    assert (wrapper.extraction, wrapper.verdict) == ("attachment", "accepted")
    [invoice] = members(wrapper)
    assert (invoice.kind, invoice.filename, invoice.trade_id) == ("invoice", "a.xml", Trade.objects.get().id)


def test_the_other_side_is_not_told_of_the_archive(world: World) -> None:
    [archive] = world.supplier.submit({"a.zip": ARCHIVE})
    invoice = members(archive)[1]
    assert world.core.browser.get(f"documents/{invoice.id}")["container"] is None
    world.core.browser.get(f"documents/{archive.id}", status=404)


def test_unpacking_again_makes_no_second_copy(world: World) -> None:
    [archive] = world.supplier.submit({"a.zip": ARCHIVE})
    before = set(Document.objects.values_list("id", flat=True))
    unpacking.unpack(document_id=archive.id)
    services.extract(document_id=archive.id)
    assert set(Document.objects.values_list("id", flat=True)) == before
    row = members(archive)[0]
    with pytest.raises(IntegrityError, match="document_place_once"), transaction.atomic():
        Document.objects.filter(id=members(archive)[1].id).update(position=row.position)


def test_what_a_dead_worker_left_undone_is_done_later_and_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = world.supplier.browser
    [uploaded] = browser.upload({"a.zip": ARCHIVE})["documents"]
    jobs.drain(kinds=("documents.extract",))
    received = receiving.receive
    calls = 0

    def dying(**given: object) -> Document:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise KeyboardInterrupt
        return received(**given)  # type: ignore[arg-type]  # as given

    monkeypatch.setattr(receiving, "receive", dying)
    with pytest.raises(KeyboardInterrupt):
        unpacking.unpack(document_id=uploaded["id"])
    assert Document.objects.filter(container=uploaded["id"]).count() == 2
    monkeypatch.undo()
    unpacking.unpack(document_id=uploaded["id"])
    rows = members(Document.objects.get(id=uploaded["id"]))
    assert [row.position for row in rows] == [0, 1, 2, 3]
    assert [row.filename for row in rows] == ["订单.xml", "invoice.xml", "despatch.xml", "note.txt"]


def test_the_same_archive_again_is_not_unpacked_again(world: World) -> None:
    first, second = world.supplier.submit({"a.zip": ARCHIVE, "b.zip": ARCHIVE})
    assert second.duplicate_of == first
    assert len(members(first)) == 4
    assert members(second) == []


def test_all_of_an_archive_are_taken_or_none(world: World) -> None:
    with override_settings(MAX_FILE_BYTES=100_000):
        large = packed({"invoice.xml": PAPERS.invoice(), "large.txt": b"large " * 20_000})
        assert len(large) < 100_000
        slip, [row] = world.supplier.submit({"slip.zip": packed({"a.xml": PAPERS.order(), "../x": b"1"})})[0], (
            world.supplier.submit({"large.zip": large})
        )  # fmt: skip
    assert (row.extraction, row.attention[0]["code"]) == ("refused", "archive_too_large")
    assert (slip.extraction, slip.attention[0]["code"]) == ("refused", "archive_path")
    assert Document.objects.count() == 2


def test_what_is_refused_within_an_archive_is_kept_with_its_reason(world: World) -> None:
    [archive] = world.supplier.submit(
        {"a.zip": packed({"x.exe": b"MZ\x90\x00" + bytes(60), "empty.xml": b"", "y.txt": b"y"})}
    )
    program, text = members(archive)
    assert (program.verdict, program.attention[0]["code"]) == ("refused", "program")
    assert text.verdict == "accepted"
    assert [remark["rule"] for remark in archive.remarks] == ["archive", "member_empty"]
    assert archive.verdict == "attention"
