"""确权凭证 and the list as a file: what the page says, no more and no less, with proofs that anybody can check."""

import csv
import io
import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from pypdf import PdfReader

from abs_platform.consent.models import Access
from abs_platform.core.words import LANGUAGES, Language
from abs_platform.documents.certificate_parts import Issue
from abs_platform.integrations.pdf import Attachment
from abs_platform.integrations.tables.writing import BOM
from abs_platform.rights import certificate, evidence, next_step, words
from abs_platform.rights.certificate import Facts, typeset
from abs_platform.rights.due import Basis
from abs_platform.rights.models import Right, RungFact
from abs_platform.rights.states import RightState, RungEvent
from abs_platform.verifier import abs_verify
from tests.support.papers import Papers, line
from tests.support.stage import request_and_grant
from tests.support.world import World, drain

pytestmark = pytest.mark.usefixtures("db")

PAPERS = Papers(number="24322000000000000001", lines=(line(price="12.30"),))
ISSUED = datetime(2026, 11, 26, 19, 0, 1, tzinfo=UTC)


class Seen:
    """A typesetter that keeps what it is given."""

    def __init__(self) -> None:
        self.data: dict[str, Any] = {}  # Any: JSON
        self.attachments: list[Attachment] = []

    def showable(self, text: str) -> str:
        return text

    def typeset(self, *, layout: Path, data: Any, attachments: Any, moment: datetime) -> bytes:
        assert layout.exists()
        self.data, self.attachments = data, list(attachments)
        return b""


def on_rung_5(world: World) -> Right:
    """A right that its debtor confirmed to pay, all of it in the log."""
    for document in world.supplier.submit(PAPERS.all()):
        if document.kind in ("order", "receipt_advice", "invoice"):
            world.core.decide(document)
    drain()
    right = Right.objects.get()
    world.core.confirm_payment(
        right.trade_id, amount=Decimal("1000.00"), due_date=date(2027, 1, 31), account="6200000000000418018"
    )
    drain(seal=True)
    return Right.objects.select_related("trade__seller", "trade__buyer", "trade__payment_confirmation").get()


def rows(section: Any) -> dict[str, str]:
    return {each["label"]: each["value"] for each in section["rows"]}


def bare(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_the_paper_says_what_the_page_and_the_signed_facts_say(world: World) -> None:
    right = on_rung_5(world)
    page = world.supplier.browser.get(f"rights/{right.id}")
    answer = world.supplier.browser.send("GET", f"rights/{right.id}/certificate")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert f"right-{right.id}.zh.pdf" in answer["Content-Disposition"] and "no-store" in answer["Cache-Control"]
    reader = PdfReader(io.BytesIO(answer.content))
    text = bare("".join(each.extract_text() for each in reader.pages))
    for shown in (
        "确权凭证", str(right.id), right.trade.order_number, "第5级（付款确认）", "CNY1,000.00", "CNY900.00", "人民币玖佰元整",
        "2027-01-31", "付款确认书写明", "未融资", "SM2签名（平台托管密钥）", "core person", "尚未上链", "仍可争议",
    ):  # fmt: skip
        assert bare(shown) in text, shown
    facts = {each["id"]: each for each in page["facts"]}
    newest = [rung["fact"] for rung in page["rungs"] if rung["fact"]]
    assert len(newest) == 5 and len(reader.attachments) == 10
    for fact in newest:
        [statement] = reader.attachments[f"rung-{fact['rung']}-{fact['id']}.json"]
        [proof] = reader.attachments[f"rung-{fact['rung']}-{fact['id']}.json.proof.json"]
        assert statement.decode() == RungFact.objects.get(id=fact["id"]).statement
        verdict = abs_verify.verify(json.loads(proof), trust_of(world), io.BytesIO(statement))
        assert verdict.verdict == "pending" and all(link.ok is not False for link in verdict.links)
        assert bare(facts[fact["id"]]["digest"]) in text
        assert bare(str(RungFact.objects.get(id=fact["id"]).record_id)) in text


def trust_of(world: World) -> Any:
    return world.anybody.get("verify/trust")


def facts_of(right: Right) -> Facts:
    return Facts(
        right=certificate.right_body(right),
        rungs=tuple(
            certificate.Rung(f"rung-{fact.rung}.json", fact.statement, certificate.selectors.fact_bundle(fact))
            for fact in certificate.selectors.newest_facts(right.id)
        ),
        issue=Issue(("平台运营中心", "Platform Operations Centre"), "https://abs.example.cn/verify", ISSUED),
    )


def test_both_languages_tell_the_same_and_anchors_are_named(world: World) -> None:
    facts = facts_of(on_rung_5(world))
    anchor = {
        "chain": "business", "chain_id": 31337, "contract": "0x1", "index": 3, "records": 9, "tx": "0xab", "block": 1234,
        "block_hash": "0xcd", "time": "2026-11-26T10:00:00Z",
    }  # fmt: skip
    anchored = replace(facts.rungs[4], bundle=facts.rungs[4].bundle | {"anchors": [anchor]})
    facts = replace(facts, rungs=(*facts.rungs[:4], anchored))
    amounts: dict[Language, list[str]] = {}
    for language in LANGUAGES:
        seen = Seen()
        typeset(facts, language, seen)
        about, amount, ladder, *_ = seen.data["sections"]
        assert about["title"] == {"zh": "权利", "en": "The right"}[language]
        highest, *lower = (rows(card) for card in ladder["cards"])
        assert any("1,234" in value for value in highest.values())
        assert not any("1,234" in value for card in lower for value in card.values())
        amounts[language] = [each["value"] for each in amount["rows"]]
        assert seen.attachments[0].content.decode() == facts.rungs[0].statement
    assert amounts["zh"] == amounts["en"]
    assert amounts["zh"][-3:] == ["CNY 1,000.00", "90 %", "CNY 900.00"]


def test_a_look_is_on_record_and_what_no_rung_holds_is_not_certified(world: World) -> None:
    [order] = world.supplier.submit({"o.xml": PAPERS.order()})
    right = Right.objects.get()
    address = f"rights/{right.id}/certificate"
    assert world.supplier.browser.get(address, status=409)["code"] == "right_not_confirmed"
    request_and_grant(world, world.bank, trades=[order.trade_id])
    world.core.decide(order)
    assert world.bank.browser.send("GET", address, lang="en").status_code == 200
    assert Access.objects.filter(organisation=world.bank.organisation, action="viewed").count() == 1
    assert world.factor.browser.send("GET", address).status_code == 404
    # The list as a file goes into the log as the list does.
    found = world.bank.browser.send("GET", "rights/export", file="csv")
    assert PAPERS.number in found.content.decode()
    assert Access.objects.filter(organisation=world.bank.organisation, action="listed").count() == 1
    assert PAPERS.number not in world.factor.browser.send("GET", "rights/export", file="csv").content.decode()


def test_the_list_as_a_workbook_and_csv(world: World) -> None:
    right = on_rung_5(world)
    browser = world.supplier.browser
    book = openpyxl.load_workbook(io.BytesIO(browser.send("GET", "rights/export").content)).active
    assert book is not None
    headers, line = [list(row) for row in book.iter_rows(values_only=True)]
    found = dict(zip(headers, line, strict=True))
    assert (found["订单号"], found["阶梯"], found["可支持金额"]) == (PAPERS.number, "5 付款确认", 900)
    assert (found["到期日（确定）"], found["入池基本条件已满足"], found["还差"]) == ("2027-01-31", "是", None)
    text = browser.send("GET", "rights/export", file="csv", lang="en", rung=5).content.decode()
    [english] = csv.DictReader(io.StringIO(text.removeprefix(BOM), newline=""))
    assert (english["Order number"], english["Right"]) == ("\t" + PAPERS.number, str(right.id))
    assert len(browser.send("GET", "rights/export", file="csv", rung=1).content.decode().splitlines()) == 1


def test_every_code_of_a_right_has_words() -> None:
    fields = {name for names in evidence.AGREED_FIELDS.values() for name in names} | set(evidence.PAYMENT_FIELDS)
    assert set(words.AGREED_FIELDS) == fields
    assert set(words.LOST) == set(evidence.LOST)
    assert set(words.MISSING) == set(next_step.WHO)
    assert set(words.DUE_BASES) == set(map(str, Basis))
    assert set(words.STATES) == {"paid", *map(str, RightState)}
    assert set(words.EVENTS) == set(map(str, RungEvent))
