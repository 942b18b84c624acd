"""An import from mapping to undo, as a person does it through HTTP."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from abs_platform.core.models import AuditEntry
from abs_platform.documents.models import Document
from abs_platform.imports.models import Correction, Row
from abs_platform.rights.models import Right
from abs_platform.trade import signing
from abs_platform.trade.models import Trade, TradeDocument
from tests.imports import sheets
from tests.imports.using import Import, work
from tests.support.stage import request_and_grant
from tests.support.world import World

ODD = [
    ["A", "B", "C", "D"],
    ["K-1", "2026-03-01", sheets.BUYER.name, "100"],
    ["K-2", "2026-03-02", sheets.BUYER.name, "12,5x"],
    ["K-2", "2026-03-02", sheets.BUYER.name, "5"],
    ["", "2026-03-03", sheets.BUYER.name, "7"],
]
COLUMNS = {"number": 0, "issue_date": 1, "buyer_name": 2, "amount": 3}


def test_headers_that_nobody_knows_are_mapped_by_hand_and_known_the_next_time(world: World) -> None:
    caller = world.supplier.browser
    found = Import.of(caller, ODD)
    seen = found.seen()
    assert (seen["state"], seen["system"], set(seen["missing"])) == (
        "mapping",
        "",
        {"number", "issue_date", "amount", "buyer_name"},
    )
    assert [column["samples"][0] for column in seen["columns"]] == ["K-1", "2026-03-01", sheets.BUYER.name, "100"]
    refused = found.map({"number": 0}, status=422)
    assert (refused["code"], refused["params"]["fields"]) == ("fields_missing", ["issue_date", "amount", "buyer_name"])
    for columns, code in (
        ({**COLUMNS, "amount": 0}, "column_twice"),
        ({**COLUMNS, "amount": 9}, "column_unknown"),
        ({**COLUMNS, "colour": 3}, "field_unknown_here"),
    ):
        assert found.map(columns, status=422)["code"] == code
    assert found.map(COLUMNS, status=422, defaults={"currency": "CNY", "number": "1"})["code"] == "default_unknown"
    assert found.map(COLUMNS, status=422, header_row=99)["code"] == "header_row_unknown"

    found.map(COLUMNS, save_as="A-D 表")
    assert found.seen()["counts"] == {"rows": 5, "wrong": 2, "documents": 1, "imported": 0}
    again = Import.of(caller, ODD[:2])
    assert (again.seen()["state"], again.seen()["saved_as"]) == ("ready", "A-D 表")
    [saved] = caller.rows("imports/mappings")
    assert saved["columns"] == {"number": "A", "issue_date": "B", "buyer_name": "C", "amount": "D"}
    assert world.castings.browser.rows("imports/mappings") == []
    path = f"imports/mappings/{saved['id']}"
    assert world.castings.browser.send("DELETE", path).status_code == 404
    assert caller.send("DELETE", path).status_code == 204
    assert Import.of(caller, ODD[:2]).seen()["saved_as"] == ""


def test_dates_that_could_be_others_wait_for_somebody_to_say_their_order(world: World) -> None:
    rows = [
        ["发票号码", "开票日期", "客户名称", "金额", "到期日"],
        ["K-1", "03/04/2026", sheets.BUYER.name, "100", "05/06/2026"],
    ]
    found = Import.of(world.supplier.browser, rows)
    seen = found.seen()
    assert (seen["state"], seen["mapping"]["date_order"], seen["missing"]) == ("mapping", "", ["date_order"])
    assert found.map(seen["mapping"]["columns"], status=422, date_order="")["code"] == "invalid_input"
    found.map(seen["mapping"]["columns"], date_order="mdy", save_as="by month")
    assert (found.seen()["state"], found.seen()["missing"], found.seen()["counts"]["wrong"]) == ("ready", [], 0)
    found.act("import")
    [document] = Document.objects.filter(kind="invoice")
    assert (document.content["issue_date"], document.content["due_date"]) == ("2026-03-04", "2026-05-06")
    assert Import.of(world.supplier.browser, rows).seen()["state"] == "ready"  # as the saved mapping says


def test_what_a_document_s_later_row_states_of_it_is_imported_and_foreign_money_is_not(world: World) -> None:
    head = ["发票号码", "开票日期", "客户名称", "金额", "税率", "到期日", "价税合计总额"]
    rows = [
        ["K-1", "2026-03-01", sheets.BUYER.name, "100.00", "13%", "", ""],
        ["K-1", "2026-03-01", sheets.BUYER.name, "50.00", "13%", "2026-06-01", "169.51"],
        ["K-2", "2026-03-01", sheets.BUYER.name, "$50.00", "13%", "", ""],
    ]
    found = Import.of(world.supplier.browser, [head, *rows])
    [wrong] = found.rows(wrong=True)
    assert (wrong["number"], wrong["errors"]) == (
        4,
        [{"column": 3, "field": "amount", "code": "currency_differs", "params": {"expected": "CNY"}}],
    )
    found.act("import", {"leave_wrong": True})
    [document] = Document.objects.filter(kind="invoice")
    assert (document.number, document.content["due_date"]) == ("K-1", "2026-06-01")
    assert document.content["totals"]["payable"] == "169.51"


def test_wrong_cells_are_named_corrected_and_imported(world: World) -> None:
    found = Import.of(world.supplier.browser, ODD)
    found.map(COLUMNS)
    assert [(row["number"], [(e["column"], e["field"], e["code"]) for e in row["errors"]]) for row in found.rows(wrong=True)] == [
        (3, [(3, "amount", "decimal_invalid")]),
        (5, [(0, "number", "missing")]),
    ]  # fmt: skip
    assert found.act("import", status=409)["code"] == "rows_wrong"
    corrected = found.correct(3, 3, "12.5")
    assert (corrected["row"]["errors"], corrected["row"]["corrected"]) == ([], {"3": "12,5x"})
    assert corrected["counts"]["wrong"] == 1
    assert found.correct(5, 0, "K-2")["row"]["errors"] == [
        {"column": 1, "field": "issue_date", "code": "header_differs", "params": {"expected": "2026-03-02"}}
    ]
    assert found.correct(5, 1, "2026-03-02")["counts"] == {"rows": 5, "wrong": 0, "documents": 2, "imported": 0}
    assert found.correct(99, 0, "x", status=404)["code"] == "not_found"
    assert found.correct(3, 77, "x", status=422)["code"] == "column_unknown"
    assert list(Correction.objects.order_by("at").values_list("number", "column", "before", "after", "by")) == [
        (3, 3, "12,5x", "12.5", world.supplier.actor.label),
        (5, 0, "", "K-2", world.supplier.actor.label),
        (5, 1, "2026-03-03", "2026-03-02", world.supplier.actor.label),
    ]
    assert Row.objects.get(number=3).cells[3] == "12,5x"  # as the file says
    found.act("import")
    assert [(e["number"], e["total"]) for e in found.entries()] == [("K-1", "100.00"), ("K-2", "24.50")]


def test_a_check_of_the_whole_table_and_one_of_a_row_agree(world: World) -> None:
    found = Import.of(world.supplier.browser, ODD)
    found.map(COLUMNS)
    found.correct(3, 3, "12.5")
    found.correct(5, 0, "K-2")
    singly = list(Row.objects.order_by("number").values_list("number", "errors", "key"))
    found.map(COLUMNS)
    assert list(Row.objects.order_by("number").values_list("number", "errors", "key")) == singly


def test_a_corrected_cell_asks_the_database_as_much_in_a_long_document_as_in_a_short_one(world: World) -> None:
    asked = []
    for lines in (1, 100):
        rows = [["K-1", "2026-03-01", sheets.BUYER.name, "5"]] * lines
        found = Import.of(world.supplier.browser, [ODD[0], *rows, ["K-1", "2026-03-01", sheets.BUYER.name, "x"]])
        found.map(COLUMNS)
        with CaptureQueriesContext(connection) as queries:
            found.caller.post(f"imports/{found.id}/rows/{lines + 2}", {"column": 3, "value": "7"})
        asked.append(len(queries))
        assert found.seen()["counts"]["wrong"] == 0
    assert asked[0] == asked[1]


def test_one_value_is_replaced_everywhere(world: World) -> None:
    rows = [
        ["number", "date", "customer", "amount", "currency"],
        *([f"N{n}", "2026-01-01", sheets.BUYER.name, "1", "圆"] for n in range(5)),
    ]
    found = Import.of(world.supplier.browser, rows)
    assert found.seen()["counts"]["wrong"] == 5
    assert found.act("replacements", {"column": 4, "before": "圆", "after": "CNY"})["replaced"] == 5
    assert found.seen()["counts"]["wrong"] == 0
    assert Correction.objects.count() == 5


def test_sound_documents_go_in_and_wrong_ones_stay_out_whole(world: World) -> None:
    found = Import.of(world.supplier.browser, ODD)
    found.map(COLUMNS)
    found.act("import", {"leave_wrong": True})
    assert [entry["number"] for entry in found.entries()] == ["K-1"]
    assert found.seen()["counts"] == {"rows": 5, "wrong": 2, "documents": 1, "imported": 1}


def test_an_import_is_undone_as_a_whole(world: World) -> None:
    caller = world.supplier.browser
    found = Import.of(caller, sheets.simple_invoices(3, lines=2))
    found.act("import")
    made = [entry["document"] for entry in found.entries()]
    assert Trade.objects.count() == Right.objects.count() == 3
    assert found.act("undo")["state"] == "undoing"
    seen = found.seen()
    assert (seen["state"], seen["undone_at"] is not None) == ("undone", True)
    assert {entry["state"] for entry in found.entries()} == {"withdrawn"}
    assert not Trade.objects.exists()
    assert not TradeDocument.objects.exists()
    listed = {row["id"] for row in caller.rows("documents")}
    assert listed.isdisjoint(made)
    document = caller.get(f"documents/{made[0]}")  # its owner still finds it, with its record
    assert document["withdrawn_at"]
    assert caller.get(f"documents/{made[0]}/bundle")["record"]
    assert world.core.browser.get(f"documents/{made[0]}", status=404)["code"] == "not_found"
    again = Import.of(caller, sheets.simple_invoices(3, lines=2))  # and what was withdrawn is repeated by nothing
    again.act("import")
    codes = {item["code"] for entry in again.entries() for item in entry["attention"]}
    assert codes.isdisjoint({"duplicate", "number_conflict"})
    verbs = set(AuditEntry.objects.filter(subject_kind="import").values_list("verb", flat=True))
    assert {"import.uploaded", "import.started", "import.finished", "import.undo_asked", "import.undone"} <= verbs


def test_a_table_wants_no_look_while_its_rows_are_documents(world: World) -> None:
    caller = world.supplier.browser
    found = Import.of(caller, sheets.simple_invoices(3))
    table = str(Document.objects.get().id)

    def wants_a_look() -> bool:
        tasks = {task["code"]: task["count"] for task in caller.get("home")["tasks"]}
        rows = caller.rows("documents", state="review")
        assert tasks.get("mend_documents", 0) == len(rows)
        return table in {row["id"] for row in rows}

    assert wants_a_look()
    found.act("import")
    assert not wants_a_look()
    found.act("undo")
    assert wants_a_look()


def test_what_remains_of_a_trade_is_what_the_other_documents_make_it(world: World) -> None:
    orders = [
        ["订单号", "订单日期", "客户", "数量", "单价", "品名"],
        ["PO-INV-0", "2026-01-01", sheets.BUYER.name, "2", "50", "item 0"],
    ]
    order = Import.of(world.supplier.browser, orders, kind="order")
    order.act("import")
    invoices = Import.of(world.supplier.browser, sheets.simple_invoices(1))
    invoices.act("import")
    trade = Trade.objects.get()
    assert (trade.provisional, trade.documents.count()) == (False, 2)
    order.act("undo")
    trade.refresh_from_db()
    assert (trade.provisional, trade.ordered, trade.documents.count()) == (True, None, 1)


@pytest.mark.parametrize("what", ["decided", "granted", "seen", "repeated"])
def test_what_others_rely_on_stays(what: str, world: World) -> None:
    found = Import.of(world.supplier.browser, sheets.simple_invoices(2))
    found.act("import")
    document = Document.objects.get(id=found.entries()[0]["document"])
    match what:
        case "decided":
            world.core.decide(document)
        case "granted" | "seen":
            request_and_grant(
                world, world.bank, trades=[document.trade_id] if what == "granted" else [], whole=what == "seen"
            )
            if what == "seen":
                world.bank.browser.get(f"documents/{document.id}")
        case "repeated":
            Import.of(world.supplier.browser, sheets.simple_invoices(1)).act("import")
    refused = found.act("undo", status=409)
    assert (refused["code"], what in refused["params"]["dependents"]) == ("depended_on", True)
    assert what in {row["code"] for row in found.caller.get(f"imports/{found.id}/dependents")["dependents"]}
    assert (found.seen()["state"], Document.objects.filter(withdrawn_at__isnull=False).count()) == ("imported", 0)


def test_a_decision_that_comes_before_the_background_keeps_the_import(world: World) -> None:
    found = Import.of(world.supplier.browser, sheets.simple_invoices(2))
    found.act("import")
    found.caller.post(f"imports/{found.id}/undo")
    document = Document.objects.get(id=found.entries()[0]["document"])
    digest = world.core.browser.get(f"confirmations/{document.id}")["content_digest"]
    signing.decide(actor=world.core.actor, document_id=document.id, decision="confirm", content_digest=digest)
    work()  # the undo waited in the queue while the buyer signed
    seen = found.seen()
    assert (seen["state"], seen["problem"]["code"]) == ("imported", "depended_on")
    assert not Document.objects.filter(withdrawn_at__isnull=False).exists()


def test_the_same_table_twice_repeats_its_documents(world: World) -> None:
    for _ in range(2):
        found = Import.of(world.supplier.browser, sheets.simple_invoices(2))
        found.act("import")
    assert [entry["attention"][0]["code"] for entry in found.entries()] == ["duplicate", "duplicate"]
    changed = sheets.simple_invoices(1)
    changed[1][7] = "101"
    other = Import.of(world.supplier.browser, changed)
    other.act("import")
    assert other.entries()[0]["attention"][0]["code"] == "number_conflict"


def test_nobody_else_finds_it(world: World) -> None:
    found = Import.of(world.supplier.browser, sheets.simple_invoices(1))
    for other in (world.castings, world.stranger):
        assert other.browser.rows("imports") == []
        for path in ("", "/rows", "/entries", "/dependents", "/export"):
            assert other.browser.get(f"imports/{found.id}{path}", status=404)["code"] == "not_found"
    assert world.core.browser.get(f"imports/{found.id}", status=403)["code"] == "role_missing"


def test_a_discarded_import_leaves_its_file(world: World) -> None:
    found = Import.of(world.supplier.browser, ODD)
    source = found.seen()["source"]
    assert found.act("discard")["state"] == "discarded"
    assert not Row.objects.exists()
    assert found.caller.get(f"documents/{source}")["extraction"] == "attachment"
    assert found.act("import", status=409)["code"] == "state_conflict"


def test_another_sellers_rows_are_refused(world: World) -> None:
    rows = [["发票号码", "开票日期", "客户", "金额", "销售方名称", "销售方税号"]] + [
        [f"S-{n}", "2026-01-01", sheets.BUYER.name, "1", company.name, company.credit_code]
        for n, company in enumerate((sheets.SELLER, sheets.BUYER))
    ]
    found = Import.of(world.supplier.browser, rows)
    [wrong] = found.rows(wrong=True)
    assert (wrong["number"], wrong["errors"][0]["code"]) == (3, "seller_not_you")


def test_a_table_of_many_sellers_asks_the_database_as_much_as_one_of_few(world: World) -> None:
    """A purchase ledger, uploaded by mistake."""
    asked = []
    for count in (2, 60):
        rows = [[f"S-{n}", "2026-01-01", sheets.BUYER.name, "1", f"seller {n}", ""] for n in range(count)]
        own = [["S", "2026-01-01", sheets.BUYER.name, "1", sheets.SELLER.name, sheets.SELLER.credit_code]]
        head = ["发票号码", "开票日期", "客户", "金额", "销售方名称", "销售方税号"]
        with CaptureQueriesContext(connection) as queries:
            found = Import.of(world.supplier.browser, [head, *own, *rows])
        asked.append(len(queries))
        assert found.seen()["counts"]["wrong"] == count
    assert asked[0] == asked[1]


def test_a_table_that_is_none_says_why(world: World) -> None:
    for data, code in (
        (b"\x00\x01\x02" * 50, "table_encoding"),
        (b" \r\n", "table_empty"),
        (b"PK\x03\x04broken", "table_malformed"),
    ):
        seen = Import.of(world.supplier.browser, data).seen()
        assert (seen["state"], seen["problem"]["code"]) == ("failed", code)


def test_half_a_character_in_a_mapping_is_an_error_of_the_input(world: World) -> None:
    found = Import.of(world.supplier.browser, sheets.simple_invoices(1))
    lone = "\ud800"
    for columns in ({lone: "x"}, {lone: 0}):
        answer = found.map(columns, status=422)  # type: ignore[arg-type]  # on purpose
        assert answer["code"] in ("invalid_input", "field_unknown_here")


def test_the_columns_can_be_taken_for_any_systems_or_as_saved(world: World) -> None:
    caller = world.supplier.browser
    found = Import.of(caller, sheets.u8_invoices())
    headers = [column["header"] for column in found.seen()["columns"]]

    def proposals(**query: object) -> dict[str, Any]:
        asked = "&".join(f"{name}={value}" for name, value in query.items())
        listed = caller.get(f"imports/{found.id}/proposals?{asked}")["proposals"]
        return {each["name"] if each["source"] != "guess" else "guess": each for each in listed}

    offered = proposals()
    assert list(offered) == ["guess", "SAP", "用友 U8", "用友 NC", "金蝶 K/3", "金蝶云星空"]
    assert (offered["guess"]["code"], offered["guess"]["mapping"]) == ("u8", found.seen()["mapping"])
    assert offered["用友 U8"]["mapping"] == offered["guess"]["mapping"]
    own = {name: each["own"] for name, each in offered.items() if name != "guess"}
    assert own["用友 U8"] == max(own.values()) > own["SAP"]
    # Another system's words fit less of this table, and place nothing twice or beside it.
    columns = offered["SAP"]["mapping"]["columns"]
    assert set(columns.values()) <= set(range(len(headers)))
    assert len(set(columns.values())) == len(columns)
    # Under the title's row there is nothing to go by; a row that is not there is said to be none.
    assert proposals(header_row=1)["用友 U8"]["mapping"]["columns"] == {}
    assert caller.get(f"imports/{found.id}/proposals?header_row=99", status=422)["code"] == "header_row_unknown"

    found.map({"number": 0, "issue_date": 1, "buyer_name": 2, "amount": 10, "note": 4}, save_as="岚岳")
    other = Import.of(
        caller, [["发票号", "开票日期", "客户名称", "无税金额"], ["1", "2026-03-02", sheets.BUYER.name, "7"]]
    )
    listed = caller.get(f"imports/{other.id}/proposals")["proposals"]
    saved = listed[-1]
    assert (saved["source"], saved["name"], saved["lacking"]) == ("saved", "岚岳", ["存货编码"])
    assert saved["mapping"]["columns"] == {"number": 0, "issue_date": 1, "buyer_name": 2, "amount": 3}
    # An order's mappings are none of an invoice's.
    order = Import.of(caller, sheets.k3_orders(), kind="order")
    assert {each["source"] for each in caller.get(f"imports/{order.id}/proposals")["proposals"]} == {"guess", "system"}
