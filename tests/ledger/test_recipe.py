"""The verifier's recipe "By hand" runs as it stands in its README, on what was really recorded and anchored."""

import base64
import json
import re
import secrets
import subprocess
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction

from abs_platform.core.subjects import SubjectRef
from abs_platform.crypto import ed25519, sm2
from abs_platform.crypto.commitments import commit
from abs_platform.crypto.fields import FieldTree
from abs_platform.crypto.sm3 import sm3
from abs_platform.ledger import selectors, services
from abs_platform.parties.actor import PLATFORM
from tests.ledger.conftest import Ledger

README = Path(settings.BASE_DIR) / "abs_platform" / "verifier" / "README.md"
CONTENT = "发票 No. 42\n".encode()
SALT = bytes(range(32))
Json = dict[str, Any]

TOOLS, FILE, FIELD, LOG, CHECKPOINT, CHAIN, STAMP = re.findall(
    r"^```bash\n(.*?)^```$",
    README.read_text().split("## By hand: openssl and curl")[1].split("\n## ")[0],
    re.DOTALL | re.MULTILINE,
)


@pytest.fixture(autouse=True)
def _openssl_knows_sm2(tmp_path: Path) -> None:
    made = subprocess.run(
        ["openssl", "genpkey", "-algorithm", "SM2", "-out", tmp_path / "probe.pem"], capture_output=True
    )
    if made.returncode:
        pytest.skip("the openssl program here knows no SM2, so the recipe cannot be followed")


def run(
    folder: Path, *steps: str, bundle: Json, trust: Json, content: bytes = CONTENT
) -> subprocess.CompletedProcess[str]:
    """The steps in one bash, in a folder with the three files."""
    (folder / "bundle.json").write_text(json.dumps(bundle, ensure_ascii=False, indent=1))
    (folder / "trust.json").write_text(json.dumps(trust))
    (folder / "file").write_bytes(content)
    anchors = bundle["anchors"] or [{"chain": "business"}]
    script = "\n".join(steps).replace(" business", f" {anchors[0]['chain']}")
    return subprocess.run(["bash", "-c", script], cwd=folder, capture_output=True, encoding="utf-8", timeout=120)


def record(template: str, commitment: bytes) -> uuid.UUID:
    with transaction.atomic():
        subject = SubjectRef("document", uuid.uuid4())
        return services.append(subject=subject, template=template, commitment=commitment, actor=PLATFORM).id


def file_bundle(record_id: uuid.UUID) -> Json:
    document = {"filename": '发票 "}.txt', "size": len(CONTENT), "sm3": sm3(CONTENT).hex(), "salt": SALT.hex()}
    return {"format": "abs-proof-bundle/v1", "document": document, **selectors.evidence(record_id)}


def changed(bundle: Json, *place: Any, value: Any) -> Json:
    copy: Any = json.loads(json.dumps(bundle))
    parent = copy
    for key in place[:-1]:
        parent = parent[key]
    parent[place[-1]] = value
    result: Json = copy
    return result


def test_a_file_by_hand(ledger: Ledger, tmp_path: Path) -> None:
    ledger.append(5)
    record_id = record("document/v1", commit("abs/document/v1", SALT, sm3(CONTENT)))
    ledger.append(7)
    ledger.settle()
    bundle, trust = file_bundle(record_id) | {}, selectors.trust()
    bundle["document"]["filename"] = "发票.txt"
    steps = (TOOLS, FILE, LOG, CHECKPOINT, CHAIN)
    done = run(tmp_path, *steps, bundle=bundle, trust=trust)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("holds: ") == 10
    assert f"It existed at {bundle['anchors'][0]['time']}" in done.stdout

    def stops(what: str, **inputs: Any) -> None:
        done = run(tmp_path, *steps, **({"bundle": bundle, "trust": trust} | inputs))
        assert done.returncode == 1 and f"FAILS: {what}" in done.stderr, done.stdout + done.stderr
        assert "It existed" not in done.stdout

    stops("the file's SM3 digest", content=CONTENT + b" ")
    stops("the commitment", bundle=changed(bundle, "document", "salt", value="00" * 32))
    stops("the root", bundle=changed(bundle, "record", "time", value="2020-01-01T00:00:00.000Z"))
    stops("the root", bundle=changed(bundle, "inclusion", "path", 0, value="00" * 32))
    stops("the path is too short", bundle=changed(bundle, "inclusion", "path", value=bundle["inclusion"]["path"][:-1]))
    size = bundle["inclusion"]["size"]
    stops("the tree's size", bundle=changed(bundle, "inclusion", "size", value=size + 1))
    larger = bundle["checkpoint"].replace(f"\n{size}\n", f"\n{size + 1}\n", 1)
    stops(
        "the SM2 signature",
        bundle=changed(changed(bundle, "inclusion", "size", value=size + 1), "checkpoint", value=larger),
    )
    *head, last = bundle["checkpoint"].rstrip("\n").split("\n")
    name, blob = last.split(" ")[1], bytearray(base64.b64decode(last.split(" ")[2]))
    blob[-33] ^= 1
    spoiled = "\n".join([*head, f"— {name} {base64.b64encode(blob).decode()}", ""])
    stops("the ", bundle=changed(bundle, "checkpoint", value=spoiled))
    strangers = [
        {**key, "public": (sm2 if key["type"] == "sm2-sm3" else ed25519).generate().public.hex()}
        for key in trust["keys"]
    ]
    stops("the SM2 signature", trust=trust | {"keys": strangers})
    types = [key["type"] for key in trust["keys"]]
    stops(
        "the Ed25519 signature",
        trust=changed(trust, "keys", types.index("ed25519"), value=strangers[types.index("ed25519")]),
    )
    stops("the log", trust=trust | {"origin": "abs.other/main"})
    stops("size, root, block, time and records", bundle=changed(bundle, "anchors", 0, "records", value=99))
    stops("the contract has no such checkpoint", bundle=changed(bundle, "anchors", 0, "index", value=5))
    stops("the block's hash", bundle=changed(bundle, "anchors", 0, "block_hash", value="0x" + "ab" * 32))
    stops("size, root, block, time", bundle=changed(bundle, "anchors", 0, "time", value="2020-01-01T00:00:00Z"))
    stops("the chain's id", trust=changed(trust, "chains", 0, "chain_id", value=1))


def test_a_disclosed_field_by_hand(ledger: Ledger, tmp_path: Path) -> None:
    stated = {
        "/document/sm3": sm3(CONTENT).hex(),
        "/totals/payable": "113.00",
        "/seller/name": "江苏远航",
        "/number": "1",
    }
    tree = FieldTree(stated, secrets.token_bytes(32))
    record_id = record("fields/v1", tree.commitment)
    ledger.settle()
    part = {"fields": tree.disclose(["/document/sm3", "/totals/payable"]).to_json()}
    bundle, trust = {"format": "abs-proof-bundle/v1", **part, **selectors.evidence(record_id)}, selectors.trust()
    steps = (TOOLS, FIELD, LOG, CHECKPOINT, CHAIN)
    done = run(tmp_path, *steps, bundle=bundle, trust=trust)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "holds: the commitment, with /totals/payable = 113.00" in done.stdout and "It existed at" in done.stdout
    for key, value in (
        ("value", "1130.00"),
        ("salt", "00" * 32),
        ("index", 3 - bundle["fields"]["disclosed"][1]["index"]),
    ):
        forged = changed(bundle, "fields", "disclosed", 1, key, value=value)
        done = run(tmp_path, *steps, bundle=forged, trust=trust)
        assert done.returncode == 1 and "FAILS" in done.stderr, (key, done.stdout, done.stderr)


CONFIG = """
[tsa]
default_tsa = tsa1
[tsa1]
serial = serial
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
accuracy = secs:1
[usage]
extendedKeyUsage = critical, timeStamping
"""


def test_a_time_stamp_by_hand(tmp_path: Path) -> None:
    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=tmp_path, check=True, capture_output=True)

    (tmp_path / "tsa.conf").write_text(CONFIG)
    (tmp_path / "serial").write_text("01\n")
    (tmp_path / "body").write_text("abs.test/main\n1\nAAAA\n")
    openssl(
        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "tsa.pem", "-subj", "/CN=root"
    )
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=tsa")
    openssl(
        "x509",
        "-req",
        "-in",
        "tsa.csr",
        "-CA",
        "tsa.pem",
        "-CAkey",
        "ca.key",
        "-CAcreateserial",
        "-out",
        "signer.pem",
        "-extfile",
        "tsa.conf",
        "-extensions",
        "usage",
    )
    openssl("ts", "-query", "-data", "body", "-sha256", "-cert", "-out", "query")
    openssl(
        "ts",
        "-reply",
        "-queryfile",
        "query",
        "-config",
        "tsa.conf",
        "-signer",
        "signer.pem",
        "-inkey",
        "tsa.key",
        "-token_out",
        "-out",
        "made.der",
    )
    token = base64.b64encode((tmp_path / "made.der").read_bytes()).decode()
    bundle = {
        "anchors": [],
        "timestamps": [{"authority": "tsa.example", "time": "2026-11-23T05:49:15Z", "token": token}],
    }
    tools = TOOLS.split("record=$(")[0]  # the rest of a bundle is not needed for this
    done = run(tmp_path, tools, STAMP, bundle=bundle, trust={})
    assert done.returncode == 0 and "Time stamp:" in done.stdout, done.stdout + done.stderr
    (tmp_path / "body").write_text("abs.test/main\n2\nAAAA\n")
    done = run(tmp_path, tools, STAMP, bundle=bundle, trust={})
    assert done.returncode != 0 and "Time stamp:" not in done.stdout
