"""ABS_CHAINS and ABS_CHANNELS: which chains and time-stamp authorities there are, which logs, and where each one's
checkpoints go. Whatever is wrong in them stops the start with words that say what.
"""

import json
import re
import urllib.parse
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.core.exceptions import ImproperlyConfigured

MAIN = "main"
_NAME = re.compile(r"[a-z0-9-]{1,80}")
_ORIGIN = re.compile(r"[^\s+]{1,200}")
_HASHES = ("sm3", "sha256")
_CHAIN_KEYS = {
    "evm": ({"name", "kind", "url"}, {"public_url", "contract", "confirmations"}),
    "rfc3161": ({"name", "kind", "url", "roots"}, {"policy"}),
}
_CHANNEL_KEYS = ({"name", "chains"}, {"origin", "hash", "required"})

Json = dict[str, Any]  # Any: JSON of the environment


def read_chains(text: str) -> list[Json]:
    """The entries of ABS_CHAINS: {"name", "kind": "evm", "url", "public_url"?, "contract"?, "confirmations"?} and
    {"name", "kind": "rfc3161", "url", "roots", "policy"?}.
    """
    entries = _list("ABS_CHAINS", text)
    for entry in entries:
        kind = entry.get("kind")
        if kind not in _CHAIN_KEYS:
            raise ImproperlyConfigured(
                f"ABS_CHAINS: {_called(entry)} is of kind {kind!r}; known are {', '.join(_CHAIN_KEYS)}"
            )
        _check_keys("ABS_CHAINS", entry, *_CHAIN_KEYS[kind])
        _check_name("ABS_CHAINS", entry)
        confirmations = entry.get("confirmations", 1)
        if not _is_whole(confirmations) or confirmations < 1:
            raise ImproperlyConfigured(f"ABS_CHAINS: {_called(entry)}: confirmations must be a whole number from 1 on")
        if kind == "evm" and not entry.get("public_url") and _may_hold_a_secret(str(entry["url"])):
            raise ImproperlyConfigured(
                f"ABS_CHAINS: {_called(entry)} has no public_url, and its url may hold a key of yours: it would stand in "
                "the trust file, for anybody to read. Say by public_url which address browsers and verifiers shall use"
            )
    _check_once("ABS_CHAINS", "name", entries)
    return entries


def read_channels(text: str, *, chains: Sequence[Mapping[str, Any]], origin: str) -> list[Json]:
    """The entries of ABS_CHANNELS, complete: {"name", "origin", "hash", "chains", "required"}.

    Without any there is the channel `main` under `origin` alone, and `chains` is None: all that are configured.
    """
    if not text.strip():
        return [{"name": MAIN, "origin": origin, "hash": "sm3", "chains": None, "required": 1}]
    known = [chain["name"] for chain in chains]
    entries = [_channel(entry, known, origin) for entry in _list("ABS_CHANNELS", text)]
    for key in ("name", "origin"):
        _check_once("ABS_CHANNELS", key, entries)
    main = next((entry for entry in entries if entry["name"] == MAIN), None)
    if main is None:
        raise ImproperlyConfigured(f"ABS_CHANNELS must have the channel {MAIN!r}: documents are recorded there")
    if main["origin"] != origin:
        raise ImproperlyConfigured(
            f"ABS_CHANNELS gives the channel {MAIN!r} the origin {main['origin']!r} and ABS_LOG_ORIGIN is {origin!r}; "
            "make them the same, or leave the origin out of ABS_CHANNELS"
        )
    return entries


def _channel(entry: Json, known: Collection[str], origin: str) -> Json:
    _check_keys("ABS_CHANNELS", entry, *_CHANNEL_KEYS)
    _check_name("ABS_CHANNELS", entry)
    if entry["name"] == MAIN:
        entry = {"origin": origin, **entry}
    entry = {"origin": "", "hash": "sm3", "required": 1, **entry}
    called = f"ABS_CHANNELS: {_called(entry)}"
    if not isinstance(entry["origin"], str) or not _ORIGIN.fullmatch(entry["origin"]):
        raise ImproperlyConfigured(f"{called} needs an origin without spaces and plus signs, such as abs.example.cn/x")
    if entry["hash"] not in _HASHES:
        raise ImproperlyConfigured(f"{called}: hash must be one of {', '.join(_HASHES)}")
    chains = entry["chains"]
    if not isinstance(chains, list) or not all(isinstance(name, str) for name in chains):
        raise ImproperlyConfigured(f"{called}: chains must be a list of names")
    if strange := [name for name in chains if name not in known]:
        raise ImproperlyConfigured(f"{called} names chains that ABS_CHAINS has not: {', '.join(strange)}")
    if len(set(chains)) != len(chains):
        raise ImproperlyConfigured(f"{called} names a chain twice")
    most = max(1, len(chains))
    if not _is_whole(entry["required"]) or not 1 <= entry["required"] <= most:
        raise ImproperlyConfigured(
            f"{called}: required says on how many of its chains a record must be, so it is from 1 to {most}"
        )
    return entry


def _list(variable: str, text: str) -> list[Json]:
    try:
        entries = json.loads(text)
    except ValueError as error:
        raise ImproperlyConfigured(f"{variable} is not JSON: {error}") from error
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ImproperlyConfigured(f"{variable} must be a JSON list of objects")
    return entries


def _check_keys(variable: str, entry: Json, needed: Collection[str], possible: Collection[str]) -> None:
    if missing := sorted(set(needed) - entry.keys()):
        raise ImproperlyConfigured(f"{variable}: {_called(entry)} lacks {', '.join(missing)}")
    if unknown := sorted(entry.keys() - set(needed) - set(possible)):
        raise ImproperlyConfigured(f"{variable}: {_called(entry)} has unknown keys: {', '.join(unknown)}")


def _check_name(variable: str, entry: Json) -> None:
    if not isinstance(entry["name"], str) or not _NAME.fullmatch(entry["name"]):
        raise ImproperlyConfigured(f"{variable}: {_called(entry)}: a name has small letters, digits and hyphens only")


def _check_once(variable: str, key: str, entries: Sequence[Json]) -> None:
    for value, count in Counter(entry[key] for entry in entries).items():
        if count > 1:
            raise ImproperlyConfigured(f"{variable} has the {key} {value!r} {count} times")


def _may_hold_a_secret(url: str) -> bool:
    """Whether an address has more than a scheme, a host and a port: providers of nodes put their customers' keys there."""
    parts = urllib.parse.urlsplit(url)
    return bool("@" in parts.netloc or parts.path.strip("/") or parts.query or parts.fragment)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _called(entry: Json) -> str:
    return f"the entry {entry.get('name')!r}"
