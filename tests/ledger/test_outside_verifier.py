"""The verifier that shares nothing with the writer accepts what was built here, against the real chain."""

import json
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

from django.conf import settings as django_settings
from django.db import transaction

from abs_platform.core.subjects import SubjectRef
from abs_platform.crypto import sm2
from abs_platform.crypto.commitments import commit
from abs_platform.crypto.sm3 import sm3
from abs_platform.ledger import selectors, services
from abs_platform.ledger.models import Record
from abs_platform.parties.actor import PLATFORM
from tests.ledger.conftest import Ledger

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
