"""A notice on paper (转让通知书, 质押通知书): what was signed, in words, as a PDF with the signed statement attached."""

import json
import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings

from abs_platform.core.capitals import in_capitals
from abs_platform.core.errors import Unavailable
from abs_platform.crypto import sm3
from abs_platform.documents.certificate_parts import qr
from abs_platform.financing import selectors
from abs_platform.financing.models import Notice
from abs_platform.financing.notice_words import WORDS
from abs_platform.integrations.pdf import Attachment, PdfError, Typesetter, typesetter
from abs_platform.parties.actor import Actor

log = logging.getLogger(__name__)

LAYOUT = Path(__file__).with_name("notice.typ")
ATTACHMENT = "notice.json"
BEIJING = timedelta(hours=8)
Json = dict[str, Any]  # Any: JSON
Words = Mapping[str, str]


def paper(*, actor: Actor, notice_id: UUID, language: str) -> tuple[Notice, bytes]:
    """The PDF of a notice that the actor may see. Runs in no transaction. Raises NotFound, Unavailable."""
    row = selectors.notice(actor=actor, notice_id=notice_id)
    acknowledgement = getattr(row, "acknowledgement", None)
    signed = {
        "statement": row.statement,
        "signature": bytes(row.signature).hex(),
        "public_key": bytes(row.public_key).hex(),
        "distinguished_id": "1234567812345678",
        "record": str(row.record_id),
        "salt": bytes(row.salt).hex(),
        "acknowledgement": {
            "statement": acknowledgement.statement,
            "signature": bytes(acknowledgement.signature).hex(),
            "public_key": bytes(acknowledgement.public_key).hex(),
        }
        if acknowledgement
        else None,
    }
    attachment = Attachment(
        name=ATTACHMENT,
        media_type="application/json",
        description="abs-notice/v1",
        content=json.dumps(signed, ensure_ascii=False, indent=1).encode(),
    )
    try:
        setter = typesetter()
        data = page(row, language, setter)
        return row, setter.typeset(layout=LAYOUT, data=data, attachments=[attachment], moment=row.at)
    except PdfError as error:
        log.error("no notice can be made: %s", error)
        raise Unavailable(
            "paper_unavailable", "The PDF cannot be made now. Try again later; the page shows the same."
        ) from error


def page(row: Notice, language: str, setter: Typesetter) -> Json:
    """What the layout shows, all of it as text."""
    said: Json = json.loads(row.statement)
    words = {name: pair[0 if language == "zh" else 1] for name, pair in WORDS.items()}
    show = setter.showable
    currency = said["rights"][0]["currency"] if said["rights"] else ""
    total = sum((Decimal(each["amount"]) for each in said["rights"]), Decimal(0))
    names = {part: show(said[part]["name"]) for part in ("debtor", "creditor", "holder")}
    return {
        "lang": language,
        "region": {"zh": "cn", "en": "gb"}[language],
        "title": words[f"title_{said['method']}"],
        "number": str(row.id),
        "number_label": words["number"],
        "to": words["to"].format(**names),
        "text": words[f"text_{said['method']}"].format(**names, count=len(said["rights"])),
        "total_label": words["total"],
        "total": f"{currency} {total:,.2f}",
        "in_words": in_capitals(total, currency),
        "columns": [words[name] for name in ("order", "due", "amount")],
        "rows": [
            [show(each["order_number"]), each["due_date"] or words["no_date"], f"{Decimal(each['amount']):,.2f}"]
            for each in said["rights"]
        ],
        "signed": words["signed"].format(
            **names,
            person=show(said["person"]),
            time=beijing(row.at),
            key=words["custodial" if row.custodial else "own"],
        ),
        "receipt": _receipt(row, words, names, show),
        "standing": _standing(row, words),
        "digest_label": words["digest"],
        "digest": sm3.sm3(row.statement.encode()).hex(),
        "record_label": words["record"],
        "record": str(row.record_id),
        "basis": words["basis"],
        "qr": qr(f"{settings.WEB_URL}/notices/{row.id}"),
        "qr_caption": words["qr"],
        "footer": words["footer"].format(attachment=ATTACHMENT),
        "page": words["page"],
    }


def _receipt(row: Notice, words: Words, names: Words, show: Callable[[str], str]) -> str:
    acknowledgement = getattr(row, "acknowledgement", None)
    if acknowledgement is None:
        return words["open"].format(**names)
    told = {"person": show(acknowledgement.person), "time": beijing(acknowledgement.at)}
    return words["acknowledged"].format(**names, **told)


def _standing(row: Notice, words: Words) -> str:
    """What a reader has to know before relying on the paper; nothing where the notice stands."""
    if row.lifted_at:
        return words["lifted"].format(time=beijing(row.lifted_at))
    return "" if row.sent_at else words["not_sent"]


def beijing(moment: datetime) -> str:
    """To the second, in Beijing."""
    return f"{moment.astimezone(UTC) + BEIJING:%Y-%m-%d %H:%M:%S}"
