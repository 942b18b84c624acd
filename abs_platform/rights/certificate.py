"""A right's certificate (确权凭证): the ladder as signed facts, in words, as a PDF with each fact and its proof attached.

What it says of a rung is read from the rung's signed statement, so that paper and proof cannot tell two stories.
"""

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from abs_platform.core.capitals import in_capitals
from abs_platform.core.errors import Conflict, Unavailable
from abs_platform.core.words import Language, said
from abs_platform.documents import certificate as document_certificate
from abs_platform.documents.certificate_parts import Issue, Json, Parts, grouped, issue, moment, row, times
from abs_platform.documents.certificate_words import Words
from abs_platform.documents.export_words import KINDS
from abs_platform.integrations.pdf import Attachment, PdfError, Typesetter, typesetter
from abs_platform.ledger import note
from abs_platform.rights import selectors
from abs_platform.rights.certificate_words import LISTS, PAIRS
from abs_platform.rights.evidence import PLATFORM
from abs_platform.rights.ladder import INVOICED
from abs_platform.rights.models import Right
from abs_platform.rights.replies import right_body, state_in_words
from abs_platform.rights.words import (
    AGREED_FIELDS,
    DISPUTABLE,
    DUE_BASES,
    EVENTS,
    LOST,
    REDUCTIONS,
    RUNGS,
)

log = logging.getLogger(__name__)

LAYOUT = Path(document_certificate.__file__).with_name("certificate.typ")
LABEL_WIDTHS = {"zh": 27, "en": 34}  # mm
MOST_SHOWN = 10  # of the documents, signatures and reductions of one rung; all of them are in the attachments


@dataclass(frozen=True, slots=True)
class Rung:
    """The newest fact of a rung: its statement to the letter, the file's name, and its proof bundle."""

    name: str
    statement: str
    bundle: Json

    @property
    def content(self) -> Json:
        """What the statement says."""
        read: Json = json.loads(self.statement)
        return read


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a certificate tells. The same facts in the same language make the same bytes. `right`: as in replies."""

    right: Json
    rungs: tuple[Rung, ...]
    issue: Issue


def certificate(*, right: Right, language: Language) -> bytes:
    """The certificate of a right, for callers that hold one they may see and have logged the look. Runs in no transaction.

    Raises Conflict for a right that stands on no rung, Unavailable where no PDF can be made.
    """
    if right.rung == 0:
        raise Conflict(
            "right_not_confirmed",
            "No rung of the ladder is reached, so there is nothing to certify yet. The right's page says what is missing.",
        )
    facts = Facts(
        right=right_body(right),
        rungs=tuple(
            Rung(selectors.fact_name(fact), fact.statement, selectors.fact_bundle(fact))
            for fact in selectors.newest_facts(right.id)
        ),
        issue=issue(),
    )
    try:
        return typeset(facts, language, typesetter())
    except PdfError as error:
        log.error("no certificate of a right can be made: %s", error)
        raise Unavailable(
            "right_certificate_unavailable",
            "The certificate cannot be made now. Try again later; each rung's statement and proof can be downloaded.",
        ) from error


def typeset(facts: Facts, language: Language, setter: Typesetter) -> bytes:
    """The PDF. Raises PdfError."""
    data = _Page(facts, language, setter).data()
    attachments = [each for rung in facts.rungs for each in _attached(rung)]
    return setter.typeset(layout=LAYOUT, data=data, attachments=attachments, moment=facts.issue.issued_at)


def _attached(rung: Rung) -> tuple[Attachment, Attachment]:
    proof = json.dumps(rung.bundle, ensure_ascii=False, indent=1).encode()
    return (
        Attachment(rung.name, "application/json", "abs-rung/v1", rung.statement.encode()),
        Attachment(f"{rung.name}.proof.json", "application/json", "abs-proof-bundle/v1", proof),
    )


class _Page:
    """The certificate's data for the layout."""

    def __init__(self, facts: Facts, language: Language, setter: Typesetter) -> None:
        self._facts = facts
        self._right = facts.right
        self._language = language
        self._words = Words(language, PAIRS, LISTS)
        self._parts = Parts(self._words, setter)
        self._show = setter.showable

    def data(self) -> Json:
        words, issue = self._words, self._facts.issue
        origin = self._facts.rungs[0].bundle["log"]["origin"] if self._facts.rungs else ""
        width = LABEL_WIDTHS[self._language]
        return {
            **self._parts.page(issue, number=self._right["id"], origin=origin, label_width=width),
            "finding": self._finding(),
            "sections": [
                {"title": words("right"), "rows": self._about()},
                {"title": words("amount"), "rows": self._amount()},
                {"title": words("ladder"), "lead": words("ladder_lead"), "cards": self._ladder()},
                *self._parts.worth(issue),
            ],
        }

    def _finding(self) -> str:
        right, words = self._right, self._words
        capitals = self._capitals(right["supported"])
        return words(
            "finding",
            seller=self._show(right["seller"]["name"]),
            buyer=self._show(right["buyer"]["name"]),
            order=self._order(),
            rung=right["rung"],
            name=self._said(RUNGS, str(right["rung"])),
            amount=self._money(right["supported"]),
            capitals=words("capitals", words=capitals) if capitals else "",
            due=words("due_on", **self._due()) if right["expected_due_date"] else words("due_unknown"),
            state=state_in_words(right, self._language),
        )

    def _about(self) -> list[Json]:
        right, words = self._right, self._words
        due = self._due()
        return [
            row(words("seller"), self._show(right["seller"]["name"])),
            row(words("buyer"), self._show(right["buyer"]["name"])),
            row(words("order"), self._order()),
            row(words("standing"), self._rung(right["rung"])),
            row(words("state"), state_in_words(right, self._language)),
            row(words("due"), due["day"] or words("no_due"), due["basis"]),
            row(
                words("poolable"),
                words("poolable_yes" if right["poolable"] else "poolable_no"),
                words("poolable_source"),
            ),
        ]

    def _due(self) -> dict[str, str]:
        basis = self._right["due_basis"]
        return {"day": self._right["expected_due_date"] or "", "basis": self._said(DUE_BASES, basis) if basis else ""}

    def _amount(self) -> list[Json]:
        """From the value to what it supports; the figures before the base are those of the fact that the right stands on."""
        right, words = self._right, self._words
        stated = next(
            (each for each in (rung.content for rung in self._facts.rungs) if each["rung"] == right["rung"]), {}
        )
        figures = stated.get("figures") or {}
        parts = [(words(name), figures[name]) for name in ("value", "tax") if name in figures]
        reductions = [
            row(self._reduction(each), f"− {self._money(each['amount'])}") for each in right["reductions"][:MOST_SHOWN]
        ]
        return [
            *(row(label, self._money(amount)) for label, amount in parts),
            *reductions,
            *self._more(words("reduction", reason="", document=""), right["reductions"]),
            row(words("base"), self._money(right["base"])),
            row(words("rate"), f"{(Decimal(right['rate']) * 100).normalize():f} %", words("rate_note")),
            row(words("supported"), self._money(right["supported"]), self._capitals(right["supported"])),
        ]

    def _reduction(self, each: Json) -> str:
        return self._words(
            "reduction", reason=self._said(REDUCTIONS, each["reason"]), document=self._show(each["document"])
        ).strip()

    def _ladder(self) -> list[Json]:
        """One card for each rung that was ever reached, the highest first."""
        return [self._card(rung) for rung in reversed(self._facts.rungs)]

    def _card(self, rung: Rung) -> Json:
        said_there = rung.content
        return {
            "title": self._rung(said_there["rung"]),
            "kind": said_there["format"],
            "rows": [
                self._event(said_there),
                *self._agreed(said_there),
                *self._disputable(said_there),
                *self._evidence(said_there),
                row(self._words("statement"), grouped(rung.bundle["document"]["sm3"]), is_code=True),
                self._record(rung.bundle),
                *self._anchors(rung.bundle),
            ],
        }

    def _event(self, content: Json) -> Json:
        words = self._words
        event = self._said(EVENTS, content["event"])
        if reason := content.get("reason"):
            event = words("lost", event=event, reason=self._said(LOST, reason))
        return row(words("event"), event, self._time(content["at"]))

    def _agreed(self, content: Json) -> list[Json]:
        words, agreed = self._words, content.get("agreed", [])
        if content.get("agreed_by") == PLATFORM:
            return [row(words("agreed"), words("by_tax_office" if content["rung"] == INVOICED else "as_received"))]
        rows = [
            row(
                words("agreed"),
                words("agreed_value", **{name: self._show(each[name]) for name in ("organisation", "person")}),
                words(
                    "agreed_note",
                    fields=self._joined(self._said(AGREED_FIELDS, name) for name in each["fields"]),
                    time=self._time(each["at"]),
                    holder=words("custodial" if each["custodial"] else "own"),
                ),
            )
            for each in agreed[:MOST_SHOWN]
        ]
        return [*rows, *self._more(words("agreed"), agreed)]

    def _disputable(self, content: Json) -> list[Json]:
        if "disputable" not in content:  # of a rung that was lost
            return []
        words = [self._said(DISPUTABLE, each) for each in content["disputable"]]
        return [row(self._words("disputable"), self._joined(words) or self._words("nothing"))]

    def _evidence(self, content: Json) -> list[Json]:
        words, found = self._words, content.get("evidence", [])
        rows = [
            row(
                words("evidence"),
                f"{self._said(KINDS, each['kind'])} {self._show(each['number'])}",
                words("evidence_note", digest=grouped(each["sm3"])),
            )
            for each in found[:MOST_SHOWN]
        ]
        return [*rows, *self._more(words("evidence"), found)]

    def _record(self, bundle: Json) -> Json:
        words, record = self._words, bundle["record"]["id"]
        if bundle["inclusion"] is None:
            return row(words("ledger"), record, words("pending"), is_code=True)
        size = note.parse(bundle["checkpoint"]).size
        told = words("ledger_note", index=f"{bundle['inclusion']['index']:,}", size=f"{size:,}")
        return row(words("ledger"), record, told, is_code=True)

    def _anchors(self, bundle: Json) -> list[Json]:
        words = self._words
        chains = [
            row(
                words("anchored", chain=self._show(each["chain"])),
                words("anchored_value", block=f"{each['block']:,}", time=self._time(each["time"])),
                f"{words('tx')} {grouped(each['tx'])}",
            )
            for each in bundle["anchors"]
        ]
        stamps = [
            row(words("stamped", authority=self._show(each["authority"])), self._time(each["time"]))
            for each in bundle["timestamps"]
        ]
        return [*chains, *stamps] or [row(words("not_anchored"), words("not_anchored_value"))]

    def _more(self, label: str, found: Sequence[Json]) -> list[Json]:
        left = len(found) - MOST_SHOWN
        return [row(label, self._words("more", n=left))] if left > 0 else []

    def _rung(self, rung: int) -> str:
        return self._words("rung", rung=rung, name=self._said(RUNGS, str(rung)))

    def _order(self) -> str:
        return self._show(self._right["order_number"]) or self._words("provisional")

    def _said(self, words: Mapping[str, tuple[str, str]], code: str) -> str:
        return said(words, code, self._language)

    def _joined(self, parts: Iterable[str]) -> str:
        return {"zh": "、", "en": ", "}[self._language].join(parts)

    def _time(self, text: str) -> str:
        return self._words("time", **times(moment(text)))

    def _money(self, amount: str) -> str:
        return f"{self._right['currency']} {Decimal(amount):,.2f}".strip()

    def _capitals(self, amount: str) -> str:
        return in_capitals(Decimal(amount), self._right["currency"])
