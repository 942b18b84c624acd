"""Documents in bulk by REST: sound ones are taken, wrong ones come back with what is wrong and where."""

import io
import json
from datetime import timedelta
from typing import Any
from unittest import mock

import msgspec
import pytest
from django.test import override_settings
from hypothesis import example, given
from hypothesis import strategies as st

from abs_platform.core import clock
from abs_platform.core.errors import Invalid
from abs_platform.core.models import AuditEntry
from abs_platform.imports import bulk, bulk_rows
from abs_platform.imports.models import Batch, StagedDocument, StagedLine
from tests.imports import sheets
from tests.imports.using import work
from tests.support.callers import Body, Caller, Lines
from tests.support.world import World

BUYER = {"buyer_name": sheets.BUYER.name, "buyer_id": sheets.BUYER.credit_code}


def invoice(number: str, /, **more: Any) -> dict[str, Any]:
    line = {"item_name": "轴承", "quantity": "2", "price": "50", "amount": "100.00", "tax_percent": "13"}
    return {
        "number": number, "issue_date": "2026-03-01", "currency": "CNY", **BUYER, "order_number": f"PO-{number}",
        "lines": [line], **more,
    }  # fmt: skip


def send(caller: Caller, documents: list[Any], *, status: int = 201, kind: str = "invoice", **query: object) -> Body:
    lines = b"\n".join(
        each if isinstance(each, bytes) else json.dumps(each, ensure_ascii=False).encode() for each in documents
    )
    response = caller.send("POST", "imports/bulk", Lines(lines), kind=kind, **query)
    assert response.status_code == status, response.content[:500]
    return response.json()


def test_what_is_sound_is_taken_imported_and_can_be_undone(world: World) -> None:
    caller = world.supplier.program
    body = send(caller, [invoice("A-1"), invoice("A-2", total="113.00", due_date="2026-06-01")])
    assert (body["taken"], body["rejected"], body["errors"], body["batch"]["state"]) == (2, 0, [], "importing")
    work()
    path = f"imports/{body['batch']['id']}"
    assert caller.get(path)["counts"] == {"rows": 0, "wrong": 0, "documents": 2, "imported": 2}
    entries = caller.rows(f"{path}/entries")
    assert [(row["number"], row["total"], row["state"]) for row in entries] == [
        ("A-1", "113.00", "imported"),
        ("A-2", "113.00", "imported"),
    ]
    document = caller.get(f"documents/{entries[0]['document']}")
    assert (document["kind"], document["trade"]["order_number"], document["source"]) == ("invoice", "PO-A-1", None)
    caller.post(f"{path}/undo")
    work()
    assert caller.get(path)["state"] == "undone"
    assert caller.post(f"{path}/mapping", {"columns": {}, "defaults": {}, "date_order": "ymd", "decimal_mark": "."}, status=409)["code"] == "no_table"  # fmt: skip


WRONG: list[tuple[str, Any, str, str]] = [
    ("no JSON", b"{nonsense", "", "json_invalid"),
    ("a list", [1, 2], "", "type_invalid"),
    ("no number", {key: value for key, value in invoice("x").items() if key != "number"}, "number", "missing"),
    ("empty number", invoice(""), "number", "length_invalid"),
    ("blanks for a number", invoice("   "), "number", "missing"),
    ("wide blanks for a number", invoice("\u3000"), "number", "missing"),
    ("blanks for a buyer", invoice("x", buyer_name="  ", buyer_id=" "), "buyer_name", "missing"),
    ("a figure for a text", invoice("x", number=5), "number", "type_invalid"),
    ("an unknown field", invoice("x", colour="red"), "colour", "field_unknown"),
    ("no buyer", invoice("x", buyer_name="", buyer_id=""), "buyer_name", "missing"),
    ("no date", invoice("x", issue_date="2026-02-30"), "issue_date", "date_invalid"),
    ("a week for a date", invoice("x", issue_date="2026-W10-1"), "issue_date", "date_invalid"),
    ("no due date", invoice("x", due_date="2026-13-01"), "due_date", "date_invalid"),
    ("no currency", invoice("x", currency="yuan"), "currency", "format_invalid"),
    ("no lines", invoice("x", lines=[]), "lines", "length_invalid"),
    ("no amount", invoice("x", lines=[{"quantity": "1"}]), "lines.0.amount", "missing"),
    ("a decimal as figure", invoice("x", lines=[{"amount": 1.5}]), "lines.0.amount", "type_invalid"),
    ("an infinite amount", invoice("x", lines=[{"amount": "Infinity"}]), "lines.0.amount", "format_invalid"),
    ("a null in disguise", invoice("x", lines=[{"amount": "\\N"}]), "lines.0.amount", "format_invalid"),
    ("a rate beyond", invoice("x", lines=[{"amount": "1", "tax_percent": "101"}]), "lines.0.tax_percent", "format_invalid"),
    ("a control", invoice("x", lines=[{"amount": "1", "item_name": "a\u202eb"}]), "lines.0.item_name", "text_invalid"),
    ("a tab", invoice("x", payment_terms="a\tb"), "payment_terms", "text_invalid"),
    ("no UTF-8", b'{"number": "\xff"}', "", "json_invalid"),
    ("half a surrogate", b'{"number": "\xed\xa0\x80"}', "", "json_invalid"),
    ("an amount beyond", invoice("x", lines=[{"amount": "9" * 15}] * 2), "lines", "decimal_invalid"),
    ("a product beyond", invoice("x", lines=[{"quantity": "9" * 15, "price": "9" * 15, "amount": "1"}], total="9" * 15 + ".99999"), "total", "decimal_invalid"),
    ("a long text", invoice("x", contract_number="x" * 201), "contract_number", "length_invalid"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "wrong", "field", "code"), WRONG, ids=[row[0] for row in WRONG])
def test_each_wrong_document_says_what_and_where(name: str, wrong: Any, field: str, code: str, world: World) -> None:
    body = send(world.supplier.program, [invoice("B-1"), wrong, invoice("B-2")], hold="true")
    assert (body["taken"], body["rejected"], body["batch"]["state"]) == (2, 1, "ready")
    [error] = body["errors"]
    assert (error["index"], error["field"], error["code"]) == (1, field, code)
    assert list(StagedDocument.objects.order_by("position").values_list("position", "number")) == [
        (1, "B-1"),
        (3, "B-2"),
    ]


@given(
    st.lists(
        st.one_of(
            st.from_regex(r"-?[0-9]{0,16}\.?[0-9]{0,14}", fullmatch=True),
            st.sampled_from(["100", "100.0", "100.1", "99.99", "\\N", "１", "1e3", "+1", "1\n", ""]),
            st.text("019.-+e N\\一", max_size=4),
        ),
        min_size=8,
        max_size=8,
    )
)
@example(["", "", "", "100", "", "", "", "-0000000000000000.0000000000000"])
def test_figures_that_pass_together_are_those_that_pass_one_by_one(texts: list[str]) -> None:
    total, currency, *figures = texts
    names = ("quantity", "rejected", "price", "amount", "tax", "tax_percent")
    line = {"amount": "1", **{name: text for name, text in zip(names, figures, strict=True) if text}}
    document = invoice("x", total=total or "1", currency=currency if len(currency) == 3 else "CNY", lines=[line, line])
    raw = json.dumps(document, ensure_ascii=False).encode(errors="replace")
    part = bulk_rows.Part()
    list(bulk_rows.read([raw], into=part, kind="invoice", batch="b", first_id=1, start=0))
    try:
        msgspec.json.decode(raw, type=bulk_rows.StrictDocument)
    except msgspec.ValidationError as refused:
        [error] = part.errors  # what is too long is told before what is no figure
        assert error.detail.rstrip(".") in str(refused) or "length <=" in error.detail
    else:
        assert {error.code for error in part.errors} <= {"text_invalid", "decimal_invalid"}


def test_an_error_is_short_however_long_what_it_is_about(world: World) -> None:
    body = send(world.supplier.program, [invoice("B-3"), invoice("x", **{"z" * 1_000_000: 1})], hold="true")
    [error] = body["errors"]
    assert error["code"] == "field_unknown" and len(error["detail"]) < 400 and len(error["field"]) < 400


def test_a_product_beyond_any_document_is_refused_and_not_left_to_the_background(world: World) -> None:
    lines = [{"quantity": "9" * 15, "price": "9" * 15}]
    body = send(world.supplier.program, [invoice("B-4"), invoice("x", lines=lines)], kind="order")
    assert [error["code"] for error in body["errors"]] == ["decimal_invalid"]
    work()
    assert world.supplier.program.get(f"imports/{body['batch']['id']}")["state"] == "imported"


def test_texts_arrive_as_they_were_sent(world: World) -> None:
    text = 'a \\ backslash, \\N, "quotes", \\t and 轴承'
    send(
        world.supplier.program, [invoice("C-1", payment_terms=text, lines=[{"amount": "1", "note": text}])], hold="true"
    )
    assert StagedDocument.objects.get().payment_terms == text
    assert StagedLine.objects.get().note == text


def test_blanks_around_a_text_are_no_part_of_it(world: World) -> None:
    lines = [{"amount": "1", "item_name": " 轴承 ", "order_number": "  "}]
    document = invoice(" C-2 ", buyer_name=f" {sheets.BUYER.name}\u3000", order_number=" ", lines=lines)
    send(world.supplier.program, [document])
    work()
    staged = StagedDocument.objects.get()
    assert (staged.number, staged.buyer_name, staged.order_number) == ("C-2", sheets.BUYER.name, "")
    assert staged.document is not None
    content = staged.document.content
    assert (content["order_number"], content["lines"][0]["order_number"]) == (None, None)
    assert content["lines"][0]["item_name"] == "轴承"


def test_nothing_sound_leaves_nothing(world: World) -> None:
    body = send(world.supplier.program, [b"{}", b"[]"], status=422)
    assert (body["code"], len(body["params"]["rejected"])) == ("all_refused", 2)
    assert not StagedDocument.objects.exists()
    assert Batch.objects.get().state == "failed"
    assert send(world.supplier.program, [b""], status=422)["code"] == "all_refused"


def test_a_sender_that_breaks_off_leaves_nothing(world: World) -> None:
    class Broken(io.RawIOBase):
        sent = 0

        def read(self, size: int = -1) -> bytes:
            if self.sent == 2:
                assert StagedDocument.objects.count() == 3_000  # so far
                raise OSError("the other side is gone")
            self.sent += 1
            return (json.dumps(invoice("D-1")) + "\n").encode() * 3_000

    with pytest.raises(Invalid, match="broke off"):
        bulk.take(actor=world.supplier.actor, kind="invoice", stream=Broken())
    assert not StagedDocument.objects.exists()
    assert (Batch.objects.get().state, Batch.objects.get().problem) == ("failed", {"code": "interrupted", "params": {}})


def test_limits(world: World) -> None:
    caller = world.supplier.program
    with override_settings(MAX_BULK_BYTES=1_000):
        assert send(caller, [invoice(f"E-{n}") for n in range(9)], status=413)["code"] == "bulk_too_large"
    assert send(caller, [b" " * (bulk_rows.MAX_DOCUMENT + 1_100_000)], status=413)["code"] == "document_too_large"
    assert send(caller, [invoice("E")], status=422, kind="poem")["code"] == "invalid_input"
    assert not StagedDocument.objects.exists()


def test_only_suppliers_send(world: World) -> None:
    assert send(world.core.program, [invoice("F-1")], status=403)["code"] == "role_missing"


def test_an_import_whose_process_was_killed_ends_and_one_that_is_heard_of_stays(world: World) -> None:
    actor = world.supplier.actor
    found: dict[str, Batch] = {}

    class Killed(BaseException):
        """Nothing runs after a SIGKILL, the handler of exceptions neither."""

    def sent(name: str) -> io.BytesIO:
        return io.BytesIO("\n".join(json.dumps(invoice(f"{name}-{at}")) for at in range(3)).encode())

    for name in ("gone", "alive"):
        with (
            mock.patch.object(bulk, "_received", side_effect=Killed),
            mock.patch.object(bulk, "_give_up"),
            pytest.raises(Killed),
        ):
            bulk.take(actor=actor, kind="invoice", stream=sent(name))
        found[name] = Batch.objects.order_by("-id")[0]
    assert bulk.sweep() == 0
    Batch.objects.filter(id=found["gone"].id).update(heard_at=clock.now() - bulk.ABANDONED - timedelta(seconds=1))
    assert (bulk.sweep(), bulk.sweep()) == (1, 0)
    gone, alive = (Batch.objects.get(id=found[name].id) for name in ("gone", "alive"))
    assert (gone.state, gone.problem, alive.state) == ("failed", {"code": "interrupted", "params": {}}, "receiving")
    assert set(StagedDocument.objects.values_list("batch_id", flat=True)) == {alive.id}
    assert AuditEntry.objects.filter(verb="import.failed", subject_id=gone.id).count() == 1
    world.supplier.browser.post(f"imports/{gone.id}/discard")
    assert world.supplier.browser.get(f"imports/{gone.id}")["state"] == "discarded"


def test_a_sender_who_comes_back_after_the_sweep_learns_that_nothing_was_taken(world: World) -> None:
    class Paused(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            Batch.objects.update(heard_at=clock.now() - bulk.ABANDONED - timedelta(seconds=1))
            bulk.sweep()
            return super().read(size)

    stream = Paused(json.dumps(invoice("late")).encode())
    with pytest.raises(Invalid) as raised:
        bulk.take(actor=world.supplier.actor, kind="invoice", stream=stream)
    assert raised.value.code == "interrupted"
    assert (Batch.objects.get().state, StagedDocument.objects.count()) == ("failed", 0)
