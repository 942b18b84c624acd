"""One Chinese invoice in several carriers: one claim, whichever arrives first; another content is a conflict."""

from dataclasses import replace

import pytest

from abs_platform.documents.models import Document
from abs_platform.risk.models import Alert
from abs_platform.trade.models import TradeDocument
from tests.formats.cn_papers import PAPER, Paper, ofd_members, packed, xbrl, xml
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("db")


def paper_of(world: World) -> Paper:
    """An invoice of the world's supplier to its core enterprise."""

    def party(organisation) -> tuple[str, str]:  # type: ignore[no-untyped-def]  # of the world
        return organisation.name, organisation.identifiers.get(scheme="company_id").value.upper()

    return replace(PAPER, seller=party(world.supplier.organisation), buyer=party(world.core.organisation))


def carriers(paper: Paper) -> dict[str, bytes]:
    return {
        "invoice.xml": xml(paper),
        "invoice.ofd": packed(ofd_members(paper)),
        "accounts.xml": xbrl(paper),
        "signed.ofd": packed(ofd_members(paper, {"original.xml": xml(paper)})),
    }


@pytest.mark.parametrize("first", ["invoice.xml", "invoice.ofd", "accounts.xml"])
def test_another_carrier_of_an_invoice_is_linked_to_its_original(first: str, world: World) -> None:
    files = carriers(paper_of(world))
    [original] = world.supplier.submit({first: files.pop(first)})
    repeated = world.supplier.submit(files)
    assert original.duplicate_of is None
    assert [row.duplicate_of for row in repeated] == [original] * len(files)
    assert {item["code"] for row in repeated for item in row.attention} == {"duplicate"}
    assert not Alert.objects.filter(rule="number_conflict").exists()
    assert TradeDocument.objects.filter(kind="invoice").count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"account": "11111111111111"},
        {"net": "371.67", "tax": "48.33"},
        {"day": "2026-11-03"},
    ],
)
def test_another_content_in_another_carrier_is_a_conflict(change: dict[str, str], world: World) -> None:
    paper = paper_of(world)
    changed = replace(paper, **change)  # type: ignore[arg-type]  # texts all
    [_, other] = world.supplier.submit(
        {"a.xml": xml(paper), "b.ofd": packed(ofd_members(changed, {"x.xml": xml(changed)}))}
    )
    assert other.duplicate_of is None
    assert [item["code"] for item in other.attention] == ["number_conflict"]
    assert Alert.objects.get(rule="number_conflict").severity == "critical"


def test_a_claim_that_was_financed_already_raises_an_alert(world: World) -> None:
    paper = paper_of(world)
    [row] = world.supplier.submit({"a.xml": xbrl(paper, financed="true")})
    [alert] = Alert.objects.filter(rule="double_financing_flag")
    assert (alert.severity, alert.subject_id, str(alert.amount)) == ("high", row.id, "420.0000")
    assert Document.objects.get(id=row.id).extraction == "extracted"
    world.supplier.submit({"b.xml": xml(replace(paper, number="26322000000004180019"))})
    assert Alert.objects.filter(rule="double_financing_flag").count() == 1


def test_a_number_of_another_shape_is_refused(world: World) -> None:
    [row] = world.supplier.submit({"a.xml": xml(replace(paper_of(world), number="2632200000000418"))})
    assert (row.extraction, row.number, row.fingerprint) == ("refused", "2632200000000418", "")
    shown = world.supplier.browser.get(f"documents/{row.id}")
    assert [remark["rule"] for remark in shown["remarks"] if remark["level"] == "refused"] == ["number_shape"]
