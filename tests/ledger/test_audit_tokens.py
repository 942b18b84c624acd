"""The tokens of a time-stamp authority are verified again, over the checkpoint that they are kept with."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from abs_platform.ledger import anchoring, services, setup
from abs_platform.ledger.audit import audit
from abs_platform.ledger.audit.report import Mode
from tests.ledger.authority import Authority
from tests.ledger.conftest import Ledger

NAME = "tsa"
CHANGES = [
    "token = set_byte(token, octet_length(token) - 3, get_byte(token, octet_length(token) - 3) # 1)",
    "token = 'x'",
    "token = (SELECT token FROM ledger_anchor WHERE index = 0)",
    "block_time = block_time - interval '1 second'",
    "size = size - 1",
]


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[Authority]:
    made = Authority(tmp_path / "tsa")
    yield made
    made.stop()


@pytest.fixture
def stamped(committed: None, keys: None, settings: Any, authority: Authority) -> Ledger:
    """Two checkpoints, both stamped."""
    settings.CHAINS = [{"name": NAME, "kind": "rfc3161", "url": authority.url, "roots": str(authority.root)}]
    assert setup.prepare(say=lambda text: None) == []
    ledger = Ledger(url="")
    for _ in range(2):
        ledger.append(2)
        services.seal()
        anchoring.anchor(chain=NAME)
    return ledger


def test_tokens_hold_without_asking_the_authority_again(stamped: Ledger, authority: Authority) -> None:
    authority.stop()
    asked = len(authority.asked)
    report = audit()
    assert (report.wrong, report.unreachable, report.anchors) == (None, {}, 2)
    assert audit(mode=Mode.INCREMENTAL).anchors == 1, "the newest that was seen"
    assert len(authority.asked) == asked


def test_a_token_that_does_not_hold_is_named(stamped: Ledger) -> None:
    assert audit().wrong is None
    for change in CHANGES:
        with stamped.tampered(f"UPDATE ledger_anchor SET {change} WHERE index = 1"):
            for mode in Mode:
                wrong = audit(using="default", mode=mode).wrong
                assert wrong is not None and wrong["row"] == f"anchor 1 on {NAME}", (change, mode)
    with stamped.tampered("DELETE FROM ledger_anchortransaction"):
        stamped.tamper("DELETE FROM ledger_anchor WHERE index = 1")
        wrong = audit(using="default").wrong
        assert wrong == {"row": f"anchor 1 on {NAME}", "detail": "was seen before and is gone"}


def test_roots_that_cannot_be_read_leave_the_authority_unchecked(stamped: Ledger, authority: Authority) -> None:
    authority.root.unlink()
    report = audit()
    assert report.wrong is None and list(report.unreachable) == [NAME]
