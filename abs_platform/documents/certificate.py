"""A document's certificate (存证证明): what its proof bundle says, in words, as a PDF with the bundle attached."""

import json
import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from abs_platform.core.errors import Conflict, Unavailable
from abs_platform.core.words import Language
from abs_platform.documents import selectors, services
from abs_platform.documents.certificate_parts import Issue, Json, Parts, grouped, issue, moment, row, times
from abs_platform.documents.certificate_words import Words
from abs_platform.documents.models import Document
from abs_platform.integrations.pdf import Attachment, PdfError, Typesetter, typesetter
from abs_platform.ledger import note
from abs_platform.ledger import selectors as ledger
from abs_platform.parties.actor import Actor

log = logging.getLogger(__name__)

LAYOUT = Path(__file__).with_name("certificate.typ")
ATTACHMENT = "proof.json"
LABEL_WIDTHS = {"zh": 20, "en": 25}  # mm


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a certificate tells. The same facts in the same language make the same bytes."""

    bundle: Json
    trust: Json
    owner: str
    received_at: datetime
    issue: Issue


def certificate(*, actor: Actor, document_id: UUID, language: Language) -> tuple[Document, bytes]:
    """The certificate of a document that the actor may see; the look is recorded like that at its bundle.

    Runs in no transaction. Raises NotFound; Conflict until the document is anchored; Unavailable where no PDF can be made.
    """
    row = services.look(actor=actor, document_id=document_id, action="proof")
    bundle = selectors.bundle(row)
    _require_anchored(row, bundle)
    facts = Facts(
        bundle=bundle,
        trust=ledger.trust(),
        owner=row.owner.name,
        received_at=row.received_at,
        issue=issue(),
    )
    try:
        return row, typeset(facts, language, typesetter())
    except PdfError as error:
        log.error("no certificate can be made: %s", error)
        raise Unavailable(
            "certificate_unavailable",
            "The certificate cannot be made now. Try again later; the proof bundle says the same and can be downloaded.",
        ) from error


def _require_anchored(row: Document, bundle: Json) -> None:
    """Raises Conflict, saying what is awaited, while fewer chains hold the bundle's checkpoint than its channel asks for."""
    [position] = ledger.positions([row.record_id]).values()
    if len(_held(bundle)) >= position.required:
        return
    if bundle["inclusion"] is None:
        raise Conflict("not_recorded", "The document's place in the log is awaited; usually a few seconds.")
    awaited = [view.chain for view in position.anchors if not view.anchored]
    raise Conflict(
        "not_anchored",
        f"The document is recorded; {len(_held(bundle))} of {position.required} anchors stand. Try again in a minute.",
        anchored=len(_held(bundle)),
        required=position.required,
        awaited=awaited,
    )


def _held(bundle: Json) -> list[Json]:
    """The chains and authorities that hold the record's checkpoint."""
    return [*bundle["anchors"], *bundle.get("timestamps", [])]


def typeset(facts: Facts, language: Language, setter: Typesetter) -> bytes:
    """The PDF. Raises PdfError."""
    attachment = Attachment(
        name=ATTACHMENT,
        media_type="application/json",
        description="abs-proof-bundle/v1",
        content=json.dumps(facts.bundle, ensure_ascii=False, indent=1).encode(),
    )
    data = _Page(facts, language, setter).data()
    return setter.typeset(layout=LAYOUT, data=data, attachments=[attachment], moment=facts.issue.issued_at)


class _Page:
    """The certificate's data for the layout (certificate.typ)."""

    def __init__(self, facts: Facts, language: Language, setter: Typesetter) -> None:
        self._facts = facts
        self._bundle = facts.bundle
        self._width = LABEL_WIDTHS[language]
        self._words = Words(language)
        self._show = setter.showable
        self._parts = Parts(self._words, setter)

    def data(self) -> Json:
        words, bundle, issue = self._words, self._bundle, self._facts.issue
        page = self._parts.page(
            issue,
            number=bundle["record"]["id"],
            origin=bundle["log"]["origin"],
            label_width=self._width,
            attachment=ATTACHMENT,
        )
        return {
            **page,
            "finding": self._finding(),
            "sections": [
                {"title": words("file"), "rows": self._file()},
                {"title": words("record"), "rows": self._record()},
                {"title": words("anchors"), "lead": words("anchors_lead"), "cards": self._anchors()},
                {"title": words("signatures"), "lead": words("signatures_lead"), "cards": self._signatures()},
                *self._parts.worth(issue, attachment=ATTACHMENT),
            ],
        }

    def _finding(self) -> str:
        bundle, words = self._bundle, self._words
        counted = [
            (len(bundle["anchors"]), "one_chain", "chains"),
            (len(bundle.get("timestamps", [])), "one_authority", "authorities"),
        ]
        places = words("and").join(words(one if n == 1 else many, n=n) for n, one, many in counted if n)
        earliest = min(moment(each["time"]) for each in _held(bundle))
        return words("finding", time=words("time", **times(earliest)), places=places)

    def _file(self) -> list[Json]:
        document, words = self._bundle["document"], self._words
        return [
            row(words("filename"), self._show(document["filename"])),
            row(words("size"), words("bytes", n=f"{document['size']:,}")),
            row(words("sm3"), grouped(document["sm3"]), words("sm3_note"), is_code=True),
            row(words("owner"), self._show(self._facts.owner), words("owner_note")),
            self._parts.time_row("received", self._facts.received_at, "platform_clock"),
        ]

    def _record(self) -> list[Json]:
        bundle, words = self._bundle, self._words
        record, origin = bundle["record"], self._show(bundle["log"]["origin"])
        checkpoint = note.parse(bundle["checkpoint"])
        return [
            row(words("template"), record["template"]),
            self._parts.time_row("record_time", moment(record["time"]), "platform_clock"),
            row(words("commitment"), grouped(record["commitment"]), words("commitment_note"), is_code=True),
            row(words("log"), words("log_value", origin=origin, hash=bundle["log"]["hash"].upper())),
            row(words("index"), words("index_value", index=f"{bundle['inclusion']['index']:,}")),
            row(words("checkpoint"), words("checkpoint_value", size=f"{checkpoint.size:,}")),
            row(words("root"), grouped(checkpoint.root.hex()), is_code=True),
        ]

    def _anchors(self) -> list[Json]:
        chains, authorities = self._bundle["anchors"], self._bundle.get("timestamps", [])
        return [*map(self._parts.chain, chains), *map(self._parts.authority, authorities)]

    def _signatures(self) -> list[Json]:
        """One card for each signature whose key is in the trust file; lines of strangers say nothing here either."""
        trusted = [
            *(("publisher", key) for key in self._facts.trust["keys"]),
            *(("witness", key) for key in self._facts.trust.get("witnesses", [])),
        ]
        found = {(line.name, line.key_id): line for line in note.signatures(self._bundle["checkpoint"])}
        cards = []
        for role, key in trusted:
            key_id = note.key_id(key["name"], key["type"], bytes.fromhex(key["public"]))
            if line := found.get((key["name"], key_id)):
                cards.append(self._signature(role, key, line))
        return cards

    def _signature(self, role: str, key: Json, line: note.Signature) -> Json:
        words = self._words
        rows = [
            row(words("key_id"), line.key_id.hex(), is_code=True),
            row(words("key"), grouped(key["public"]), is_code=True),
        ]
        if role == "witness":
            seconds = note.cosigned_at(line)
            rows.append(
                self._parts.time_row("witness_time", datetime.fromtimestamp(seconds, UTC), "witness_time_source")
            )
        return {"title": f"{words(role)} · {self._show(key['name'])}", "kind": words(key["type"]), "rows": rows}
