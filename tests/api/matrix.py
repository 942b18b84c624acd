"""The authorisation matrix: who gets which answer where. Read by test_authorisation; tests/architecture sees to it that
every endpoint has a row.

The object in an address belongs to the supplier, or concerns its trade; the columns stand to it as follows. Nothing in it
is anchored: whoever may have a certificate is told to wait (409); test_certificate goes on from there.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from abs_platform.core import clock
from tests.api import desk_rows, matrix_lending
from tests.support.callers import Caller, Files, Form, Lines
from tests.support.financing import until_of
from tests.support.papers import Papers
from tests.support.stage import Stage

COLUMNS = {
    "own": "the supplier itself",
    "buy": "its counterparty, the core enterprise",
    "prj": "another core enterprise",
    "ban": "a financier with a grant in force",
    "fac": "a financier whose grant was revoked",
    "tru": "a financier whose grant has expired",
    "oth": "another supplier of the network",
    "out": "a supplier of another network",
    "rsk": "the network's risk officer",
    "oof": "another network's risk officer",
    "opr": "the operator",
    "non": "a signed-in person without organisation",
    "ano": "nobody: not signed in",
}

TABLE_OF_ONE = "发票号码,开票日期,购买方名称,金额\nM-1,2026-03-01,someone,100\n".encode()
ONE_INVOICE = (
    b'{"number": "M-2", "issue_date": "2026-03-01", "currency": "CNY", "buyer_name": "x", "lines": [{"amount": "1"}]}'
)
TABLE = """
                                          own buy prj ban fac tru oth out rsk oof opr non ano
GET  session                              200 200 200 200 200 200 200 200 200 200 200 200 200
POST demo/switch                          404 404 404 404 404 404 404 404 404 404 404 404 404
GET  home                                 200 200 200 200 200 200 200 200 200 200 200 200 401
GET  health                               200 200 200 200 200 200 200 200 200 200 200 200 200
GET  verify/trust                         200 200 200 200 200 200 200 200 200 200 200 200 200
GET  log/{channel}/checkpoint             200 200 200 200 200 200 200 200 200 200 200 200 200
GET  log/{channel}/checkpoints/{size}     200 200 200 200 200 200 200 200 200 200 200 200 200
GET  log/{channel}/tile/{level}/{tile}    200 200 200 200 200 200 200 200 200 200 200 200 200
GET  log/{channel}/tile/entries/{tile}    200 200 200 200 200 200 200 200 200 200 200 200 200
GET  log/{channel}/proof/inclusion?index=0 200 200 200 200 200 200 200 200 200 200 200 200 200
GET  log/{channel}/proof/consistency?from=1&to=1 200 200 200 200 200 200 200 200 200 200 200 200 200
POST log/{channel}/cosignatures           201 201 201 201 201 201 201 201 201 201 201 201 201

GET  ledger/keys                          403 403 403 403 403 403 403 403 403 403 200 403 401
POST ledger/keys/rotate                   403 403 403 403 403 403 403 403 403 403 200 403 401
GET  ledger/channels                      200 200 200 200 200 200 200 200 200 200 200 200 401
GET  ledger/channels/{channel}/checkpoints 200 200 200 200 200 200 200 200 200 200 200 200 401
GET  ledger/channels/{channel}/checkpoints/{size} 200 200 200 200 200 200 200 200 200 200 200 200 401
GET  ledger/chains                        200 200 200 200 200 200 200 200 200 200 200 200 401
GET  ledger/records                       200 200 200 200 200 200 200 200 200 200 200 200 401
GET  ledger/records/{record}              200 404 404 404 404 404 404 404 404 404 404 404 401
GET  ledger/search                        422 422 422 422 422 422 422 422 422 422 422 422 401

GET  documents                            200 200 200 200 200 200 200 200 200 200 200 200 401
GET  documents/export                     200 200 200 200 200 200 200 200 200 200 200 200 401
POST documents                            201 403 403 403 403 403 201 201 403 403 403 403 401
GET  documents/{document}                 200 200 404 200 404 404 404 404 404 404 404 404 401
GET  documents/{document}/file            200 200 404 200 404 404 404 404 404 404 404 404 401
GET  documents/{document}/preview         422 422 404 422 404 404 404 404 404 404 404 404 401
GET  documents/{document}/versions        200 403 403 403 403 403 404 404 403 403 403 403 401
POST documents/{document}/versions        201 403 403 403 403 403 404 404 403 403 403 403 401
GET  documents/{document}/comparison/{loose} 404 404 404 404 404 404 404 404 404 404 404 404 401
GET  documents/{document}/bundle          200 200 404 200 404 404 404 404 404 404 404 404 401
GET  documents/{document}/certificate     409 409 404 409 404 404 404 404 404 404 404 404 401
GET  documents/{document}/fields          200 403 403 403 403 403 404 404 403 403 403 403 401
POST documents/{document}/disclosure      200 403 403 403 403 403 404 404 403 403 403 403 401
POST documents/{document}/tax-check       409 409 404 403 403 403 404 404 403 403 403 403 401
POST documents/{invoice}/tax-check        202 202 404 403 403 403 404 404 403 403 403 403 401
GET  documents/{loose}                    200 404 404 404 404 404 404 404 404 404 404 404 401
GET  documents/{loose}/file               200 404 404 404 404 404 404 404 404 404 404 404 401
POST documents/{loose}/attach             200 403 403 403 403 403 404 404 403 403 403 403 401

GET  trades                               200 200 200 200 200 200 200 200 200 200 200 200 401
GET  trades/{trade}                       200 200 404 200 404 404 404 404 404 404 404 404 401
POST trades/{trade}/payment-confirmations 403 201 404 403 403 403 403 403 403 403 403 403 401
GET  tolerances                           200 200 200 200 200 200 200 200 200 200 200 403 401
POST tolerances                           403 201 404 403 403 403 403 403 403 403 403 403 401
POST trades/{trade}/payment-confirmations/to-sign 403 200 404 403 403 403 403 403 403 403 403 403 401
GET  rights                               200 200 200 200 200 200 200 200 200 200 200 200 401
GET  rights/export                        200 200 200 200 200 200 200 200 200 200 200 200 401
GET  rights/{right}                       200 200 404 200 404 404 404 404 404 404 404 404 401
GET  rights/{right}/registry              200 200 404 200 404 404 404 404 404 404 404 404 401
GET  rights/{right}/priority              200 200 404 200 404 404 404 404 404 404 404 404 401
POST rights/{right}/zhongdeng             201 403 403 201 404 404 404 404 403 403 403 403 401
POST rights/{right}/notices               201 403 403 201 404 404 404 404 403 403 403 403 401
POST rights/{right}/searches              403 403 403 409 404 404 403 403 403 403 403 403 401
GET  zhongdeng                            200 403 403 200 200 200 200 200 403 403 403 403 401
POST zhongdeng/{registration}/amendments  201 403 403 409 404 404 404 404 403 403 403 403 401
GET  financing/dues?side=receivable       200 403 403 403 403 403 200 200 403 403 403 403 401
GET  financing/dues/calendar?side=payable&first=2026-01-01&last=2026-12-31 403 200 200 403 403 403 403 403 403 403 403 403 401
GET  financing/core-enterprises           403 403 403 200 200 200 403 403 403 403 403 403 401
GET  financing/programmes                 200 200 200 200 200 200 200 200 200 200 200 200 401
POST financing/programmes                 403 403 403 201 201 201 403 403 403 403 403 403 401
GET  financing/programmes/{programme}     200 200 404 200 404 404 404 404 404 404 404 404 401
GET  financing/programmes/{drafted_programme} 404 404 404 200 404 404 404 404 404 404 404 404 401
POST financing/programmes/{drafted_programme}/change 403 403 403 200 404 404 403 403 403 403 403 403 401
POST financing/programmes/{drafted_programme}/propose 403 403 403 200 404 404 403 403 403 403 403 403 401
POST financing/programmes/{programme}/approve 403 403 403 409 404 404 403 403 403 403 403 403 401
POST financing/programmes/{proposed_programme}/send-back 403 403 403 200 404 404 403 403 403 403 403 403 401
POST financing/programmes/{programme}/suspend 403 403 403 200 404 404 403 403 403 403 403 403 401
POST financing/programmes/{suspended_programme}/resume 403 403 403 200 404 404 403 403 403 403 403 403 401
POST financing/programmes/{programme}/close 403 403 403 200 404 404 403 403 403 403 403 403 401
GET  financing/eligibility?rights={right}&until=2027-06-30 200 403 403 403 403 403 404 404 403 403 403 403 401
GET  financing/requests                   200 200 200 200 200 200 200 200 200 200 200 200 401
POST financing/requests                   201 403 403 403 403 403 404 404 403 403 403 403 401
GET  financing/requests/export            200 200 200 200 200 200 200 200 200 200 200 200 401
GET  financing/requests/{financing_request} 200 404 404 200 404 404 404 404 404 404 404 404 401
GET  financing/requests/{drafted_request} 200 404 404 404 404 404 404 404 404 404 404 404 401
POST financing/requests/{drafted_request}/change 200 403 403 403 403 403 404 404 403 403 403 403 401
POST financing/requests/{drafted_request}/submit 200 403 403 403 403 403 404 404 403 403 403 403 401
POST financing/requests/{financing_request}/withdraw 200 403 403 403 403 403 404 404 403 403 403 403 401
POST financing/invitations/{invitation}/decline 403 403 403 200 404 404 403 403 403 403 403 403 401
POST financing/invitations/{invitation}/offers 403 403 403 201 404 404 403 403 403 403 403 403 401
GET  financing/offers                     200 200 200 200 200 200 200 200 200 200 200 200 401
GET  financing/offers/{offer}             200 404 404 200 404 404 404 404 404 404 404 404 401
GET  financing/offers/{proposed_offer}    404 404 404 200 404 404 404 404 404 404 404 404 401
POST financing/offers/{offer}/approve     403 403 403 409 404 404 403 403 403 403 403 403 401
POST financing/offers/{offer}/withdraw    403 403 403 200 404 404 403 403 403 403 403 403 401
POST financing/offers/{offer}/propose-acceptance 200 403 403 403 403 403 404 404 403 403 403 403 401
POST financing/offers/{accepting_offer}/take-back-acceptance 200 403 403 403 403 403 404 404 403 403 403 403 401
POST financing/offers/{offer}/accept      409 403 403 403 403 403 404 404 403 403 403 403 401
POST financing/offers/{offer}/accept/to-sign 409 403 403 403 403 403 404 404 403 403 403 403 401
POST financing/offers/{offer}/reject      200 403 403 403 403 403 404 404 403 403 403 403 401
GET  financing/pledges                    200 200 200 200 200 200 200 200 200 200 200 200 401
GET  financing/pledges/export             200 200 200 200 200 200 200 200 200 200 200 200 401
GET  financing/pledges/{pledge}           200 200 404 200 404 404 404 404 404 404 404 404 401
GET  financing/notices                    200 200 200 200 200 200 200 200 200 200 200 200 401
GET  financing/notices/{notice}           200 200 404 200 404 404 404 404 404 404 404 404 401
POST financing/notices/{notice}/acknowledge 403 200 404 403 403 403 403 403 403 403 403 403 401
POST financing/notices/{notice}/acknowledge/to-sign 403 200 404 403 403 403 403 403 403 403 403 403 401
GET  financing/notices/{notice}/file      200 200 404 200 404 404 404 404 404 404 404 404 401
GET  rights/{right}/certificate           200 200 404 200 404 404 404 404 404 404 404 404 401
GET  rights/{right}/figures               200 200 404 200 404 404 404 404 404 404 404 404 401
GET  rights/{right}/facts/{fact}/statement 200 200 404 200 404 404 404 404 404 404 404 404 401
GET  rights/{right}/facts/{fact}/bundle   200 200 404 200 404 404 404 404 404 404 404 404 401

GET  imports                              200 200 200 200 200 200 200 200 200 200 200 200 401
POST imports                              201 403 403 403 403 403 201 201 403 403 403 403 401
GET  imports/choices                      200 200 200 200 200 200 200 200 200 200 200 200 401
POST imports/bulk?kind=invoice            201 403 403 403 403 403 201 201 403 403 403 403 401
GET  imports/mappings                     200 200 200 200 200 200 200 200 200 200 200 200 401
DELETE imports/mappings/{mapping}         204 403 403 403 403 403 404 404 403 403 403 403 401
GET  imports/{batch}                      200 403 403 403 403 403 404 404 403 403 403 403 401
POST imports/{batch}/mapping              200 403 403 403 403 403 404 404 403 403 403 403 401
GET  imports/{batch}/proposals            200 403 403 403 403 403 404 404 403 403 403 403 401
GET  imports/{batch}/rows                 200 403 403 403 403 403 404 404 403 403 403 403 401
POST imports/{batch}/rows/{number}             200 403 403 403 403 403 404 404 403 403 403 403 401
POST imports/{batch}/replacements         200 403 403 403 403 403 404 404 403 403 403 403 401
GET  imports/{batch}/entries              200 403 403 403 403 403 404 404 403 403 403 403 401
GET  imports/{batch}/dependents           200 403 403 403 403 403 404 404 403 403 403 403 401
GET  imports/{batch}/export               200 403 403 403 403 403 404 404 403 403 403 403 401
POST imports/{batch}/import               200 403 403 403 403 403 404 404 403 403 403 403 401
POST imports/{imported}/undo              200 403 403 403 403 403 404 404 403 403 403 403 401
POST imports/{batch}/discard              200 403 403 403 403 403 404 404 403 403 403 403 401

GET  suppliers                            403 403 403 200 200 200 403 403 403 403 403 403 401
GET  access-requests                      200 200 200 200 200 200 200 200 200 200 200 403 401
POST access-requests                      403 403 403 201 201 201 403 403 403 403 403 403 401
GET  access-requests/{request}/candidates 200 404 404 404 404 404 404 404 404 404 404 403 401
POST access-requests/{request}/grant      201 404 404 404 404 404 404 404 404 404 404 403 401
POST access-requests/{request}/decline    200 404 404 404 404 404 404 404 404 404 404 403 401
POST access-requests/{request}/withdraw   404 404 404 200 404 404 404 404 404 404 404 403 401
GET  grants                               200 200 200 200 200 200 200 200 200 200 200 403 401
GET  grants/{grant}                       200 404 404 200 404 404 404 404 404 404 404 403 401
POST grants/{grant}/revoke                200 404 404 404 404 404 404 404 404 404 404 403 401
GET  accesses                             200 200 200 200 200 200 200 200 200 200 200 403 401

GET  alerts                               403 403 403 403 403 403 403 403 200 200 403 403 401
GET  alerts/{alert}                       403 403 403 403 403 403 403 403 200 404 403 403 401
POST alerts/{alert}/acknowledge           403 403 403 403 403 403 403 403 200 404 403 403 401
POST alerts/{alert}/close                 403 403 403 403 403 403 403 403 200 404 403 403 401

GET  registry/reconciliations             403 403 403 403 403 403 403 403 200 403 200 403 401
POST registry/reconciliations             403 403 403 403 403 403 403 403 202 403 202 403 401
GET  networks                             403 403 403 403 403 403 403 403 403 403 200 403 401
POST networks                             403 403 403 403 403 403 403 403 403 403 201 403 401
GET  organisations                        403 403 403 403 403 403 403 403 403 403 200 403 401
POST organisations                        403 403 403 403 403 403 403 403 403 403 201 403 401
POST organisations/{organisation}/clients 403 403 403 403 403 403 403 403 403 403 201 403 401
GET  ledger/audits                        403 403 403 403 403 403 403 403 403 403 200 403 401
POST ledger/audits                        403 403 403 403 403 403 403 403 403 403 202 403 401
GET  storage/master-keys                  403 403 403 403 403 403 403 403 403 403 200 403 401
POST storage/master-keys/rotate           403 403 403 403 403 403 403 403 403 403 202 403 401
GET  storage/keys                         403 403 403 403 403 403 403 403 403 403 200 403 401
POST storage/keys/{organisation}/rotate   403 403 403 403 403 403 403 403 403 403 202 403 401
POST storage/keys/{organisation}/destruction 403 403 403 403 403 403 403 403 403 403 409 403 401
POST storage/keys/{organisation}/destruction/confirm 403 403 403 403 403 403 403 403 403 403 409 403 401
POST storage/keys/{organisation}/destruction/withdraw 403 403 403 403 403 403 403 403 403 403 409 403 401
GET  operations                           403 403 403 403 403 403 403 403 403 403 200 403 401
GET  jobs                                 403 403 403 403 403 403 403 403 403 403 200 403 401
POST jobs/{job}/retry                     403 403 403 403 403 403 403 403 403 403 200 403 401
"""

# Not for a table of JSON replies: each has tests of its own in this folder.
ELSEWHERE = {
    "GET events": "test_events",
    "GET schema": "test_events",
    "POST oauth/token": "test_sign_in",
    "POST oauth/revoke": "test_sign_in",
}


@dataclass(frozen=True)
class Row:
    """One endpoint with one kind of object, and the status that each column gets."""

    method: str
    path: str
    expected: dict[str, int]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def names_an_object(self) -> bool:
        return "{" in self.path


def _read() -> list[Row]:
    tables = TABLE + matrix_lending.TABLE + desk_rows.TABLE
    heading, *lines = [line.split() for line in tables.splitlines() if line.strip()]
    assert heading == list(COLUMNS)
    return [Row(method, path, dict(zip(heading, map(int, codes), strict=True))) for method, path, *codes in lines]


ROWS = _read()


def callers_of(stage: Stage, *, by: str) -> dict[str, Caller]:
    """Who stands in each column, signed in `by` browser (session) or program (bearer token)."""
    world = stage.world
    members = {
        "own": world.supplier,
        "buy": world.core,
        "prj": world.project,
        "ban": world.bank,
        "fac": world.factor,
        "tru": world.trust,
        "oth": world.castings,
        "out": world.stranger,
        "rsk": world.officer,
        "oof": world.other_officer,
        "opr": world.console,
    }
    callers: dict[str, Caller] = {column: getattr(member, by) for column, member in members.items()}
    # A program without an organisation cannot exist; whoever holds no token is anybody.
    return callers if by == "program" else callers | {"non": world.nobody, "ano": world.anybody}


def bodies_of(stage: Stage) -> dict[str, Any]:  # JSON, or Files
    """A sound body by the path of each request that takes one."""
    digest = stage.world.core.browser.get(f"confirmations/{stage.document.id}")["content_digest"]
    payment = {
        "content_digest": stage.world.core.payment_digest(stage.trade.id),
        "amount": "100.00",
        "due_date": "2027-01-31",
        "account": "62000",
    }
    return {
        **_financing_bodies(stage),
        "demo/switch": {"username": "supplier"},
        "documents": Files({"order.xml": Papers(number="NEW-1").order()}),
        "documents/{document}/versions": {
            "version": 0,
            "reason": "x",
            "fields": {"payment_terms": "45 days"},
            "lines": [],
        },
        "documents/{document}/disclosure": {"paths": ["/number", "/totals/payable"]},
        "storage/keys/{organisation}/destruction": {
            "name": "another",
            "reason": "the end",
        },  # how it is done: test_key_destruction
        "storage/keys/{organisation}/destruction/confirm": {"name": "another"},
        "imports": Form({"file": SimpleUploadedFile("t.csv", TABLE_OF_ONE), "kind": "invoice"}),
        "imports/bulk?kind=invoice": Lines(ONE_INVOICE),
        "imports/{batch}/mapping": {**stage.batch.mapping, "header_row": 1},
        "imports/{batch}/rows/{number}": {"column": 4, "value": "101"},
        "imports/{batch}/replacements": {"column": 4, "before": "100", "after": "101"},
        "ledger/keys/rotate": {"algorithm": "ed25519"},
        "log/{channel}/cosignatures": stage.cosignature(),
        "documents/{loose}/attach": {"trade": str(stage.trade.id)},
        "trades/{trade}/payment-confirmations": payment,
        "trades/{trade}/payment-confirmations/to-sign": payment,
        "rights/{right}/zhongdeng": {
            "number": "76543210",
            "party": "x",
            "registered_at": "2026-03-01T00:00:00Z",
            "expires_on": "2027-03-01",
            "description": "x",
        },
        "rights/{right}/notices": {"party": "x", "reached_at": "2026-03-01T00:00:00Z", "how": "x"},
        "rights/{right}/searches": {"number": "76543210", "searched_at": "2026-03-01T00:00:00Z"},
        "zhongdeng/{registration}/amendments": {"kind": "cancel", "number": "76543210"},
        **desk_rows.bodies(stage, digest),
        "tolerances": {
            "seller": stage.world.supplier.id,
            "quantity": "0.05",
            "price": "0",
            "effective_from": clock.today().isoformat(),
        },
        "access-requests": {"owner": stage.world.castings.id, "purpose": "financing", "days": 30},
        "access-requests/{request}/grant": {"trades": [str(stage.trade.id)], "days": 7},
        "access-requests/{request}/decline": {"reason": "not now"},
        "alerts/{alert}/close": {"note": "the supplier sent a credit note"},
        "ledger/audits": {"channel": "main", "mode": "full"},
        "networks": {"name": "one more network"},
        "organisations": {"network": str(stage.world.network.id), "name": "New Co", "roles": ["supplier"]},
        "organisations/{organisation}/clients": {"name": "erp", "roles": ["supplier"]},
    }


def _financing_bodies(stage: Stage) -> dict[str, Any]:
    lending = stage.lending
    if lending is None:
        return {}
    programme = {
        "core_enterprise": stage.world.core.id,
        "name": "another programme",
        "currency": "CNY",
        "limit": "1000000.00",
        "supplier_limit": "500000.00",
        "min_rung": 4,
        "advance_rates": [{"rung": 4, "rate": "0.80"}, {"rung": 5, "rate": "0.90"}],
        "max_tenor_days": 180,
        "method": "pledge",
        "recourse": True,
        "annual_rate": "0.0435",
        "fee_rate": "0.001",
        "day_count": "ACT/360",
    }
    asked = {
        "rights": [str(lending.right.id)],
        "programmes": [str(lending.programme.id)],
        "amount": "100.00",
        "until": until_of([lending.right]).isoformat(),
    }
    terms = {name: programme[name] for name in ("method", "recourse", "annual_rate", "fee_rate", "day_count")}
    valid_until = (clock.now() + timedelta(days=7)).isoformat()
    return {
        "financing/programmes": programme,
        "financing/programmes/{drafted_programme}/change": programme,
        "financing/programmes/{programme}/approve": {"terms": "0" * 64},
        "financing/requests": asked,
        "financing/requests/{drafted_request}/change": asked,
        "financing/invitations/{invitation}/decline": {"reason": "the limit is taken"},
        "financing/invitations/{invitation}/offers": {
            **terms,
            "amount": "100.00",
            "maturity": asked["until"],
            "valid_until": valid_until,
        },
        "financing/offers/{offer}/propose-acceptance": {"amount": "100.00"},
        "financing/offers/{offer}/accept": {"amount": "100.00"},
        **matrix_lending.bodies(lending),
    }
