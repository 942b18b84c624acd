"""Taking files in: limits, names, and what is kept of what is refused."""

import io
from pathlib import Path

import pytest
from django.db import DatabaseError
from django.test import override_settings

from abs_platform.core import jobs
from abs_platform.core.errors import Damaged, Forbidden
from abs_platform.core.filenames import clean_filename
from abs_platform.core.models import AuditEntry, Job
from abs_platform.crypto import sm3
from abs_platform.documents import custody, receiving
from abs_platform.documents.models import Document
from abs_platform.integrations.formats.media import media_type_of
from abs_platform.ledger.models import Record
from tests.support.callers import Files
from tests.support.papers import Papers
from tests.support.world import World, drain

pytestmark = pytest.mark.usefixtures("db")


def stored(folder: Path) -> list[Path]:
    """Every file that lies in storage, drafts too."""
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_file_is_received_then_recorded(world: World) -> None:
    data = Papers().order()
    [document] = world.supplier.browser.upload({"采购订单.xml": data})["documents"]
    assert (document["state"], document["extraction"], document["log_index"]) == ("received", "pending", None)
    assert document["digest"] == sm3.sm3(data).hex()
    assert (document["size"], document["filename"]) == (len(data), "采购订单.xml")
    drain(seal=True)
    again = world.supplier.browser.get(f"documents/{document['id']}")
    assert (again["state"], again["extraction"]) == ("recorded", "extracted")
    assert again["checkpoint_size"] == again["log_index"] + 1
    assert (again["kind"], again["number"], again["total"], again["currency"]) == ("order", "PO-1", "1130.00", "CNY")
    assert again["tax_status"] is None
    assert world.supplier.browser.file(document["id"]) == data


def test_several_files_at_once_are_taken_or_refused_each_by_itself(world: World) -> None:
    with override_settings(MAX_FILE_BYTES=100):
        answer = world.supplier.browser.upload({"a.txt": b"a", "b.txt": b"", "c.txt": b"c" * 101, "d.txt": b"d" * 100})
    assert [document["filename"] for document in answer["documents"]] == ["a.txt", "d.txt"]
    assert [(refused["filename"], refused["code"]) for refused in answer["rejected"]] == [
        ("b.txt", "file_empty"),
        ("c.txt", "file_too_large"),
    ]
    assert answer["rejected"][1]["params"]["limit"] == 100


def test_when_none_is_taken_the_answer_says_why(world: World) -> None:
    answer = world.supplier.browser.upload({"b.txt": b""}, status=422)
    assert answer["code"] == "all_refused"
    assert answer["params"]["rejected"][0]["code"] == "file_empty"
    assert world.supplier.browser.upload({}, status=422)["code"] == "no_files"


def test_a_file_of_exactly_the_limit_is_taken_and_one_byte_more_is_not(world: World, storage_folder: Path) -> None:
    before = len(stored(storage_folder))
    limit = 3_000_000  # over one segment, over what stays in memory
    with override_settings(MAX_FILE_BYTES=limit):
        [taken] = world.supplier.browser.upload({"a.bin": b"\x00" * limit})["documents"]
        assert taken["size"] == limit
        refused = world.supplier.browser.upload({"a.bin": b"\x00" * (limit + 1)}, status=422)
    assert refused["params"]["rejected"][0]["code"] == "file_too_large"
    assert len(stored(storage_folder)) == before + 1


def test_more_files_than_the_limit_are_refused_whole(world: World, storage_folder: Path) -> None:
    before = len(stored(storage_folder))
    for count, code in ((101, "too_many_files"), (150, "request_too_large")):
        answer = world.supplier.browser.upload({f"{n}.txt": b"x" for n in range(count)}, status=413)
        assert answer["code"] == code
    assert not Document.objects.exists()
    assert len(stored(storage_folder)) == before


@pytest.mark.parametrize("cut", [2, 20, 200, 3_000])
def test_a_form_that_breaks_off_leaves_nothing(cut: int, world: World, storage_folder: Path) -> None:
    """The end of what came is not the end of the file: only the form's last boundary says that."""
    before, caller = len(stored(storage_folder)), world.supplier.browser
    parts = "".join(
        f'--edge\r\nContent-Disposition: form-data; name="files"; filename="{n}.txt"\r\n\r\n{str(n) * 2_000}\r\n'
        for n in range(2)
    )
    body = f"{parts}--edge--\r\n".encode()
    kind = "multipart/form-data; boundary=edge"
    answer = caller.client.generic("POST", "/api/v1/documents", body[:-cut], kind, headers=caller.headers)
    if cut == 2:  # nothing but the end of its last line
        assert answer.status_code == 201
        return
    assert (answer.status_code, answer.json()["code"]) == (422, "upload_incomplete")
    assert not Document.objects.exists()
    assert len(stored(storage_folder)) == before


def test_the_limits_are_what_the_session_tells(world: World) -> None:
    with override_settings(MAX_FILES=2, MAX_FILE_BYTES=7):
        assert world.supplier.browser.get("session")["limits"] == {"max_file_bytes": 7, "max_files": 2}
        answer = world.supplier.browser.upload({f"{n}.txt": b"x" for n in range(3)}, status=413)
        assert answer["params"] == {"limit": 2}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("C:\\Users\\me\\order.xml", "order.xml"),
        ("a\x00b.xml", "ab.xml"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("a\r\nSet-Cookie: x.xml", "aSet-Cookie: x.xml"),
        ("\u200b\u2066.xml", "xml"),
        ("..", "unnamed"),
        ("", "unnamed"),
        ("   .  ", "unnamed"),
        ("/", "unnamed"),
        ("x" * 4000 + ".xml", "x" * 196 + ".xml"),
        ("单" * 4000, "单" * 200),
        ("a." + "b" * 4000, ("a." + "b" * 4000)[:200]),
        ("\ud800.xml", "xml"),
        ("采购订单 2026.xml", "采购订单 2026.xml"),
    ],
)  # fmt: skip
def test_a_name_is_made_harmless(given: str, kept: str) -> None:
    assert clean_filename(given) == kept
    assert clean_filename(kept) == kept


def test_a_hostile_name_survives_the_way_through_http(world: World) -> None:
    names = ["../../../etc/cron.d/x", "a\u202eb.xml", "单" * 1300 + ".xml", 'quote".xml', "semi;colon%2F.xml"]
    answer = world.supplier.browser.upload({name: b"x" + name.encode() for name in names})
    assert not answer["rejected"]
    for document in answer["documents"]:
        assert document["filename"] and "/" not in document["filename"] and "\u202e" not in document["filename"]
        reply = world.supplier.browser.send("GET", f"documents/{document['id']}/file")
        disposition = reply["Content-Disposition"]
        assert disposition.startswith("attachment") and "\n" not in disposition and disposition.isascii()


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (b"%PDF-1.7", "application/pdf"),
        (b'<?xml version="1.0"?><x/>', "application/xml"),
        (b"\xef\xbb\xbf  <?xml?>", "application/xml"),
        ('<?xml version="1.0" encoding="UTF-16"?>'.encode("utf-16"), "application/xml"),
        (b"<html><script>alert(1)</script>", "text/html"),
        (b"PK\x03\x04...", "application/zip"),
        ("单据".encode() * 100, "text/plain"),
        (b"\x00\x01\x02", "application/octet-stream"),
        (b"", "application/octet-stream"),
    ],
)
def test_the_media_type_is_told_by_the_bytes(head: bytes, media_type: str) -> None:
    assert media_type_of(head[:512]) == media_type


def test_a_file_is_served_as_something_that_no_browser_runs(world: World) -> None:
    [document] = world.supplier.browser.upload({"page.html": b"<html><script>alert(1)</script>"})["documents"]
    reply = world.supplier.browser.send("GET", f"documents/{document['id']}/file")
    assert reply["Content-Type"].startswith("text/plain")
    assert reply["X-Content-Type-Options"] == "nosniff"
    assert reply["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert reply["Content-Disposition"].startswith("attachment")
    assert "no-store" in reply["Cache-Control"]


def test_plaintext_lies_nowhere(world: World, storage_folder: Path) -> None:
    secret = b"the price nobody else may know " * 100
    world.supplier.browser.upload({"secret.txt": secret, "order.xml": Papers(number="SECRET-77").order()})
    drain()
    for path in stored(storage_folder):
        data = path.read_bytes()
        assert b"nobody else may know" not in data
        assert b"SECRET-77" not in data and b"<cbc:" not in data
        assert not path.name.startswith("."), "a draft was left"
        assert "secret" not in path.name


def test_the_same_bytes_lie_encrypted_differently(world: World) -> None:
    rows = world.supplier.submit({"a.txt": b"same" * 1000, "b.txt": b"same" * 1000})
    first, second = (b"".join(custody.storage().get(row.storage_name)) for row in rows)
    assert first != second
    assert rows[0].salt != rows[1].salt


def _ciphertext(folder: Path, row: Document) -> Path:
    return next(path for path in stored(folder) if path.name == row.storage_name)


@pytest.mark.parametrize("how", ["flipped", "cut", "lengthened", "swapped", "missing"])
def test_a_damaged_file_is_an_error_and_not_one_byte(how: str, world: World, storage_folder: Path) -> None:
    row, other = world.supplier.submit({"a.bin": b"a" * 2_500_000, "b.bin": b"b" * 2_500_000})
    path = _ciphertext(storage_folder, row)
    data = bytearray(path.read_bytes())
    if how == "flipped":
        data[-100] ^= 1  # in the last segment, when two good ones are already read
        path.write_bytes(data)
    elif how == "cut":
        path.write_bytes(data[: len(data) // 3 * 2])
    elif how == "lengthened":
        path.write_bytes(data + data[-200:])
    elif how == "swapped":
        path.write_bytes(_ciphertext(storage_folder, other).read_bytes())
    else:
        path.unlink()
    client = world.supplier.browser.client
    client.raise_request_exception = False
    try:
        reply = client.get(f"/api/v1/documents/{row.id}/file")
    finally:
        client.raise_request_exception = True
    assert reply.status_code == 500
    assert reply["Content-Type"] == "application/problem+json"
    assert b"aaaa" not in reply.content


def test_a_key_opens_nothing_but_its_own_file(world: World) -> None:
    row, other = world.supplier.submit({"a.txt": b"a", "b.txt": b"b"})
    for key_owner, wrapped in ((row.owner_id, other.wrapped_key), (world.castings.organisation.id, row.wrapped_key)):
        with pytest.raises(Damaged):
            custody.file_key(
                owner_id=key_owner,
                storage_name=row.storage_name,
                wrapped=custody.WrappedKey(bytes(wrapped), row.key_version),
            )


def test_a_failed_transaction_leaves_neither_row_nor_ciphertext(
    world: World, storage_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = set(stored(storage_folder))

    def fail(*args: object, **kwargs: object) -> None:
        raise DatabaseError("the connection broke")

    monkeypatch.setattr(jobs, "enqueue", fail)
    with pytest.raises(DatabaseError):
        receiving.receive(actor=world.supplier.actor, filename="a.txt", stream=io.BytesIO(b"a"), size=1)
    assert set(stored(storage_folder)) == before
    assert not Document.objects.exists() and not Record.objects.exists()
    assert not AuditEntry.objects.filter(verb="document.received").exists()


def test_who_is_no_supplier_leaves_nothing(world: World, storage_folder: Path) -> None:
    before = len(stored(storage_folder))
    for member in (world.core, world.bank, world.officer, world.console):
        assert member.browser.send("POST", "documents", Files({"a.txt": b"x"})).status_code == 403
        with pytest.raises(Forbidden):
            receiving.receive(actor=member.actor, filename="a.txt", stream=io.BytesIO(b"a"), size=1)
    assert len(stored(storage_folder)) == before and not Document.objects.exists()


def test_everything_of_an_upload_is_written_in_one_transaction(world: World) -> None:
    row, *_ = world.supplier.submit({"a.txt": b"a"})
    assert Record.objects.get(id=row.record_id).subject_id == row.id
    entry = AuditEntry.objects.get(verb="document.received", subject_id=row.id)
    assert (entry.organisation_id, entry.detail["digest"]) == (row.owner_id, row.digest)
    assert Job.objects.filter(kind="documents.extract", payload__document=str(row.id)).count() == 1
