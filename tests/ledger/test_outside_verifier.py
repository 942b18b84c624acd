"""The verifier that shares nothing with the writer accepts what was built here, against the real chain."""

import json
import secrets
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import transaction
from jsonschema import Draft202012Validator
from rest_framework.test import APIClient

from abs_platform.core import clock
from abs_platform.core.subjects import SubjectRef
from abs_platform.crypto import ed25519, sm2
from abs_platform.crypto.commitments import commit
from abs_platform.crypto.ed25519 import Ed25519KeyPair
from abs_platform.crypto.fields import FieldTree
from abs_platform.crypto.sm3 import sm3
from abs_platform.ledger import selectors, services, setup
from abs_platform.ledger.models import Chain, Checkpoint, Record
from abs_platform.parties.actor import PLATFORM
from tests.ledger.conftest import Ledger
from tests.support.cosigning import cosigned

VERIFIER = Path(django_settings.BASE_DIR) / "abs_platform" / "verifier" / "abs_verify.py"
CONTENT = "发票 No. 42".encode()
SALT = bytes(range(32))


def record_file() -> Record:
    with transaction.atomic():
        return services.append(
            subject=SubjectRef("document", uuid.uuid4()),
            template="document/v1",
            commitment=commit("abs/document/v1", SALT, sm3(CONTENT)),
            actor=PLATFORM,
        )


def verify(tmp_path: Path, bundle: dict[str, Any], trust: dict[str, Any], content: bytes = CONTENT) -> dict[str, Any]:
    for name, text in (("bundle.json", bundle), ("trust.json", trust)):
        (tmp_path / name).write_text(json.dumps(text))
    (tmp_path / "file").write_bytes(content)
    command: list[str | Path] = [
        sys.executable,
        VERIFIER,
        tmp_path / "bundle.json",
        tmp_path / "file",
        "--trust",
        tmp_path / "trust.json",
    ]
    done = subprocess.run([*command, "--json"], capture_output=True, text=True, timeout=60)
    assert done.returncode in (0, 3, 4, 5), done.stderr
    verdict: dict[str, Any] = json.loads(done.stdout)
    return verdict


def bundle_of(record: Record) -> dict[str, Any]:
    document = {"filename": "invoice.txt", "size": len(CONTENT), "sm3": sm3(CONTENT).hex(), "salt": SALT.hex()}
    return {"format": "abs-proof-bundle/v1", "document": document, **selectors.evidence(record.id)}


WITNESS = "witness.example/w1"
SCHEMAS = {name: json.loads((VERIFIER.parent / f"{name}.schema.json").read_text()) for name in ("bundle", "trust")}


@pytest.fixture
def cosigner(settings: Any) -> Ed25519KeyPair:
    """The key of a witness that the platform knows."""
    pair = ed25519.generate()
    settings.WITNESSES = [{"name": WITNESS, "public": pair.public.hex()}]
    return pair


@pytest.fixture
def both(committed: None, keys: None, settings: Any, cosigner: Ed25519KeyPair) -> Ledger:
    """A ledger on two chains, both of which must carry a record before it counts as anchored."""
    entries = [entry for entry in django_settings.CHAINS if entry.get("kind", "evm") == "evm"][:2]
    if len(entries) < 2:
        pytest.skip("fewer than two chains: set ABS_CHAINS, as `./abs test` does")
    Chain.objects.update(contract="", chain_id=None)
    settings.CHAINS = [{**entry, "contract": ""} for entry in entries]
    settings.CHANNELS = [{**settings.CHANNELS[0], "required": 2}]
    assert setup.prepare(say=lambda text: None) == []
    return Ledger(url=entries[0]["url"])


def link(verdict: dict[str, Any], name: str) -> bool | None:
    found: dict[str, bool | None] = {each["name"]: each["ok"] for each in verdict["links"]}
    return found[name]


def test_two_chains_a_witness_and_the_schemas(both: Ledger, cosigner: Ed25519KeyPair, tmp_path: Path) -> None:
    record = record_file()
    both.settle()
    checkpoint = Checkpoint.objects.get()
    bundle, trust = bundle_of(record), selectors.trust()
    assert (trust["required"], len(bundle["anchors"])) == (2, 2)
    verdict = verify(tmp_path, bundle, trust)
    assert (verdict["verdict"], link(verdict, f"witness/{WITNESS}")) == ("valid", None), verdict
    seconds = int(clock.now().timestamp())
    text = cosigned(checkpoint, WITNESS, cosigner, seconds)
    assert APIClient().post("/api/v1/log/main/cosignatures", text, content_type="text/plain").status_code == 201
    cosigned_bundle = bundle_of(record)
    verdict = verify(tmp_path, cosigned_bundle, trust)
    assert (verdict["verdict"], link(verdict, f"witness/{WITNESS}")) == ("valid", True), verdict
    impostor = {**trust, "witnesses": [{**trust["witnesses"][0], "public": ed25519.generate().public.hex()}]}
    assert link(verify(tmp_path, cosigned_bundle, impostor), f"witness/{WITNESS}") is None

    one_away = [{**trust["chains"][0], "rpc": "http://127.0.0.1:1"}, trust["chains"][1]]
    assert verify(tmp_path, bundle, {**trust, "chains": one_away})["verdict"] == "unreachable"
    assert verify(tmp_path, bundle, {**trust, "chains": one_away, "required": 1})["verdict"] == "valid"
    assert verify(tmp_path, {**bundle, "anchors": bundle["anchors"][:1]}, trust)["verdict"] == "pending"
    for at in range(2):
        forged = json.loads(json.dumps(bundle))
        forged["anchors"][at]["records"] += 1
        assert verify(tmp_path, forged, trust)["verdict"] == "invalid"

    Draft202012Validator(SCHEMAS["trust"]).validate(trust)
    both.append(3)
    pending = bundle_of(both.append()[0])
    for each in (bundle, cosigned_bundle, pending):
        Draft202012Validator(SCHEMAS["bundle"]).validate(each)


def test_disclosed_fields_are_verified_and_a_borrowed_one_is_not(ledger: Ledger, tmp_path: Path) -> None:
    stated = {
        "/document/sm3": sm3(CONTENT).hex(),
        "/totals/payable": "113.00",
        "/seller/name": "江苏远航",
        "/number": "1",
    }
    trees = [FieldTree(stated | {"/number": number}, secrets.token_bytes(32)) for number in ("1", "2")]
    with transaction.atomic():
        records = [
            services.append(
                subject=SubjectRef("document", uuid.uuid4()),
                template="fields/v1",
                commitment=tree.commitment,
                actor=PLATFORM,
            )
            for tree in trees
        ]
    ledger.settle()
    mine, other = (
        {
            "format": "abs-proof-bundle/v1",
            "fields": tree.disclose(["/document/sm3", "/number", "/totals/payable"]).to_json(),
            **selectors.evidence(record.id),
        }
        for tree, record in zip(trees, records, strict=True)
    )
    Draft202012Validator(SCHEMAS["bundle"]).validate(mine)
    verdict = verify(tmp_path, mine, selectors.trust())
    assert (verdict["verdict"], verdict["file_checked"]) == ("valid", True), verdict
    assert {each["path"]: each["value"] for each in verdict["disclosed"]}["/number"] == "1"
    assert "disclosed fields only" in verdict["sentence"]
    assert "江苏远航" not in json.dumps(mine, ensure_ascii=False)
    mine["fields"]["disclosed"][1] = other["fields"]["disclosed"][1]
    refused = verify(tmp_path, mine, selectors.trust())
    assert (refused["verdict"], link(refused, "fields"), refused["disclosed"]) == ("invalid", False, [])


def test_evidence_is_pending_then_valid_and_no_change_survives(ledger: Ledger, tmp_path: Path) -> None:
    ledger.append(300)
    record = record_file()
    assert verify(tmp_path, bundle_of(record), selectors.trust())["verdict"] == "pending"
    services.seal()
    assert verify(tmp_path, bundle_of(record), selectors.trust())["verdict"] == "pending"
    ledger.settle()
    ledger.append(5)
    ledger.settle()
    bundle, trust = bundle_of(record), selectors.trust()
    verdict = verify(tmp_path, bundle, trust)
    assert verdict["verdict"] == "valid", verdict
    assert verdict["since"]
    assert verify(tmp_path, bundle, trust, b"another file")["verdict"] == "invalid"
    dead = {**trust, "chains": [{**trust["chains"][0], "rpc": "http://127.0.0.1:1"}]}
    assert verify(tmp_path, bundle, dead)["verdict"] == "unreachable"
    changed = json.loads(json.dumps(bundle))
    changed["inclusion"]["path"][0] = "00" * 32
    assert verify(tmp_path, changed, trust)["verdict"] == "invalid"


def test_the_trust_file_on_disk_is_the_one_served(ledger: Ledger, settings: Any) -> None:
    assert json.loads(settings.TRUST_FILE.read_text()) == selectors.trust()


def test_a_bundle_of_another_log_is_refused(ledger: Ledger, tmp_path: Path) -> None:
    record = record_file()
    ledger.settle()
    trust, bundle = selectors.trust(), bundle_of(record)
    stranger = {**trust["keys"][0], "public": sm2.generate().public.hex()}
    for other in ({"origin": "abs.other/main"}, {"keys": [stranger]}):
        assert verify(tmp_path, bundle, trust | other)["verdict"] == "invalid"
