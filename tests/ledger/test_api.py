"""What anybody may read of the log, without an account."""

import pytest
from rest_framework.test import APIClient

from abs_platform.ledger import keys, note, services
from tests.ledger.conftest import Ledger


@pytest.fixture
def anybody() -> APIClient:
    return APIClient()


def test_the_trust_file_names_keys_chains_and_contracts(ledger: Ledger, anybody: APIClient) -> None:
    answer = anybody.get("/api/v1/verify/trust")
    assert answer.status_code == 200
    assert answer.json() == {
        "format": "abs-trust/v1",
        "origin": "abs.local/main",
        "hash": "sm3",
        "keys": [
            {
                "name": "abs.local/main",
                "type": algorithm,
                "public": keys.log_signers()[algorithm].public.hex(),
                "vkey": note.vkey("abs.local/main", algorithm, keys.log_signers()[algorithm].public),
            }
            for algorithm in ("sm2-sm3", "ed25519")
        ],
        "witnesses": [],
        "chains": [
            {
                "name": ledger.chain.name,
                "kind": "evm",
                "chain_id": ledger.chain.chain_id,
                "contract": ledger.chain.contract,
                "rpc": ledger.url,
            }
        ],
        "required": 1,
    }


def test_the_newest_checkpoint_is_plain_text(unanchored: Ledger, anybody: APIClient) -> None:
    unanchored.append(3)
    services.seal()
    answer = anybody.get("/api/v1/log/main/checkpoint")
    assert answer.status_code == 200 and answer["Content-Type"] == "text/plain; charset=utf-8"
    assert note.parse(answer.content.decode()).size == 3


def test_the_checkpoint_of_an_empty_log_is_not_there_yet(db: None, anybody: APIClient) -> None:
    answer = anybody.get("/api/v1/log/main/checkpoint")
    assert answer.status_code == 404


def test_before_setting_up_there_is_nothing_to_trust(committed: None, anybody: APIClient) -> None:
    assert anybody.get("/api/v1/verify/trust").status_code == 404
