"""ZIP containers of strangers: what may be read is read, the rest is refused by name before it costs anything."""

import io
import struct
import time
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abs_platform.integrations.formats.archives import Archive, Limits, is_archive
from abs_platform.integrations.formats.refusal import Refused


def packed(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


def code_of(data: bytes, limits: Limits | None = None, read: str | None = None) -> str:
    with pytest.raises(Refused) as refusal:
        archive = Archive(data, limits or Limits())
        archive.read(read or archive.names[0])
    assert refusal.value.detail
    return refusal.value.code


NAMES = st.text("abc发票.", min_size=1, max_size=8).filter(lambda name: name not in (".", "..") and "a:" not in name)


@given(st.dictionaries(NAMES, st.binary(max_size=200), min_size=1, max_size=5), st.sampled_from([0, 8]))
@settings(max_examples=50)
def test_what_was_packed_is_read(members: dict[str, bytes], method: int) -> None:
    data = packed(members, method)
    assert is_archive(data)
    archive = Archive(data)
    assert {name: archive.read(name) for name in archive.names} == members
    assert [archive.size(name) for name in archive.names] == [len(data) for data in members.values()]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_chinese_names_without_the_flag_are_read(encoding: str) -> None:
    raw = "发票/电子.xml".encode(encoding)
    data = packed({"x" * len(raw): b"1"}).replace(b"x" * len(raw), raw)
    assert Archive(data).names == ("发票/电子.xml",)


def test_members_are_found_however_the_path_is_written() -> None:
    archive = Archive(packed({"Doc_0/Document.xml": b"1", "folder/": b""}))
    assert archive.names == ("Doc_0/Document.xml",)
    assert archive.find("/doc_0\\Document.XML") == "Doc_0/Document.xml"
    assert archive.find("Doc_1/Document.xml") is None
    with pytest.raises(KeyError):
        archive.read("Doc_1/Document.xml")


@pytest.mark.parametrize("name", ["../x", "a/../../x", "/etc/passwd", "C:/x", "..\\x", "a" * 1_001])
def test_names_that_want_to_lie_elsewhere(name: str) -> None:
    assert code_of(packed({name: b"1"})) == "archive_path"


def test_links() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        info = zipfile.ZipInfo("link")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    assert code_of(file.getvalue()) == "archive_path"


def test_two_members_of_one_name() -> None:
    data = packed({"a.xml": b"1", "b.xml": b"2"})
    assert code_of(data.replace(b"b.xml", b"a.xml")) == "archive_ambiguous"
    assert code_of(data.replace(b"b.xml", b"A.xml")) == "archive_ambiguous"


def test_encrypted_members() -> None:
    data = bytearray(packed({"a.xml": b"1"}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    assert code_of(bytes(data)) == "archive_encrypted"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_methods(method: int) -> None:
    assert code_of(packed({"a.xml": b"1"}, method)) == "archive_method"


def test_bombs_cost_nothing() -> None:
    started = time.monotonic()
    assert code_of(packed({"a": bytes(20_000_000)})) == "archive_bomb"
    assert code_of(packed({"a": bytes(34_000_000)}, zipfile.ZIP_STORED)) == "archive_too_large"
    small = Limits(total_size=1_000)
    archive = Archive(packed({"a": bytes(600), "b": bytes(600)}), small)
    archive.read("a")
    archive.read("a")  # read again, not inflated again
    with pytest.raises(Refused, match="more than 1000 bytes"):
        archive.read("b")
    assert time.monotonic() - started < 5


def test_a_member_that_is_larger_than_it_says() -> None:
    data = bytearray(packed({"a": bytes(5_000)}))
    entry = data.index(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = struct.pack("<I", 10)
    assert code_of(bytes(data)) == "archive_damaged"


def test_nested_archives_share_one_budget() -> None:
    inner = packed({"x": bytes(700)}, zipfile.ZIP_STORED)
    outer = Archive(packed({"inner.zip": inner}, zipfile.ZIP_STORED), Limits(total_size=1_000))
    nested = Archive(outer.read("inner.zip"), within=outer)
    assert nested.depth == 2
    with pytest.raises(Refused, match="more than 1000 bytes"):
        nested.read("x")


def test_archives_in_archives_end() -> None:
    data = packed({"x": b"1"})
    archive = None
    with pytest.raises(Refused) as refusal:
        for _ in range(10):
            archive = Archive(data, within=archive)
    assert refusal.value.code == "archive_too_deep"


def test_a_directory_without_end() -> None:
    assert code_of(packed({str(n): b"" for n in range(20)}), Limits(members=19)) == "archive_too_many"
    flood = b"PK\x03\x04" + (b"PK\x01\x02" + bytes(42)) * 200_000
    started = time.monotonic()
    assert code_of(flood) == "archive_too_many"
    assert time.monotonic() - started < 1


@given(st.data())
@settings(max_examples=200)
def test_damaged_archives_are_refused_or_read(data: st.DataObject) -> None:
    whole = packed({"Doc_0/Document.xml": b"<x/>" * 50, "OFD.xml": b"<y/>"})
    cut = whole[: data.draw(st.integers(0, len(whole)))]
    broken = bytearray(data.draw(st.sampled_from([whole, cut])))
    for at in data.draw(st.lists(st.integers(0, max(len(broken) - 1, 0)), max_size=4)) if broken else []:
        broken[at] = data.draw(st.integers(0, 255))
    try:
        archive = Archive(bytes(broken))
        for name in archive.names:
            assert len(archive.read(name)) == archive.size(name)
    except Refused as refusal:
        assert refusal.code.startswith("archive_")
