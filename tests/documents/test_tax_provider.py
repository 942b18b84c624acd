"""The provider by HTTP: what is asked, how it is signed, and that no answer of a stranger's making does any harm."""

import contextlib
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.db import transaction
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from abs_platform.core.transactions import NetworkInTransactionError
from abs_platform.integrations.tax.configured import tax_status
from abs_platform.integrations.tax.form import STANDARD, Form, read_form
from abs_platform.integrations.tax.http import MOST_BYTES, Http
from abs_platform.integrations.tax.status import (
    Malformed,
    NotConfigured,
    Null,
    Query,
    Rejected,
    Status,
    TaxStatusError,
    Unreachable,
)

NUMBER = "26322000000004180018"
QUERY = Query(
    number=NUMBER,
    issue_date=date(2026, 11, 2),
    amount=Decimal("1000.00"),
    total=Decimal("1130.00"),
    seller_id="91320594MA0DEM0140",
)
GOOD = {"number": NUMBER, "status": 1, "message": "查验一致"}
Reply = Callable[[BaseHTTPRequestHandler], None]


class Office(ThreadingHTTPServer):
    """A server that answers as it is told and remembers what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        self.asked: list[tuple[dict[str, str], bytes]] = []
        self.reply: Reply = says(GOOD)
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/verify"

    def provider(self, form: Form = STANDARD) -> Http:
        return Http(url=self.url, key="k-1", secret="s-1", form=form, timeout=0.5)


class Handler(BaseHTTPRequestHandler):
    server: Office

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append((dict(self.headers.items()), body))
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.server.reply(self)

    def log_message(self, format: str, *args: object) -> None:
        pass


def raw(body: bytes, status: int = 200, **headers: str) -> Reply:
    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return reply


def says(answer: object, status: int = 200) -> Reply:
    return raw(json.dumps(answer).encode(), status)


@pytest.fixture
def office() -> Iterator[Office]:
    server = Office()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def test_an_invoice_is_asked_about_under_a_signature(office: Office) -> None:
    answer = office.provider().status(QUERY)
    assert (answer.status, answer.said) == (Status.VERIFIED, {"message": "查验一致"})
    [(headers, body)] = office.asked
    assert json.loads(body) == {
        "number": NUMBER,
        "issue_date": "2026-11-02",
        "amount": "1000.00",
        "total": "1130.00",
        "seller_id": "91320594MA0DEM0140",
    }
    signed = f"{headers['X-Timestamp']}\n{headers['X-Nonce']}\n{hashlib.sha256(body).hexdigest()}"
    assert headers["X-Signature"] == hmac.new(b"s-1", signed.encode(), hashlib.sha256).hexdigest()
    assert headers["X-Key"] == "k-1"
    assert "s-1" not in str(headers) + body.decode()


@pytest.mark.parametrize(("number", "status"), [(0, "not_verified"), (1, "verified"), (3, "duplicate"), (4, "voided"), (6, "lost_control"), (7, "red_letter"), (8, "abnormal")])  # fmt: skip
def test_every_code_has_its_word(office: Office, number: int, status: str) -> None:
    office.reply = says({"number": NUMBER, "status": number})
    assert office.provider().status(QUERY).status == status


def test_red_letter_invoices_add_up(office: Office) -> None:
    reds = [{"number": "R1", "amount": "-113.00"}, {"number": "R2", "amount": 226.5}]
    office.reply = says({"number": NUMBER, "status": 7, "red_letters": reds})
    answer = office.provider().status(QUERY)
    assert (answer.red_amount, answer.red_numbers) == (Decimal("339.50"), ("R1", "R2"))
    office.reply = says({"number": NUMBER, "status": 7})
    answer = office.provider().status(QUERY)
    assert (answer.red_amount, answer.red_numbers) == (None, ())


AGGREGATOR = {
    "encoding": "form",
    "request": {"fphm": "number", "fpdm": "code", "kprq": "issue_date:%Y%m%d", "je": "amount", "jym": "check_code"},
    "outcome": "code",
    "answered": ["200"],
    "unknown": ["404"],
    "state": "data.state",
    "states": {"0": 1, "1": 6, "2": 4, "3": 7, "4": 8},
    "echo": {"data.fphm": "number"},
    "red": "data.hzLists",
    "red_number": "invoiceNumberHZ",
    "red_amount": "amountTaxHZ",
    "said": {"message": "msg"},
}


def test_another_providers_words_are_data(office: Office, tmp_path: Path) -> None:
    file = tmp_path / "form.json"
    file.write_text(json.dumps(AGGREGATOR))
    provider = office.provider(read_form(file))
    red = {"invoiceNumberHZ": "R1", "amountTaxHZ": "113.00"}
    office.reply = says({"code": 200, "msg": "ok", "data": {"fphm": NUMBER, "state": "3", "hzLists": [red]}})
    answer = provider.status(QUERY)
    assert (answer.status, answer.red_amount, answer.said) == ("red_letter", Decimal("113.00"), {"message": "ok"})
    assert office.asked[0][1] == b"fphm=26322000000004180018&kprq=20261102&je=1000.00"
    office.reply = says({"code": "404", "msg": "查无此票"})
    assert provider.status(QUERY).status == Status.NOT_VERIFIED
    office.reply = says({"code": 500, "msg": "余额不足"})
    with pytest.raises(Rejected):
        provider.status(QUERY)


@pytest.mark.parametrize(
    "change",
    [{"states": {"0": 2}}, {"request": {"x": "password"}}, {"encoding": "xml"}, {"surprise": 1}, {"state": ""}],
    ids=str,
)
def test_a_form_that_makes_no_sense_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    file = tmp_path / "form.json"
    file.write_text(json.dumps({**AGGREGATOR, **change}))
    with pytest.raises(NotConfigured, match=r"form\.json"):
        read_form(file)
    file.write_text("{")
    with pytest.raises(NotConfigured):
        read_form(file)


def hangs(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(1)


def drips(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(30):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.05)


HOSTILE: dict[str, tuple[Reply, type[TaxStatusError]]] = {
    "hangs": (hangs, Unreachable),
    "drips": (drips, Unreachable),
    "error": (says({}, 500), Unreachable),
    "redirect": (raw(b"", 302, Location="http://169.254.169.254/"), Unreachable),
    "unauthorised": (says({}, 401), Rejected),
    "throttled": (says({}, 429), Rejected),
    "empty": (raw(b""), Malformed),
    "html": (raw(b"<html>maintenance</html>"), Malformed),
    "no text": (raw(b"\xff\xfe\x00"), Malformed),
    "list": (says([GOOD]), Malformed),
    "deep": (raw(b"[" * 100_000), Malformed),
    "deep object": (raw(b'{"status":' * 50_000), Malformed),
    "huge": (raw(b" " * (MOST_BYTES + 1)), Malformed),
    "compressed": (raw(b"\x1f\x8b" + bytes(100), Content_Encoding="gzip"), Malformed),
    "no status": (says({"number": NUMBER}), Malformed),
    "unknown status": (says({"number": NUMBER, "status": 5}), Malformed),
    "status is true": (says({"number": NUMBER, "status": True}), Malformed),
    "status is a list": (says({"number": NUMBER, "status": [1]}), Malformed),
    "status has digits without end": (raw(b'{"number":"%s","status":1%s}' % (NUMBER.encode(), b"0" * 5000)), Malformed),
    "another invoice": (says({"number": "26322000000004180019", "status": 1}), Malformed),
    "no invoice": (says({"status": 1}), Malformed),
    "reds are no list": (says({"number": NUMBER, "status": 7, "red_letters": "R1"}), Malformed),
    "reds without end": (says({"number": NUMBER, "status": 7, "red_letters": [{}] * 51}), Malformed),
    "red is NaN": (raw(b'{"number":"%s","status":7,"red_letters":[{"amount":NaN}]}' % NUMBER.encode()), Malformed),
    "red says NaN": (says({"number": NUMBER, "status": 7, "red_letters": [{"amount": "NaN"}]}), Malformed),
    "red is beyond": (says({"number": NUMBER, "status": 7, "red_letters": [{"amount": "1e30"}]}), Malformed),
    "red is words": (says({"number": NUMBER, "status": 7, "red_letters": [{"amount": "all"}]}), Malformed),
    "red is nothing": (says({"number": NUMBER, "status": 7, "red_letters": [{"amount": "0"}]}), Malformed),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_answer_does_harm(office: Office, name: str) -> None:
    office.reply, expected = HOSTILE[name]
    start = time.monotonic()
    with pytest.raises(expected):
        office.provider().status(QUERY)
    assert time.monotonic() - start < 3


def test_what_is_kept_of_an_answer_is_short_and_printable(office: Office) -> None:
    office.reply = says({**GOOD, "message": "x\x00\u202e\n" + "y" * 10_000, "reference": {"a": 1}})
    said = office.provider().status(QUERY).said
    assert set(said) == {"message"}
    assert len(said["message"]) <= 200
    assert said["message"].isprintable()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("0157.eEnNaA-", max_size=8) | st.decimals(allow_nan=True),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["number", "amount", "x"]), inner),
    max_leaves=8,
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(("number", "status", "red_letters", "message"), json_values)))
def test_any_object_is_an_answer_or_none(body: dict[str, object]) -> None:
    try:
        answer = STANDARD.read(body, QUERY)
    except TaxStatusError:
        return
    assert body["number"] and answer.status in set(Status)
    assert answer.red_amount is None or 0 < answer.red_amount < Decimal(10) ** 15


def test_a_dead_address_is_unreachable(office: Office) -> None:
    provider = office.provider()
    office.shutdown()
    office.server_close()
    with pytest.raises(Unreachable):
        provider.status(QUERY)


@pytest.mark.parametrize(
    "url",
    ["http://tax.example/", "ftp://127.0.0.1/", "file:///etc/passwd", "//x", "https://", "http://127.0.0.1.example/"],
)
def test_only_https_is_asked_but_on_this_machine(url: str) -> None:
    with pytest.raises(NotConfigured):
        Http(url=url, key="k", secret="s")
    with pytest.raises(NotConfigured):
        Http(url="http://127.0.0.1:1/", key="k", secret="s", production=True)


@pytest.mark.parametrize("host", ["169.254.169.254", "[fe80::1]", "0.0.0.0", "224.0.0.1"])
def test_the_networks_own_services_are_not_asked(host: str) -> None:
    with pytest.raises(NotConfigured, match="not asked"):
        Http(url=f"https://{host}/", key="k", secret="s", timeout=0.5).status(QUERY)
    with pytest.raises(NotConfigured, match="not asked"):
        Http(url="https://127.0.0.1/", key="k", secret="s", production=True).status(QUERY)


def test_nobody_is_asked_within_a_transaction(office: Office, committed_platform: None) -> None:
    with transaction.atomic(), pytest.raises(NetworkInTransactionError):
        office.provider().status(QUERY)
    assert office.asked == []


def test_the_null_provider_refuses_in_production() -> None:
    assert Null(production=False).status(QUERY).status == Status.NOT_VERIFIED
    with pytest.raises(NotConfigured, match="ABS_TAX_STATUS_URL"):
        Null(production=True).status(QUERY)


def test_the_settings_name_the_provider(office: Office) -> None:
    with override_settings(TAX_STATUS_URL=office.url, TAX_STATUS_KEY="k", TAX_STATUS_SECRET="s"):
        tax_status.cache_clear()
        assert tax_status().status(QUERY).status == Status.VERIFIED
    with override_settings(TAX_STATUS_URL=office.url, TAX_STATUS_FORM="/nowhere.json"):
        tax_status.cache_clear()
        with pytest.raises(NotConfigured):
            tax_status()
    tax_status.cache_clear()
