"""What was stored before a migration is afterwards what events store now."""

from dataclasses import replace
from decimal import Decimal
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import F

from abs_platform.core import clock
from abs_platform.documents.models import Document
from abs_platform.integrations.formats.model import Extracted, Line
from abs_platform.trade.matching import services as matching
from abs_platform.trade.models import (
    Cleared,
    Clearing,
    ClearingItem,
    LineMatch,
    MatchLine,
    Trade,
    TradeDocument,
)
from tests.support.matches import derived, stored
from tests.support.world import World
from tests.trade.matching.test_matching import ORDER, invoice, receipt, submit

pytestmark = pytest.mark.usefixtures("db")


def test_what_was_used_twice_names_the_line_that_did_so(world: World) -> None:
    submit(world, ORDER, receipt("10"), invoice("10"), invoice("1", "I-2"))
    before = stored()
    LineMatch.objects.update(used_again_by=None)
    with connection.cursor() as cursor:
        cursor.execute(import_module("abs_platform.trade.migrations.0010_used_again_by")._MATCH_AGAIN)
    assert stored() == before


def test_nothing_is_said_of_a_line_that_was_withdrawn_since_it_was_matched(world: World) -> None:
    submit(world, ORDER, receipt("10"), invoice("10"), invoice("1", "I-2"))
    found = matching.match(trade_ids=[Trade.objects.get().id])
    [again] = found.used_again
    gone = again._replace(line_id=0)
    told = matching.told(replace(found, used_again=[gone, again]))
    assert [(id, len(each)) for id, each in told.items()] == [(again.trade_id, 1)]
    assert matching.told(replace(found, used_again=[gone])) == {}


def test_lines_in_a_form_that_was_not_known_are_matched(world: World) -> None:
    submit(world, ORDER, receipt("10000", unit="㎏"), invoice("10"))
    before = stored()
    noted = list(MatchLine.objects.order_by("line_id").values_list("unit", "factor"))
    MatchLine.objects.filter(level=3).update(unit="㎏", factor=1)
    matching.match(trade_ids=[Trade.objects.get().id])
    assert stored() != before
    upgrade = import_module("abs_platform.trade.migrations.0011_unit_forms")
    upgrade._name_anew(apps, SimpleNamespace(connection=connection))
    assert stored() == before == derived()
    assert list(MatchLine.objects.order_by("line_id").values_list("unit", "factor")) == noted


def test_what_was_taken_for_an_area_is_none(world: World) -> None:
    submit(world, ORDER, receipt("10", unit="H35"))
    before = stored()
    MatchLine.objects.filter(level=3).update(unit="MTK", factor=10_000_000)
    upgrade = import_module("abs_platform.trade.migrations.0011_unit_forms")
    upgrade._name_anew(apps, SimpleNamespace(connection=connection))
    assert stored() == before == derived()
    assert list(MatchLine.objects.filter(level=3).values_list("unit", "factor")) == [("H35", 1)]


def test_pounds_with_more_digits_than_are_kept_are_matched_anew(world: World) -> None:
    order = replace(ORDER, lines=(replace(ORDER.lines[0], unit="KGM"),))
    submit(world, order, receipt("7.777777", unit="LBR"), invoice("3.333333", unit="LBR", receipt_number="R-1"))
    before = stored()
    LineMatch.objects.update(accepted=F("accepted") + Decimal("1E-13"))
    assert stored() != before
    with connection.cursor() as cursor:
        cursor.execute(import_module("abs_platform.trade.migrations.0013_digits_kept")._MATCH_AGAIN)
    assert stored() == before == derived()


def test_what_was_paid_before_invoices_were_cleared_is_noted_and_cleared(world: World) -> None:
    advice = Extracted(
        kind="remittance_advice",
        number="RA-1",
        currency="CNY",
        lines=(Line(id="1", invoice_number="I-1", amount=Decimal(700)),),
    )
    submit(world, ORDER, receipt("10"), invoice("10"), advice)
    before = stored()
    assert before["cleared"]
    Cleared.objects.all().delete()
    Clearing.objects.all().delete()
    ClearingItem.objects.all().delete()
    keys = set(TradeDocument.objects.values_list("kind", "invoice_key"))
    upgrade = import_module("abs_platform.trade.migrations.0017_cleared_before")
    upgrade._note(apps, SimpleNamespace(connection=connection))
    item = ClearingItem.objects.get()
    after = stored()
    assert after["cleared"] == [(item.id, *before["cleared"][0][1:])]
    assert after == derived()
    assert set(TradeDocument.objects.values_list("kind", "invoice_key")) == keys


def test_what_was_paid_by_a_document_that_was_erased_is_cleared_as_it_was_filed(world: World) -> None:
    advice = Extracted(
        kind="remittance_advice",
        number="RA-1",
        currency="CNY",
        lines=(Line(id="1", invoice_number="I-1", amount=Decimal(700)),),
    )
    submit(world, ORDER, receipt("10"), invoice("10"), advice)
    before = stored()["cleared"]
    Document.objects.update(
        content=None, fields_seed=None, issue_date=None, total=None, number="", currency="", seller_name="", buyer_name="",
        remarks=[], attention=[], filename="erased", erased_at=clock.now(),
    )  # fmt: skip
    Cleared.objects.all().delete()
    Clearing.objects.all().delete()
    ClearingItem.objects.all().delete()
    upgrade = import_module("abs_platform.trade.migrations.0017_cleared_before")
    upgrade._note(apps, SimpleNamespace(connection=connection))
    assert [row[1:] for row in stored()["cleared"]] == [row[1:] for row in before]
