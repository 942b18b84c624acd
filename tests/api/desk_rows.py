"""The confirmation desk's part of the authorisation matrix: see matrix.py.

What takes two people is tried with people in tests/trade; here, by person and program alike, what has ended or comes to
nothing.
"""

from typing import Any

from abs_platform.core import clock
from tests.support.stage import Stage

TABLE = """
GET  confirmations                        403 200 200 403 403 403 403 403 403 403 403 403 401
GET  confirmations/{document}             403 200 404 403 403 403 403 403 403 403 403 403 401
POST confirmations/{document}/confirm     403 200 404 403 403 403 403 403 403 403 403 403 401
POST confirmations/{document}/dispute     403 200 404 403 403 403 403 403 403 403 403 403 401
POST confirmations/{document}/confirm-part 403 200 404 403 403 403 403 403 403 403 403 403 401
POST confirmations/{document}/to-sign     403 200 404 403 403 403 403 403 403 403 403 403 401
GET  confirmations/{disputed}/thread      200 200 404 404 404 404 404 404 404 404 404 404 401
POST confirmations/{disputed}/thread      201 201 404 404 404 404 404 404 404 404 404 404 401
POST confirmations/manifests              403 201 404 403 403 403 403 403 403 403 403 403 401
POST confirmations/manifests/to-sign      403 200 404 403 403 403 403 403 403 403 403 403 401
GET  confirmations/manifests/{manifest}   403 200 404 403 403 403 403 403 403 403 403 403 401
GET  confirmations/proposals              403 200 200 403 403 403 403 403 403 403 403 403 401
POST confirmations/proposals              403 201 404 403 403 403 403 403 403 403 403 403 401
GET  confirmations/proposals/{proposal}   403 200 404 403 403 403 403 403 403 403 403 403 401
POST confirmations/proposals/{proposal}/check 403 409 404 403 403 403 403 403 403 403 403 403 401
POST confirmations/proposals/{proposal}/approve 403 409 404 403 403 403 403 403 403 403 403 403 401
POST confirmations/proposals/{proposal}/decline 403 409 404 403 403 403 403 403 403 403 403 403 401
POST confirmations/proposals/{proposal}/withdraw 403 409 404 403 403 403 403 403 403 403 403 403 401
POST confirmations/proposals/{proposal}/to-sign 403 409 404 403 403 403 403 403 403 403 403 403 401
GET  confirmations/desk                   403 200 200 403 403 403 403 403 403 403 403 403 401
POST confirmations/desk/policy            403 422 422 403 403 403 403 403 403 403 403 403 401
GET  confirmations/desk/own-key/statement?public_key=0411111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111 403 200 200 403 403 403 403 403 403 403 403 403 401
POST confirmations/desk/own-key           403 422 422 403 403 403 403 403 403 403 403 403 401
POST confirmations/desk/custodial-key     403 409 409 403 403 403 403 403 403 403 403 403 401
POST confirmations/desk/rules             403 404 404 403 403 403 403 403 403 403 403 403 401
POST confirmations/desk/rules/{rule}/stop 403 409 404 403 403 403 403 403 403 403 403 403 401
POST confirmations/desk/changes/{change}/approve 403 409 404 403 403 403 403 403 403 403 403 403 401
POST confirmations/desk/changes/{change}/withdraw 403 409 404 403 403 403 403 403 403 403 403 403 401
POST confirmations/desk/delegations       403 404 404 403 403 403 403 403 403 403 403 403 401
POST confirmations/desk/delegations/{delegation}/revoke 403 409 404 403 403 403 403 403 403 403 403 403 401
"""


def bodies(stage: Stage, digest: str) -> dict[str, Any]:  # Any: JSON
    """Sound bodies by path."""
    documents = {"documents": [{"id": str(stage.document.id), "content_digest": digest}]}
    return {
        "confirmations/{document}/confirm": {"content_digest": digest},
        "confirmations/{document}/dispute": {"content_digest": digest, "reason": "six are cracked"},
        "confirmations/{document}/confirm-part": {
            "content_digest": digest,
            "lines": [{"position": 0, "quantity": "1"}],
        },
        "confirmations/{document}/to-sign": {"content_digest": digest, "decision": "confirm"},
        "confirmations/{disputed}/thread": {"text": "it is"},
        "confirmations/manifests": documents,
        "confirmations/manifests/to-sign": documents,
        "confirmations/proposals": documents,
        "confirmations/desk/policy": {
            "currency": "CNY",
            "one_person_up_to": None,
            "two_people_up_to": "1",
            "typed_above": None,
            "executives": [],
        },
        "confirmations/desk/own-key": {"public_key": "04" + "1" * 128, "signature": "30" * 70},
        "confirmations/desk/rules": {
            "seller": stage.world.stranger.id,
            "kinds": ["order"],
            "currency": "CNY",
            "amount_up_to": "1",
            "daily_up_to": "1",
        },
        "confirmations/desk/delegations": {
            "delegate": str(stage.world.supplier.person_id),
            "until": clock.today().isoformat(),
        },
    }
