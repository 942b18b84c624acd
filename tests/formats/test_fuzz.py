"""Whatever is done to a document, it is read, left as an attachment, or refused; nothing else comes out."""

from hypothesis import given, settings
from hypothesis import strategies as st

from abs_platform.config.sample.trade import files
from abs_platform.integrations import formats
from abs_platform.integrations.formats.model import from_json, to_json

DOCUMENTS = [data for name, data in files().items() if name.endswith(".xml")]


def survives(data: bytes) -> None:
    try:
        extracted = formats.parse(data)
    except formats.Refused as refusal:
        assert refusal.code
        assert len(refusal.detail) < 1_000
        return
    if extracted is not None:
        assert from_json(to_json(extracted)) == extracted
        assert formats.business_key(extracted)
        assert formats.content_key(extracted)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(DOCUMENTS), st.data())
def test_bytes_replaced_cut_out_or_doubled(document: bytes, data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(document)))
        end = data.draw(st.integers(start, min(start + 60, len(document))))
        piece = data.draw(
            st.one_of(
                st.binary(max_size=12), st.just(document[start:end] * 2), st.sampled_from([b"<", b"&", b"]]>", b"\xff"])
            )
        )
        document = document[:start] + piece + document[end:]
    survives(document)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(DOCUMENTS), st.data())
def test_any_text_in_any_field(document: bytes, data: st.DataObject) -> None:
    parts = document.decode().split("</cbc:")
    position = data.draw(st.integers(0, len(parts) - 2))
    head, _, _ = parts[position].rpartition(">")
    text = data.draw(st.one_of(st.text(max_size=40), st.decimals().map(str), st.floats().map(str), st.dates().map(str)))
    parts[position] = head + ">" + text.replace("&", "&amp;").replace("<", "&lt;")
    survives("</cbc:".join(parts).encode("utf-8", "replace"))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    survives(data)
    survives(b"<" + data)
