"""A certificate says what its bundle says, in two languages, as a file that lasts; nobody's text can change its page."""

import io
import json
import os
import re
import subprocess
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from abs_platform.core.transactions import NetworkInTransactionError
from abs_platform.core.words import LANGUAGES, Language
from abs_platform.documents import certificate
from abs_platform.documents.certificate import ATTACHMENT, Facts, typeset
from abs_platform.documents.certificate_parts import Issue
from abs_platform.integrations import pdf
from abs_platform.integrations.pdf import PdfError, Typst, typesetter
from abs_platform.verifier import abs_verify
from tests.verifier.builder import CONTENT, Case, make_case
from tests.verifier.chain import FakeChain
from tests.verifier.conftest import chains, running_chains

__all__ = ["chains", "running_chains"]

OPERATOR = ("平台运营中心", "Platform Operations Centre")
ISSUED = datetime(2026, 11, 26, 19, 0, 1, tzinfo=UTC)
FONTS = settings.FONTS_DIR


@pytest.fixture
def case(chains: dict[str, FakeChain]) -> Case:
    """On two chains, with a witness and a time-stamp."""
    return make_case(chains, more=True)


@pytest.fixture
def facts(case: Case) -> Facts:
    return Facts(
        bundle=case.bundle,
        trust=case.trust,
        owner="洛川精密轴承制造有限公司",
        received_at=datetime(2026, 11, 23, 5, 49, 10, tzinfo=UTC),
        issue=Issue(OPERATOR, "https://abs.example.cn/verify", ISSUED),
    )


def reader(data: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(data), strict=True)


def text_of(data: bytes) -> str:
    return "\n".join(page.extract_text() for page in reader(data).pages)


def bare(text: str) -> str:
    """Without white space: where lines break is the layout's business."""
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_that_the_bundle_says_can_be_read(language: Language, facts: Facts, case: Case) -> None:
    text = bare(text_of(typeset(facts, language, typesetter())))
    bundle = case.bundle
    document, record = bundle["document"], bundle["record"]
    said = [document["filename"], document["sm3"], record["id"], record["commitment"], bundle["log"]["origin"]]
    said += [
        f"{document['size']:,}",
        case.root.hex(),
        facts.owner,
        OPERATOR[LANGUAGES.index(language)],
        facts.issue.verify_url,
    ]
    for anchor in bundle["anchors"]:
        said += [anchor["chain"], str(anchor["chain_id"]), f"{anchor['block']:,}", anchor["block_hash"], anchor["tx"]]
        said += [anchor["contract"]]
    for signer in [*case.signers, case.witness]:
        said += [signer.public.hex(), signer.key_id.hex()]
    said += [bundle["timestamps"][0]["authority"], "RFC3161"]
    assert [each for each in said if bare(str(each)) not in text] == []
    for moment in ("2026-11-23 05:49:12", "2026-11-23 13:49:12", "2026-11-26 19:00:01", "2026-11-27 03:00:01"):
        assert bare(moment) in text


def test_it_says_in_both_languages_what_it_is_worth(facts: Facts) -> None:
    chinese, english = (bare(text_of(typeset(facts, language, typesetter()))) for language in LANGUAGES)
    for words in (
        "存证证明",
        "最高人民法院《人民法院在线诉讼规则》第十六条",
        "第十七条",
        "第十八条",
        "本证明不能证明",
        "文件所载内容真实",
        "利害关系",
        "时间来源",
    ):
        assert words in chinese, words
    for words in (
        "Certificate of Evidence Preservation",
        "article 16",
        "article 17",
        "article 18",
        "It does not prove",
        "Truth before anchoring is not covered",
        "an interest in what this file is about",
        "Source:",
    ):
        assert bare(words) in english, words
    for text in (chinese, english):
        assert "{" not in text and "}" not in text, "a place was not filled in"
        assert "abs_verify.py" in text and ATTACHMENT in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_pdf_a_3_with_every_font_in_it(language: Language, facts: Facts) -> None:
    pages = reader(typeset(facts, language, typesetter()))
    metadata = pages.xmp_metadata
    assert metadata is not None
    xmp = metadata.stream.get_data().decode()
    assert re.search(r"pdfaid:part(>|=\")3\b", xmp) and re.search(r"pdfaid:conformance(>|=\")B\b", xmp)
    assert pages.metadata is not None and facts.bundle["record"]["id"] in (pages.metadata.title or "")
    fonts = [font for page in pages.pages for font in fonts_of(page["/Resources"])]
    assert {font["/BaseFont"].split("+")[-1] for font in fonts} >= {"NotoSansSC-Regular", "NotoSansSC-Bold"}
    for font in fonts:
        descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        assert {"/FontFile2", "/FontFile3"} & set(descriptor), f"{font['/BaseFont']} is not embedded"
        assert "/ToUnicode" in font


def fonts_of(resources: Any) -> list[Any]:
    found = DictionaryObject(resources.get_object()).get("/Font", {})
    return [font.get_object() for font in found.get_object().values()]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_attached_is_the_bundle_and_verifies(language: Language, facts: Facts, case: Case) -> None:
    pages = reader(typeset(facts, language, typesetter()))
    assert list(pages.attachments) == [ATTACHMENT]
    [content] = pages.attachments[ATTACHMENT]
    assert json.loads(content) == case.bundle
    catalog = pages.trailer["/Root"]
    assert len(catalog["/AF"]) == 1 and catalog["/AF"][0].get_object()["/AFRelationship"] == "/Source"
    attached = abs_verify.load_json(content, abs_verify.MAX_BUNDLE_BYTES, "bundle")
    assert abs_verify.verify(attached, case.trust, io.BytesIO(CONTENT)).verdict == "valid"
    assert abs_verify.verify(attached, case.trust, io.BytesIO(CONTENT + b" ")).verdict == "invalid"


def test_the_same_facts_make_the_same_bytes(facts: Facts) -> None:
    first, second = (typeset(facts, "zh", typesetter()) for _ in range(2))
    assert first == second
    assert (
        typeset(replace(facts, issue=replace(facts.issue, issued_at=ISSUED.replace(second=2))), "zh", typesetter())
        != first
    )


HOSTILE = {
    "markup": '#panic("x") #strong[b] $a^2$ `c` *d* _e_ = f <g> @h \\u{41} // i /* j */',
    "code": '"); #read("/etc/passwd"); ("',
    "one word": "x" * 196 + ".xml",
    "wide": "W" * 200,
    "chinese": "采" * 200,
    "bidi": "invoice\u202efdp.exe \u2066\u200b\u0000",
    "no sign for it": "😀\u05d0\u0e01\U00020000" * 50,
    "marks": "e" + "\u0301" * 190,
    "lines": "a\nb\r\n\tc\u2028d",
    "braces": "{page} {operator} {",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_text_of_others_stays_text(text: str, facts: Facts, case: Case) -> None:
    """In every place where somebody else's words stand: all is shown, in as many pages, and nothing runs off the page."""
    bundle = case.copy()
    bundle["document"]["filename"] = text
    hostile = replace(facts, bundle=bundle, owner=text, issue=replace(facts.issue, operator=(text, text)))
    made = typeset(hostile, "en", typesetter())
    shown = typesetter().showable(text)
    assert bare(text_of(made)).count(bare(shown)) >= 3
    assert all(ord(character) not in (0x202E, 0x2066, 0x200B, 0) for character in text_of(made))
    assert 2 <= len(reader(made).pages) <= 5
    assert right_edge(made) <= 210 - 20 + 0.5, "something runs off the page"
    [content] = reader(made).attachments[ATTACHMENT]
    assert json.loads(content) == bundle, "the attachment says it unchanged"


def right_edge(data: bytes) -> float:
    """How far to the right any text reaches, in mm, by the fonts' own widths."""
    return max(edge for page in reader(data).pages for edge in _edges(page)) / 72 * 25.4


def _edges(page: Any) -> list[float]:
    widths = {name: _widths(font.get_object()) for name, font in page["/Resources"]["/Font"].get_object().items()}
    edges: list[float] = []
    chosen: list[Any] = []

    def visit(operator: bytes, operands: list[Any], matrix: list[float], text_matrix: list[float]) -> None:
        if operator == b"Tf":
            chosen[:] = operands
        elif operator in (b"TJ", b"Tj"):
            name, size = chosen
            width = 0.0
            for piece in operands[0] if operator == b"TJ" else operands:
                if isinstance(piece, int | float):
                    width -= float(piece)
                else:
                    signs = piece if isinstance(piece, bytes) else piece.original_bytes
                    width += sum(
                        widths[name].get(int.from_bytes(signs[at : at + 2]), 0) for at in range(0, len(signs), 2)
                    )
            begin = matrix[4] + text_matrix[4] * matrix[0]
            edges.append(begin + width / 1000 * float(size) * text_matrix[0] * matrix[0])

    page.extract_text(visitor_operand_before=visit)
    return edges


def _widths(font: Any) -> dict[int, float]:
    """Width by glyph (ISO 32000-1, 9.7.4.3)."""
    found: dict[int, float] = {}
    items = list(font["/DescendantFonts"][0].get_object()["/W"].get_object())
    while items:
        first, second = int(items.pop(0)), items.pop(0)
        if isinstance(second, int | float):
            width = float(items.pop(0))
            found |= dict.fromkeys(range(first, int(second) + 1), width)
        else:
            found |= {first + offset: float(width) for offset, width in enumerate(second.get_object())}
    return found


def test_a_word_that_runs_off_the_page_would_be_seen(
    facts: Facts, case: Case, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The negative control: without the rule that lets long words break."""
    rule = next(each for each in certificate.LAYOUT.read_text().splitlines() if each.startswith("#show regex"))
    layout = tmp_path / "layout.typ"
    layout.write_text(certificate.LAYOUT.read_text().replace(rule, ""))
    monkeypatch.setattr(certificate, "LAYOUT", layout)
    bundle = case.copy()
    bundle["document"]["filename"] = HOSTILE["one word"]
    assert right_edge(typeset(replace(facts, bundle=bundle), "en", typesetter())) > 210


def test_many_chains_and_long_names_fill_more_pages(facts: Facts, case: Case) -> None:
    bundle = case.copy()
    bundle["anchors"] = [{**bundle["anchors"][0], "chain": f"chain-{n}-" + "y" * 80} for n in range(30)]
    made = typeset(replace(facts, bundle=bundle), "zh", typesetter())
    assert len(reader(made).pages) > 6
    text = bare(text_of(made))
    assert all(f"chain-{n}-" + "y" * 80 in text for n in range(30)) and "30条区块链" in text


def test_what_cannot_be_seen_is_written_out() -> None:
    shown = typesetter().showable
    assert shown("发票 No. 42 (é).xml") == "发票 No. 42 (é).xml"
    assert shown("e\u0301") == "é", "composed where it can be"
    assert shown("a\u202eb") == "a[U+202E]b"
    assert shown("\U0001f600") == "[U+1F600]"
    assert len(shown("😀" * 200)) == 400 and shown("😀" * 200).endswith("…")


def test_without_fonts_it_says_what_to_do(facts: Facts, tmp_path: Path) -> None:
    with pytest.raises(PdfError, match=r"ABS_FONTS_DIR"):
        typeset(facts, "zh", Typst(fonts=tmp_path))


def test_a_folder_of_other_things_is_no_font(facts: Facts, tmp_path: Path) -> None:
    for name in ("400Regular", "700Bold"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.ttf").write_bytes(bytes(200))
    with pytest.raises(PdfError, match="character map"):
        typeset(facts, "zh", Typst(fonts=tmp_path))


def test_it_takes_no_longer_than_allowed(facts: Facts) -> None:
    started = time.monotonic()
    with pytest.raises(PdfError, match=r"0\.01 s"):
        typeset(facts, "zh", Typst(fonts=FONTS, timeout=0.01))
    assert time.monotonic() - started < 5
    ours = ["ps", "--ppid", str(os.getpid()), "-o", "args"]
    assert b"pdf_child" not in subprocess.run(ours, capture_output=True, check=True).stdout


def test_many_at_once_are_turned_away_instead_of_waiting(facts: Facts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "PATIENCE", 0.05)
    busy = Typst(fonts=settings.FONTS_DIR)
    for _ in range(pdf.AT_ONCE):
        assert busy._places.acquire(blocking=False)
    with pytest.raises(PdfError, match="at once"):
        typeset(facts, "zh", busy)
    busy._places.release()
    assert typeset(facts, "zh", busy).startswith(b"%PDF")


def test_a_layout_that_fails_is_an_error(tmp_path: Path) -> None:
    layout = tmp_path / "x.typ"
    attachment = pdf.Attachment("a.json", "application/json", "a", b"{}")

    def make() -> bytes:
        return Typst(fonts=FONTS).typeset(layout=layout, data={}, attachments=[attachment], moment=ISSUED)

    layout.write_text("#panic()")
    with pytest.raises(PdfError, match="panicked"):
        make()
    layout.write_text('#read("/etc/passwd")')
    with pytest.raises(PdfError):
        make()
    layout.write_text("\U0001f600")
    with pytest.raises(PdfError, match="could not be displayed"):
        make()


@pytest.mark.django_db(transaction=False)
def test_it_is_not_made_within_a_transaction(facts: Facts) -> None:
    with transaction.atomic(), pytest.raises(NetworkInTransactionError):
        typeset(facts, "zh", typesetter())
