"""`./abs tour` on published trades that nobody here made, against the same stack that the browser drives."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import LAUNCHER, ROOT, Stack
from tests.shared_data import shared

pytestmark = pytest.mark.stack


def tour(stack: Stack, folder: Path, *options: str) -> dict[str, Any]:
    """Play the tour; what it reports. It ends with 0 only if every document went all the way."""
    done = subprocess.run(
        [*LAUNCHER, "tour", str(folder), "--json", "--state", str(stack.state), *options],
        cwd=ROOT, capture_output=True, text=True, timeout=150,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_published_trade_from_order_to_credit_note(stack: Stack, tmp_path: Path) -> None:
    found = tour(stack, shared("01_ubl/oasis_2.0_chain"), "--out", str(tmp_path))
    assert len(found["documents"]) == 8 and all(document["verified"] for document in found["documents"])
    assert {(item["rule"], item["expected"], item["found"]) for item in found["mismatches"]} == {
        ("invoiced_over_received", "90", "100"),
        ("unit_price_differs", "100.00", "1.00"),
    }
    assert len(found["mismatches"]) == 2
    assert [(item["quantity"], item["unit"]) for item in found["open_quantities"]] == [("10", "KGM")]
    remarks = {item["rule"] for item in found["remarks"]}
    assert {"line_arithmetic", "tax_basis_before_allowance"} <= remarks
    (right,) = found["rights"]
    assert (right["rung"], right["base"], right["supported"]) == (4, "0.00", "0.00")
    assert [reduction["reason"] for reduction in right["reductions"]] == ["credit_note"]
    assert found["consent"] == {"before": "refused", "granted": "read", "after_revocation": "refused"}
    assert len(list(tmp_path.glob("*.proof.json"))) == 8 and (tmp_path / "trust.json").is_file()


@pytest.mark.parametrize("folder", ["01_ubl/oasis_2.1", "01_ubl/en16931_examples_ubl"])
def test_other_published_documents(stack: Stack, folder: str) -> None:
    files = shared(folder)
    found = tour(stack, files)
    assert len(found["documents"]) == sum(1 for file in files.iterdir() if file.is_file())
    assert all(document["verified"] for document in found["documents"])
