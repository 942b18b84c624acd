"""Chains and channels by the environment: what is wrong in them stops the start with words that say what."""

import json
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from abs_platform.config.networks import read_chains, read_channels

BUSINESS = {"name": "business", "kind": "evm", "url": "http://a"}
REGULATOR = {"name": "regulator", "kind": "evm", "url": "http://b", "confirmations": 12, "contract": "0x1"}
AUTHORITY = {"name": "tsa", "kind": "rfc3161", "url": "http://c", "roots": "/roots.pem", "policy": "1.2.3"}
CHAINS: list[dict[str, Any]] = [BUSINESS, REGULATOR, AUTHORITY]
ORIGIN = "abs.example/main"
MAIN = {"name": "main", "chains": ["business", "regulator", "tsa"], "required": 2}


def channels(*entries: dict[str, Any]) -> list[dict[str, Any]]:
    return read_channels(json.dumps(entries), chains=CHAINS, origin=ORIGIN)


def test_chains_and_authorities_are_read() -> None:
    assert read_chains(json.dumps(CHAINS)) == CHAINS


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ("{", "not JSON"),
        ('{"name": "a"}', "JSON list"),
        ([{"name": "a"}], "kind None"),
        ([{**BUSINESS, "kind": "fabric"}], "known are evm, rfc3161"),
        ([{"name": "a", "kind": "evm"}], "lacks url"),
        ([{"name": "a", "kind": "rfc3161", "url": "x"}], "lacks roots"),
        ([{**BUSINESS, "urll": "x"}], "unknown keys: urll"),
        ([{**BUSINESS, "name": "Business"}], "small letters"),
        ([{**BUSINESS, "confirmations": 0}], "from 1 on"),
        ([{**BUSINESS, "confirmations": True}], "from 1 on"),
        ([BUSINESS, BUSINESS], "'business' 2 times"),
        ([{**BUSINESS, "url": "https://node.example/v3/key"}], "no public_url"),
        ([{**BUSINESS, "url": "https://node.example?key=k", "public_url": ""}], "no public_url"),
        ([{**BUSINESS, "url": "https://me:key@node.example/"}], "no public_url"),
    ],
)
def test_chains_that_make_no_sense_stop_the_start(entries: Any, words: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=words):
        read_chains(entries if isinstance(entries, str) else json.dumps(entries))


def test_an_address_with_a_key_is_taken_where_another_is_published() -> None:
    keyed = {**BUSINESS, "url": "https://node.example/v3/key", "public_url": "https://node.example/open"}
    assert read_chains(json.dumps([keyed])) == [keyed]


def test_without_channels_there_is_main_on_all_chains() -> None:
    (main,) = read_channels(" ", chains=CHAINS, origin=ORIGIN)
    assert main == {"name": "main", "origin": ORIGIN, "hash": "sm3", "chains": None, "required": 1}


def test_channels_are_completed() -> None:
    pools = {"name": "pools", "origin": "abs.example/pools", "hash": "sha256", "chains": ["regulator"]}
    main, other = channels(MAIN, pools)
    assert main == {**MAIN, "origin": ORIGIN, "hash": "sm3"}
    assert other == {**pools, "required": 1}


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ([], "must have the channel 'main'"),
        ([{**MAIN, "chains": ["business", "other"]}], "ABS_CHAINS has not: other"),
        ([{**MAIN, "chains": ["business", "business"]}], "twice"),
        ([{**MAIN, "chains": "business"}], "list of names"),
        ([{**MAIN, "required": 4}], "from 1 to 3"),
        ([{**MAIN, "required": 0}], "from 1 to 3"),
        ([{**MAIN, "required": "2"}], "from 1 to 3"),
        ([{**MAIN, "hash": "md5"}], "sm3, sha256"),
        ([{**MAIN, "origin": "abs.example/other"}], "ABS_LOG_ORIGIN"),
        ([MAIN, MAIN], "'main' 2 times"),
        ([MAIN, {"name": "pools", "chains": []}], "needs an origin"),
        ([MAIN, {"name": "pools", "origin": ORIGIN, "chains": []}], "origin 'abs.example/main' 2 times"),
        ([MAIN, {"name": "a b", "origin": "x", "chains": []}], "small letters"),
        ([{"name": "main"}], "lacks chains"),
        ([{**MAIN, "k": 1}], "unknown keys: k"),
    ],
)
def test_channels_that_make_no_sense_stop_the_start(entries: list[dict[str, Any]], words: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=words):
        channels(*entries)
