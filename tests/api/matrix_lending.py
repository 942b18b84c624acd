"""The matrix of loans, payments, pay-outs and their accounts, and of what was paid on a right. Columns as in matrix."""

from typing import Any

from abs_platform.core import clock
from tests.support.financing import FinancingStage

TABLE = """
GET  rights/{paid_right}/collections           200 200 404 200 404 404 404 404 404 404 404 404 401
POST rights/{paid_right}/collections           201 201 404 403 403 403 404 404 403 403 403 403 401
POST rights/{paid_right}/collections/{collection}/withdraw 200 409 404 403 403 403 404 404 403 403 403 403 401
GET  financing/loans                      200 403 403 200 200 200 200 200 403 403 403 403 401
GET  financing/loans/export               200 403 403 200 200 200 200 200 403 403 403 403 401
GET  financing/loans/{loan}               200 403 403 200 404 404 404 404 403 403 403 403 401
POST financing/loans/{loan}/propose-disbursement 403 403 403 409 404 404 403 403 403 403 403 403 401
POST financing/loans/{loan}/take-back-disbursement 403 403 403 409 404 404 403 403 403 403 403 403 401
POST financing/loans/{loan}/disburse      403 403 403 409 404 404 403 403 403 403 403 403 401
POST financing/loans/{loan}/cancel        403 403 403 409 404 404 403 403 403 403 403 403 401
POST financing/loans/{loan}/propose-write-off 403 403 403 409 404 404 403 403 403 403 403 403 401
POST financing/loans/{loan}/take-back-write-off 403 403 403 409 404 404 403 403 403 403 403 403 401
POST financing/loans/{loan}/write-off     403 403 403 409 404 404 403 403 403 403 403 403 401
GET  financing/loans/{loan}/statement     200 403 403 200 404 404 404 404 403 403 403 403 401
GET  financing/loans/{loan}/statement/export 200 403 403 200 404 404 404 404 403 403 403 403 401
GET  financing/payments                   200 403 403 200 200 200 200 200 403 403 403 403 401
POST financing/payments                   403 403 403 201 404 404 403 403 403 403 403 403 401
GET  financing/payments/{payment}         200 403 403 200 404 404 404 404 403 403 403 403 401
POST financing/payments/{payment}/confirm 403 403 403 409 404 404 403 403 403 403 403 403 401
POST financing/payments/{payment}/reject  403 403 403 409 404 404 403 403 403 403 403 403 401
POST financing/payments/{payment}/propose-reversal 403 403 403 200 404 404 403 403 403 403 403 403 401
POST financing/payments/{payment}/take-back-reversal 403 403 403 409 404 404 403 403 403 403 403 403 401
POST financing/payments/{payment}/reverse 403 403 403 409 404 404 403 403 403 403 403 403 401
GET  financing/payouts                    200 403 403 200 200 200 200 200 403 403 403 403 401
POST financing/payouts                    403 403 403 409 404 404 403 403 403 403 403 403 401
GET  financing/payouts/{payout}           200 403 403 200 404 404 404 404 403 403 403 403 401
POST financing/payouts/{payout}/confirm   403 403 403 409 404 404 403 403 403 403 403 403 401
POST financing/payouts/{payout}/reject    403 403 403 409 404 404 403 403 403 403 403 403 401
GET  financing/statements                 200 403 403 200 200 200 200 200 403 403 403 403 401
GET  financing/statements/export          200 403 403 200 200 200 200 200 403 403 403 403 401
GET  financing/portfolio                  403 403 403 200 200 200 403 403 403 403 403 403 401
GET  financing/trial-balance              403 403 403 200 200 200 403 403 403 403 403 403 401
"""


def bodies(lending: FinancingStage) -> dict[str, Any]:  # Any: JSON
    """A sound body for each that takes one."""
    return {
        "rights/{paid_right}/collections": {"amount": "1.00", "received_on": "2026-01-31", "reference": "PAID-2"},
        "financing/loans/{loan}/propose-disbursement": {
            "payee_account": "6222",
            "bank_reference": "OUT-9",
            "disbursed_on": "2026-01-31",
        },
        "financing/loans/{loan}/disburse": {"amount": "100.00", "proposal": "0" * 64},
        "financing/loans/{loan}/cancel": {"reason": "not needed"},
        "financing/loans/{loan}/propose-write-off": {"reason": "insolvent"},
        "financing/loans/{loan}/write-off": {"amount": "100.00"},
        "financing/payments": {
            "loan": lending.ids["loan"],
            "payer": "supplier",
            "amount": "1.00",
            "received_on": clock.today().isoformat(),
            "bank_reference": "IN-9",
        },
        "financing/payments/{payment}/confirm": {"amount": "10.00"},
        "financing/payments/{payment}/reject": {"reason": "never came"},
        "financing/payments/{payment}/propose-reversal": {"reason": "came back"},
        "financing/payouts": {
            "loan": lending.ids["loan"],
            "amount": "1.00",
            "paid_on": clock.today().isoformat(),
            "bank_reference": "BACK-9",
        },
        "financing/payouts/{payout}/confirm": {"amount": "50.00"},
        "financing/payouts/{payout}/reject": {"reason": "never sent"},
    }
