"""What certificates consist of, as data for their layout (certificate.typ): rows, times, anchors, codes."""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import segno
from django.conf import settings

from abs_platform.core import clock
from abs_platform.core.words import word
from abs_platform.documents.certificate_words import Words
from abs_platform.integrations.pdf import Typesetter
from abs_platform.parties import selectors as parties

BEIJING = timedelta(hours=8)

Json = dict[str, Any]  # Any: JSON


@dataclass(frozen=True, slots=True)
class Issue:
    """Who issues a certificate, when, and where it is checked."""

    operator: tuple[str, str]  # Chinese, English
    verify_url: str
    issued_at: datetime


def issue() -> Issue:
    """One that is issued now."""
    operator = parties.operating_organisation()
    names = (operator.name, operator.name_en or operator.name) if operator else ("运营方", "its operator")
    return Issue(names, f"{settings.WEB_URL}/verify", clock.now())


class Parts:
    """Those that need words."""

    def __init__(self, words: Words, setter: Typesetter) -> None:
        self._words = words
        self._show = setter.showable

    def page(self, issued: Issue, *, number: str, origin: str, label_width: int, attachment: str = "") -> Json:
        """All but "finding" and "sections". `origin`: the log's; `label_width` in mm."""
        words, at = self._words, issued.issued_at.astimezone(UTC)
        return {
            "lang": words.language,
            "region": {"zh": "cn", "en": "gb"}[words.language],
            "label_width": label_width,
            "title": words("title"),
            "subtitle": words("subtitle"),
            "platform": words("platform", operator=self.operator(issued), origin=self._show(origin)),
            "number": row(words("number"), number, is_code=True),
            "issued": self.time_row("issued", at),
            "issued_parts": {name: getattr(at, name) for name in ("year", "month", "day", "hour", "minute", "second")},
            "qr": qr(issued.verify_url),
            "qr_alt": issued.verify_url,
            "qr_caption": words("qr"),
            "footer": words("footer", attachment=attachment),
            "page": words("page"),
        }

    def operator(self, issued: Issue) -> str:
        """Who runs the platform."""
        return self._show(word(issued.operator, self._words.language))

    def worth(self, issued: Issue, *, attachment: str = "") -> list[Json]:
        """The last sections: what the certificate proves, how it is checked, who stands behind it."""
        words, operator = self._words, self.operator(issued)

        def lists(*keys: str) -> list[Json]:
            values = {"attachment": attachment, "url": issued.verify_url}
            return [{"title": words(key), "items": words.items(key, **values)} for key in keys]

        return [
            {"title": words("worth"), "lists": lists("proves", "proves_not")},
            {"title": words("checking"), "lists": lists("by_page", "by_oneself")},
            {"title": words("operator"), "lead": words("operator_text", operator=operator)},
        ]

    def time_row(self, key: str, at: datetime, source: str = "") -> Json:
        """A moment in UTC and in Beijing, with its source."""
        told = times(at)
        notes = [self._words("time_note", **told), *([self._words(source)] if source else [])]
        return row(self._words(key), self._words("time", **told), " · ".join(notes))

    def chain(self, anchor: Json) -> Json:
        """A card: where a chain holds a checkpoint."""
        words = self._words
        contract = words("contract_value", address=anchor["contract"], index=anchor["index"])
        return {
            "title": self._show(anchor["chain"]),
            "kind": words("chain_kind", id=anchor["chain_id"]),
            "rows": [
                self.time_row("block_time", moment(anchor["time"]), "block_time_source"),
                row(words("block"), f"{anchor['block']:,}"),
                row(words("block_hash"), grouped(anchor["block_hash"]), is_code=True),
                row(words("tx"), grouped(anchor["tx"]), is_code=True),
                row(words("contract"), contract, is_code=True),
            ],
        }

    def authority(self, stamp: Json) -> Json:
        """A card: which authority stamped a checkpoint."""
        words = self._words
        return {
            "title": self._show(stamp["authority"]),
            "kind": words("authority_kind"),
            "rows": [self.time_row("authority_time", moment(stamp["time"]), "authority_time_source")],
        }


def row(label: str, value: str, remark: str = "", *, is_code: bool = False) -> Json:
    """A labelled value with a remark below."""
    return {"label": label, "value": value, "note": remark, "is_code": is_code}


def moment(text: str) -> datetime:
    """What RFC 3339 says."""
    return datetime.fromisoformat(text)


def times(at: datetime) -> dict[str, str]:
    """A moment to the second, in UTC and in Beijing, each with its date."""
    utc = at.astimezone(UTC)
    return {"utc": f"{utc:%Y-%m-%d %H:%M:%S}", "beijing": f"{utc + BEIJING:%Y-%m-%d %H:%M:%S}"}


def grouped(code: str) -> str:
    """Hexadecimal in groups of eight, so that eyes can compare it; a leading 0x stays with the first."""
    prefix, digits = ("0x", code[2:]) if code.startswith("0x") else ("", code)
    return prefix + " ".join(_chunks(digits, 8))


def _chunks(text: str, size: int) -> Iterable[str]:
    return (text[at : at + size] for at in range(0, len(text), size))


def qr(text: str) -> str:
    """A QR code (ISO/IEC 18004, error correction M) as SVG."""
    picture = io.BytesIO()
    segno.make(text, error="m", micro=False).save(picture, kind="svg", border=0, dark="#0F172A", xmldecl=False)
    return picture.getvalue().decode()
