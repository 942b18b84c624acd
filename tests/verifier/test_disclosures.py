"""Disclosures: some fields of a structured document, proven; a changed or borrowed one fails; the rest stays closed."""

import copy
import json
from typing import Any

import pytest

from tests.verifier.builder import CONTENT, FIELDS, Case, fields_subject, make_case
from tests.verifier.checks import Chains, failing, verify

SHOWN = ("/document/sm3", "/totals/payable", "/notes/a~1b", "/lines/0/item/name")


@pytest.fixture
def disclosure(chains: Chains) -> Case:
    return make_case({"business": chains["business"]}, disclosed=SHOWN)


def test_valid_for_the_disclosed_fields_only(disclosure: Case) -> None:
    verdict = verify(disclosure)
    assert (verdict.verdict, verdict.file_checked) == ("valid", True)
    assert verdict.disclosed == [(path, FIELDS[path]) for path in SHOWN]
    assert "disclosed fields only, which name this file: these 4 of 7 fields" in verdict.sentence("en")
    assert [link.name for link in verdict.links][:4] == ["format", "file", "fields", "log"]
    assert json.loads(json.dumps(verdict.as_json()))["disclosed"][1] == {"path": "/totals/payable", "value": "113.00"}
    without = verify(disclosure, content=None)
    assert (without.verdict, without.file_checked) == ("valid", False)
    assert "Valid for the disclosed fields only: these 4 of 7" in without.sentence("en")
    assert "仅披露字段有效" in without.sentence("zh")


def test_what_is_kept_back_is_not_in_the_bundle(disclosure: Case) -> None:
    text = json.dumps(disclosure.bundle, ensure_ascii=False)
    assert all((value in text) is (path in SHOWN) for path, value in FIELDS.items() if value)


def test_the_file(chains: Chains, disclosure: Case) -> None:
    verdict = verify(disclosure, content=CONTENT + b"!")
    assert (verdict.verdict, failing(verdict), verdict.disclosed[0][0]) == ("invalid", ["file"], "/document/sm3")
    closed = make_case({"business": chains["business"]}, disclosed=("/number",))
    verdict = verify(closed, content=b"any file")
    assert (verdict.verdict, verdict.file_checked) == ("valid", False)
    assert "was not compared" in next(link.detail("en") for link in verdict.links if link.name == "file")


def test_pending_and_unreachable(disclosure: Case) -> None:
    pending = verify(disclosure, {**disclosure.copy(), "anchors": []})
    assert pending.verdict == "pending" and "disclosed fields, 4 of 7, are as recorded, but" in pending.sentence("en")
    away = verify(disclosure, content=None, rpc={"business": "http://127.0.0.1:1/"})
    assert away.verdict == "unreachable" and "the disclosed fields, 4 of 7, and the proof hold" in away.sentence("en")


def change(**values: Any) -> Any:
    return lambda fields: fields["disclosed"][1].update(values)


CHANGES = {
    "value": change(value="1130.00"),
    "value with a space": change(value="113.00 "),
    "path": change(path="/totals/net"),
    "salt": change(salt="00" * 32),
    "index": lambda fields: fields["disclosed"][1].update(index=(fields["disclosed"][1]["index"] + 1) % 7),
    "index beyond": change(index=7),
    "no proof": change(proof=[]),
    "count": lambda fields: fields.update(count=fields["count"] + 1),
    "one field twice": lambda fields: fields["disclosed"].append(fields["disclosed"][0]),
    "one path at two places": lambda fields: fields["disclosed"].append({**fields["disclosed"][0], "index": 6}),
    "salt of another field": lambda fields: fields["disclosed"][1].update(salt=fields["disclosed"][0]["salt"]),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_changed_field(disclosure: Case, name: str) -> None:
    bundle = disclosure.copy()
    CHANGES[name](bundle["fields"])
    verdict = verify(disclosure, bundle)
    assert (verdict.verdict, failing(verdict)) == ("invalid", ["fields"])
    assert verdict.disclosed == []


def test_a_field_of_another_document(disclosure: Case) -> None:
    other = fields_subject(SHOWN)[0]["fields"]
    bundle = disclosure.copy()
    bundle["fields"]["disclosed"][1] = other["disclosed"][1]
    assert failing(verify(disclosure, bundle)) == ["fields"]
    bundle["fields"] = other
    assert failing(verify(disclosure, bundle)) == ["fields"]


def test_the_template_is_bound(disclosure: Case, single: Case) -> None:
    bundle = disclosure.copy()
    bundle["record"]["template"] = "document/v1"
    assert failing(verify(disclosure, bundle)) == ["fields", "inclusion"]


FORMS = {
    "both": lambda bundle: bundle.update(document={}),
    "neither": lambda bundle: bundle.pop("fields"),
    "nothing disclosed": lambda bundle: bundle["fields"].update(disclosed=[]),
    "too much disclosed": lambda bundle: bundle["fields"].update(disclosed=bundle["fields"]["disclosed"] * 101),
    "no fields": lambda bundle: bundle["fields"].update(count=0),
    "too many fields": lambda bundle: bundle["fields"].update(count=2**20 + 1),
    "no pointer": lambda bundle: bundle["fields"]["disclosed"][0].update(path="document"),
    "empty pointer": lambda bundle: bundle["fields"]["disclosed"][0].update(path=""),
    "wrong escape": lambda bundle: bundle["fields"]["disclosed"][0].update(path="/a~2"),
    "long pointer": lambda bundle: bundle["fields"]["disclosed"][0].update(path="/" * 401),
    "long value": lambda bundle: bundle["fields"]["disclosed"][0].update(value="v" * 4001),
    "number as value": lambda bundle: bundle["fields"]["disclosed"][0].update(value=113),
}


@pytest.mark.parametrize("name", FORMS)
def test_forms(disclosure: Case, name: str) -> None:
    bundle = copy.deepcopy(disclosure.bundle)
    FORMS[name](bundle)
    assert failing(verify(disclosure, bundle)) == ["format"]
