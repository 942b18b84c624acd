#!/usr/bin/env python3
"""Check a proof bundle without trusting whoever made it: one file, Python 3.9 or later, standard library only.

    python3 abs_verify.py BUNDLE [FILE] --trust TRUST [--rpc NAME=URL]... [--json] [--lang en|zh]

Followed link by link: FILE -> SM3 digest -> salted commitment (or disclosed fields -> their tree -> commitment) -> log
entry -> Merkle root -> signed checkpoint -> contract on each chain -> block. Time-stamp tokens are not checked. Formats, order of checks and meaning of the verdicts: README.md beside this file.
The trust file says whom to believe (log, keys, chains, contracts); get it apart from the bundle, never from the one
who hands you the bundle.

Exit codes: 0 valid, 2 usage or unreadable input, 3 pending, 4 no chain could be asked, 5 invalid, 70 own fault.
"""

from __future__ import annotations

import argparse
import base64
import calendar
import hashlib
import http.client
import json
import os
import re
import sys
import threading
import time
import unicodedata
import urllib.error
import urllib.parse
import urllib.request
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from re import Pattern
from typing import Any, BinaryIO, Callable

MAX_BUNDLE_BYTES = 1 << 20
MAX_TRUST_BYTES = 1 << 18
MAX_NOTE_CHARACTERS = 1 << 14
MAX_REPLY_BYTES = 1 << 22
MAX_BRACKETS = 1000  # lists and objects in one input; a disclosure of 400 fields has 800 and some
MAX_PATH = 64
MAX_LIST = 64  # keys, witnesses, chains, anchors, time-stamps, signature lines
MAX_DISCLOSED = 400
MAX_FIELDS = 1 << 20  # in one structured document
MAX_POINTER, MAX_VALUE, MAX_TOKEN = 400, 4000, 1 << 16  # characters
MAX_INTEGER = 2**53 - 1
REQUEST_SECONDS = 10.0
CHAIN_REQUESTS = 3  # a chain gets the time of three full timeouts in all

BUNDLE_FORMAT = "abs-proof-bundle/v1"
TRUST_FORMAT = "abs-trust/v1"
EXIT_CODES = {"valid": 0, "pending": 3, "unreachable": 4, "invalid": 5}
EXIT_UNREADABLE, EXIT_FAULT, EXIT_INTERRUPTED = 2, 70, 130

# First four bytes of Keccak-256 of "count(bytes32)" and "checkpoint(bytes32,uint256)".
SELECTOR_COUNT = "7937354c"
SELECTOR_CHECKPOINT = "52c11eea"


class Unreadable(Exception):
    """An input that cannot be understood at all, so that there is nothing to give a verdict on."""


class _Failed(Exception):
    """A link that does not hold; carries the key of a text and its values."""

    def __init__(self, text: str, **values: object) -> None:
        super().__init__(text)
        self.text = text
        self.values = values


class _NoAnswer(Exception):
    """A chain that could not be asked, or whose answer makes no sense."""


# --- SM3 (GB/T 32905-2016), used where hashlib has none ------------------------------------------------------------

_M32 = 0xFFFFFFFF


def _rotate(x: int, n: int) -> int:
    n %= 32
    return ((x << n) | (x >> (32 - n))) & _M32


_T = [_rotate(0x79CC4519 if j < 16 else 0x7A879D8A, j) for j in range(64)]


class PureSM3:
    """SM3 with the part of hashlib's interface that is used here."""

    def __init__(self) -> None:
        self._state: tuple[int, ...] = (
            0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600, 0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E,
        )  # fmt: skip
        self._rest = b""
        self._size = 0

    def update(self, data: bytes) -> None:
        self._size += len(data)
        data = self._rest + data
        whole = len(data) - len(data) % 64
        for at in range(0, whole, 64):
            self._state = _compress(self._state, data[at : at + 64])
        self._rest = data[whole:]

    def digest(self) -> bytes:
        padding = b"\x80" + bytes((55 - self._size) % 64) + (self._size * 8).to_bytes(8, "big")
        state, tail = self._state, self._rest + padding
        for at in range(0, len(tail), 64):
            state = _compress(state, tail[at : at + 64])
        return b"".join(word.to_bytes(4, "big") for word in state)


def _compress(state: tuple[int, ...], block: bytes) -> tuple[int, ...]:
    w = [int.from_bytes(block[i : i + 4], "big") for i in range(0, 64, 4)]
    for j in range(16, 68):
        x = w[j - 16] ^ w[j - 9] ^ _rotate(w[j - 3], 15)
        w.append(x ^ _rotate(x, 15) ^ _rotate(x, 23) ^ _rotate(w[j - 13], 7) ^ w[j - 6])
    a, b, c, d, e, f, g, h = state
    for j in range(64):
        a12 = _rotate(a, 12)
        ss1 = _rotate((a12 + e + _T[j]) & _M32, 7)
        if j < 16:
            ff, gg = a ^ b ^ c, e ^ f ^ g
        else:
            ff, gg = (a & b) | (a & c) | (b & c), (e & f) | (~e & g)
        tt1 = (ff + d + (ss1 ^ a12) + (w[j] ^ w[j + 4])) & _M32
        tt2 = (gg + h + ss1 + w[j]) & _M32
        a, b, c, d = tt1, a, _rotate(b, 9), c
        e, f, g, h = tt2 ^ _rotate(tt2, 9) ^ _rotate(tt2, 17), e, _rotate(f, 19), g
    return tuple(x ^ y & _M32 for x, y in zip((a, b, c, d, e, f, g, h), state))


def _hashlib_has_sm3() -> bool:
    try:
        hashlib.new("sm3")
    except ValueError:
        return False
    return True


_FAST_SM3 = _hashlib_has_sm3()


def _new_hash(name: str) -> Any:  # Any: a hashlib object or PureSM3
    if name == "sm3":
        return hashlib.new("sm3") if _FAST_SM3 else PureSM3()
    return hashlib.new(name)


def _hash(name: str, data: bytes) -> bytes:
    state = _new_hash(name)
    state.update(data)
    digest: bytes = state.digest()
    return digest


def sm3(data: bytes) -> bytes:
    return _hash("sm3", data)


# --- SM2 signatures (GB/T 32918.2-2016), Jacobian coordinates; nothing secret is computed here ----------------------

_P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
_A = _P - 3
_B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
_N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
_G = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
    1,
)
_DISTINGUISHED_ID = b"1234567812345678"
_Point = tuple[int, int, int]  # X, Y, Z with x = X / Z^2, y = Y / Z^3; Z = 0 at infinity


def _double(p: _Point) -> _Point:
    x, y, z = p
    delta, gamma = z * z % _P, y * y % _P
    beta = x * gamma % _P
    alpha = 3 * (x - delta) * (x + delta) % _P
    x3 = (alpha * alpha - 8 * beta) % _P
    return x3, (alpha * (4 * beta - x3) - 8 * gamma * gamma) % _P, 2 * y * z % _P


def _add(p: _Point, q: _Point) -> _Point:
    if not p[2]:
        return q
    if not q[2]:
        return p
    zz1, zz2 = p[2] * p[2] % _P, q[2] * q[2] % _P
    u1, u2 = p[0] * zz2 % _P, q[0] * zz1 % _P
    s1, s2 = p[1] * zz2 * q[2] % _P, q[1] * zz1 * p[2] % _P
    h, r = (u2 - u1) % _P, (s2 - s1) % _P
    if not h:
        return _double(p) if not r else (1, 1, 0)
    hh = h * h % _P
    hhh, v = h * hh % _P, u1 * hh % _P
    x3 = (r * r - hhh - 2 * v) % _P
    return x3, (r * (v - x3) - s1 * hhh) % _P, p[2] * q[2] * h % _P


def _sum_of_products(s: int, g: _Point, t: int, p: _Point) -> _Point:
    """s * g + t * p by Shamir's trick."""
    table = ((1, 1, 0), g, p, _add(g, p))
    total: _Point = (1, 1, 0)
    for bit in range(255, -1, -1):
        total = _double(total)
        total = _add(total, table[(s >> bit & 1) | (t >> bit & 1) << 1])
    return total


def is_sm2_key(public: bytes) -> bool:
    """65 bytes, 04 || X || Y, a point of the curve."""
    x, y = int.from_bytes(public[1:33], "big"), int.from_bytes(public[33:], "big")
    on_curve = x < _P and y < _P and (y * y - (x * x * x + _A * x + _B)) % _P == 0
    return len(public) == 65 and public[0] == 4 and on_curve


def _der_numbers(data: bytes) -> tuple[int, int] | None:
    """r and s of SEQUENCE { INTEGER, INTEGER } in the one DER form, or None."""
    if len(data) < 8 or len(data) > 72 or data[0] != 0x30 or data[1] != len(data) - 2:
        return None
    numbers, at = [], 2
    for _ in range(2):
        if len(data) < at + 3 or data[at] != 2:
            return None
        size = data[at + 1]
        content = data[at + 2 : at + 2 + size]
        if not 1 <= size <= 33 or len(content) != size or content[0] & 0x80:
            return None
        if size > 1 and content[0] == 0 and not content[1] & 0x80:
            return None
        numbers.append(int.from_bytes(content, "big"))
        at += 2 + size
    return (numbers[0], numbers[1]) if at == len(data) else None


def sm2_verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the DER signature is this key's over the message, under the distinguished id 1234567812345678."""
    numbers = _der_numbers(signature)
    if numbers is None or not is_sm2_key(public):
        return False
    r, s = numbers
    t = (r + s) % _N
    if not (1 <= r < _N and 1 <= s < _N and t):
        return False
    curve = b"".join(value.to_bytes(32, "big") for value in (_A, _B, _G[0], _G[1]))
    identity = sm3(b"\x00\x80" + _DISTINGUISHED_ID + curve + public[1:])
    digest = int.from_bytes(sm3(identity + message), "big")
    key = (int.from_bytes(public[1:33], "big"), int.from_bytes(public[33:], "big"), 1)
    x, _, z = _sum_of_products(s, _G, t, key)
    return z != 0 and (digest + x * pow(z * z, -1, _P) % _P) % _N == r


# --- Ed25519 signatures (RFC 8032 section 5.1), extended coordinates; nothing secret is computed here -----------------

_Q = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _Q) % _Q
_SQRT_MINUS_1 = pow(2, (_Q - 1) // 4, _Q)
_EdPoint = tuple[int, int, int, int]  # X, Y, Z, T with x = X / Z, y = Y / Z, x * y = T / Z
_ED_ZERO: _EdPoint = (0, 1, 1, 0)


def _ed_decode(data: bytes) -> _EdPoint | None:
    """The point of 32 bytes in their one form (section 5.1.3), or None."""
    number = int.from_bytes(data, "little")
    y, sign = number & ((1 << 255) - 1), number >> 255
    if len(data) != 32 or y >= _Q:
        return None
    u, v = (y * y - 1) % _Q, (_D * y * y + 1) % _Q
    x = u * pow(v, 3, _Q) * pow(u * pow(v, 7, _Q), (_Q - 5) // 8, _Q) % _Q
    if v * x * x % _Q != u:
        x = x * _SQRT_MINUS_1 % _Q
    if v * x * x % _Q != u or (not x and sign):
        return None
    if x & 1 != sign:
        x = _Q - x
    return x, y, 1, x * y % _Q


def _ed_encode(p: _EdPoint) -> bytes:
    inverse = pow(p[2], -1, _Q)
    x, y = p[0] * inverse % _Q, p[1] * inverse % _Q
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _ed_add(p: _EdPoint, q: _EdPoint) -> _EdPoint:
    """The sum, of any two points (section 5.1.4)."""
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % _Q, (p[1] + p[0]) * (q[1] + q[0]) % _Q
    c, d = 2 * p[3] * q[3] * _D % _Q, 2 * p[2] * q[2] % _Q
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _Q, g * h % _Q, f * g % _Q, e * h % _Q


_ED_BASE: _EdPoint = _ed_decode(bytes([0x58]) + bytes([0x66]) * 31) or _ED_ZERO


def is_ed25519_key(public: bytes) -> bool:
    """32 bytes, the one form of a point of the curve, and not of small order: under such a key, anything verifies."""
    point = _ed_decode(public)
    if point is None:
        return False
    for _ in range(3):
        point = _ed_add(point, point)
    return bool(point[0])


def ed25519_verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the 64-byte signature is this key's over the message; without the cofactor, as most libraries check it."""
    key = _ed_decode(public)
    if key is None or len(signature) != 64 or not is_ed25519_key(public):
        return False
    s = int.from_bytes(signature[32:], "little")
    if s >= _L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % _L
    minus_key = (_Q - key[0], key[1], 1, _Q - key[3])
    table = (_ED_ZERO, _ED_BASE, minus_key, _ed_add(_ED_BASE, minus_key))
    total = _ED_ZERO
    for bit in range(252, -1, -1):
        total = _ed_add(_ed_add(total, total), table[(s >> bit & 1) | (k >> bit & 1) << 1])
    return _ed_encode(total) == signature[:32]


# --- Merkle proofs (RFC 9162 section 2.1) ----------------------------------------------------------------------------


def leaf_hash(hash_name: str, entry: bytes) -> bytes:
    return _hash(hash_name, b"\x00" + entry)


def root_from_inclusion(hash_name: str, index: int, size: int, leaf: bytes, path: list[bytes]) -> bytes | None:
    """The root of the tree of `size` leaves with `leaf` at `index` (RFC 9162 section 2.1.3.2).

    None when the path has not the right length.
    """
    if not 0 <= index < size:
        return None
    fn, sn, node = index, size - 1, leaf
    for sibling in path:
        if sn == 0:
            return None
        if fn & 1 or fn == sn:
            node = _hash(hash_name, b"\x01" + sibling + node)
            while not fn & 1 and fn:
                fn >>= 1
                sn >>= 1
        else:
            node = _hash(hash_name, b"\x01" + node + sibling)
        fn >>= 1
        sn >>= 1
    return node if sn == 0 else None


def verify_consistency(
    hash_name: str, old_size: int, old_root: bytes, size: int, root: bytes, path: list[bytes]
) -> bool:
    """Whether the path shows that the tree of `old_size` leaves is the beginning of that of `size` (RFC 9162 section
    2.1.4.2). `hash_name` is "sm3" or "sha256". Never from an empty tree, of which nothing can be shown.
    """
    if not 0 < old_size <= size or any(len(node) != 32 for node in (old_root, root, *path)):
        return False
    if old_size == size:
        return not path and old_root == root
    nodes = list(path)
    if not old_size & (old_size - 1):  # a power of two: the old root is itself a node of the new tree
        nodes.insert(0, old_root)
    if not path:
        return False
    fn, sn = old_size - 1, size - 1
    while fn & 1:
        fn >>= 1
        sn >>= 1
    old = new = nodes[0]
    for node in nodes[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            old, new = _hash(hash_name, b"\x01" + node + old), _hash(hash_name, b"\x01" + node + new)
            while not fn & 1 and fn:
                fn >>= 1
                sn >>= 1
        else:
            new = _hash(hash_name, b"\x01" + new + node)
        fn >>= 1
        sn >>= 1
    return sn == 0 and old == old_root and new == root


# --- Reading JSON and its fields, strictly ---------------------------------------------------------------------------

_HEX32 = re.compile(r"[0-9a-f]{64}")
_HASH = re.compile(r"0x[0-9a-f]{64}")
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")
# No space and no plus sign. What counts as a space is spelled out where Python and browsers differ.
_NAME = re.compile(r"[^\s+\x00-\x20\x7f-\x9f\ufeff]{1,100}")
_ORIGIN = re.compile(r"[!-~]{1,200}")
_SM2_PUBLIC = re.compile(r"04[0-9a-f]{128}")
_POINTER = re.compile(r"(/([^~/]|~[01])*)+")
_ANY_TEXT = re.compile(r"(?s:.*)")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_TEMPLATE = re.compile(r"[!-~]{1,80}")
_RECORD_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)
_BLOCK_TIME = re.compile(r"([1-9]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.0{1,9})?(Z|\+00:00)", re.ASCII)
_STAMP_TIME = re.compile(r"([1-9]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|\+00:00)", re.ASCII)
_URL = re.compile(r"https?://[!-~]{1,2000}")
# A text of JSON, one that does not end too, so that no byte is looked at twice.
_JSON_TEXT = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)', re.DOTALL)


def load_json(data: bytes, limit: int, what: str) -> Any:  # Any: whatever the JSON holds; every field is checked later
    """The JSON value, without floats, huge numbers, repeated keys and halves of surrogate pairs. Raises Unreadable."""

    def whole_number(text: str) -> int:
        if len(text) > 20:
            raise ValueError("a number has too many digits")
        return int(text)

    def no_number(text: str) -> int:
        raise ValueError(f"{text} is not a whole number")

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise ValueError("a key comes twice in one object")
        return found

    if len(data) > limit:
        raise Unreadable(f"{what} is larger than {limit} bytes")
    # Counted before parsing: where the surrounding program allows deep recursion, deep nesting would end the process.
    structure = _JSON_TEXT.sub(b"", data)  # what a document says may have brackets of its own
    if structure.count(b"[") + structure.count(b"{") > MAX_BRACKETS:
        raise Unreadable(f"{what} holds more than {MAX_BRACKETS} lists and objects")
    try:
        value = json.loads(
            data.decode("utf-8"),
            parse_int=whole_number,
            parse_float=no_number,
            parse_constant=no_number,
            object_pairs_hook=once,
        )
        json.dumps(value, ensure_ascii=False).encode()
        return value
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"{what} is not JSON that can be read: {_clean(error)}") from None


class _Fields:
    """An object of the input under its path, such as "record"; each getter checks the form and raises _Failed."""

    def __init__(self, value: object, path: str = "") -> None:
        if not isinstance(value, dict):
            raise _Failed("not_object", field=path or "document")
        self._value: dict[str, Any] = value
        self._path = path

    def _name(self, key: str) -> str:
        return f"{self._path}.{key}" if self._path else key

    def raw(self, key: str) -> Any:  # Any: checked by the callers
        if key not in self._value:
            raise _Failed("missing", field=self._name(key))
        return self._value[key]

    def has(self, key: str) -> bool:
        return key in self._value

    def object(self, key: str) -> _Fields:
        return _Fields(self.raw(key), self._name(key))

    def text(self, key: str, form: Pattern[str], limit: int = MAX_TOKEN) -> str:
        value = self.raw(key)
        if not isinstance(value, str) or len(value) > limit or not form.fullmatch(value) or not _is_unicode(value):
            raise _Failed("malformed", field=self._name(key))
        return value

    def base64(self, key: str) -> bytes:
        try:
            data = _base64(self.text(key, _ANY_TEXT))
        except ValueError:
            data = b""
        if not data:
            raise _Failed("malformed", field=self._name(key))
        return data

    def time(self, key: str, form: Pattern[str]) -> int:
        """Seconds since 1970 of an RFC 3339 time in UTC, whose first group is the time without fraction and zone."""
        found = form.fullmatch(self.text(key, form))
        try:
            moment = time.strptime(found[1] if found else "", "%Y-%m-%dT%H:%M:%S")
            if moment.tm_sec > 59:
                raise ValueError("a leap second")
        except ValueError:
            raise _Failed("malformed", field=self._name(key)) from None
        return calendar.timegm(moment)

    def hex32(self, key: str) -> bytes:
        return bytes.fromhex(self.text(key, _HEX32))

    def integer(self, key: str, least: int = 0, most: int = MAX_INTEGER) -> int:
        value = self.raw(key)
        if type(value) is not int or not least <= value <= most:
            raise _Failed("malformed", field=self._name(key))
        return value

    def items(self, key: str, limit: int = MAX_LIST) -> list[Any]:
        value = self.raw(key)
        if not isinstance(value, list) or len(value) > limit:
            raise _Failed("malformed", field=self._name(key))
        return value

    def objects(self, key: str, limit: int = MAX_LIST) -> list[_Fields]:
        return [_Fields(item, f"{self._name(key)}[{index}]") for index, item in enumerate(self.items(key, limit))]

    def path(self, key: str) -> list[bytes]:
        """The hashes of a Merkle proof."""
        nodes = self.items(key, MAX_PATH)
        if not all(isinstance(node, str) and _HEX32.fullmatch(node) for node in nodes):
            raise _Failed("malformed", field=self._name(key))
        return [bytes.fromhex(node) for node in nodes]


def _is_unicode(text: str) -> bool:
    """Whether there is no half of a surrogate pair in it, which no encoding can write."""
    return not any("\ud800" <= c <= "\udfff" for c in text)


def _base64(text: str) -> bytes:
    """Raises ValueError for all but the one encoding."""
    data = base64.b64decode(text.encode("ascii"), validate=True)
    if base64.b64encode(data).decode() != text:
        raise ValueError("not canonical")
    return data


# --- The trust file: whom to believe ---------------------------------------------------------------------------------

SM2, ED25519, COSIGNATURE = "sm2-sm3", "ed25519", "cosignature/v1"
_TYPE_BYTES = {SM2: b"\xffsm2-sm3", ED25519: b"\x01", COSIGNATURE: b"\x04"}  # within a key id, see C2SP signed-note


@dataclass(frozen=True)
class _Key:
    name: str
    type: str
    public: bytes
    last_size: int = MAX_INTEGER  # it counts below checkpoints of at most this size

    @property
    def id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + _TYPE_BYTES[self.type] + self.public).digest()[:4]


@dataclass(frozen=True)
class _TrustedChain:
    name: str
    chain_id: int
    contract: str
    rpc: str | None


@dataclass(frozen=True)
class _Trust:
    origin: str
    hash: str
    keys: list[_Key]
    witnesses: list[_Key]
    chains: list[_TrustedChain]
    required: int


def _read_trust(value: object) -> _Trust:
    """Raises Unreadable: a trust file is its reader's own, so there is no verdict on it."""
    try:
        fields = _Fields(value)
        if fields.raw("format") != TRUST_FORMAT:
            raise Unreadable(f"the trust file is not of the format {TRUST_FORMAT}")
        hash_name = fields.raw("hash")
        if hash_name not in ("sm3", "sha256"):
            raise Unreadable("the trust file names a hash function other than sm3 and sha256")
        keys = _read_keys(fields.objects("keys"), (SM2, ED25519))
        if not keys:
            raise Unreadable(f"the trust file names no key of the types {SM2} and {ED25519}")
        witnesses = _read_keys(fields.objects("witnesses"), (COSIGNATURE,)) if fields.has("witnesses") else []
        chains = _read_chains(fields.objects("chains"))
        required = fields.integer("required", 1, MAX_LIST) if fields.has("required") else 1
        return _Trust(fields.text("origin", _ORIGIN), hash_name, keys, witnesses, chains, required)
    except _Failed as failed:
        raise Unreadable(f"the trust file: {_say('en', failed.text, failed.values)}") from None


def _read_keys(entries: list[_Fields], types: tuple[str, ...]) -> list[_Key]:
    """A key of a type that this version does not know proves nothing to it, and is passed over."""
    keys = []
    for entry in entries:
        kind = entry.raw("type")
        if kind not in types:
            continue
        name = entry.text("name", _NAME)
        public = bytes.fromhex(entry.text("public", _SM2_PUBLIC if kind == SM2 else _HEX32))
        if not (is_sm2_key(public) if kind == SM2 else is_ed25519_key(public)):
            raise Unreadable(f"the trust file names a key of {_clean(name)} that is no {kind} public key")
        last_size = entry.integer("last_size") if entry.has("last_size") else MAX_INTEGER
        keys.append(_Key(name, kind, public, last_size))
    return keys


def _read_chains(entries: list[_Fields]) -> list[_TrustedChain]:
    chains: list[_TrustedChain] = []
    for entry in entries:
        if entry.raw("kind") != "evm":
            continue
        name, contract = entry.text("name", _NAME), entry.text("contract", _ADDRESS).lower()
        rpc = entry.text("rpc", _URL) if entry.has("rpc") and entry.raw("rpc") is not None else None
        if name in {chain.name for chain in chains}:
            raise Unreadable("the trust file names a chain twice")
        chains.append(_TrustedChain(name, entry.integer("chain_id"), contract, rpc))
    return chains


# --- The bundle: what is claimed -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Document:
    size: int
    digest: bytes
    salt: bytes


@dataclass(frozen=True)
class _Field:
    path: str
    value: str
    salt: bytes
    index: int
    proof: list[bytes]


@dataclass(frozen=True)
class _Disclosure:
    count: int  # of all fields, disclosed or not
    fields: list[_Field]

    @property
    def file_digest(self) -> str | None:
        return next((field.value for field in self.fields if field.path == "/document/sm3"), None)


@dataclass(frozen=True)
class _Anchor:
    chain_id: int
    contract: str
    index: int
    records: int
    block: int
    block_hash: str
    time: int


@dataclass(frozen=True)
class _Bundle:
    subject: _Document | _Disclosure
    record_id: str
    template: str
    time: str
    commitment: bytes
    origin: str
    hash: str
    inclusion: tuple[int, int, list[bytes]] | None  # index, size, path
    checkpoint: str | None
    anchors: dict[str, _Anchor]  # by chain
    timestamps: dict[str, int]  # the time that each authority's token is said to tell

    @property
    def entry(self) -> bytes:
        return f"abs-record/v1\n{self.record_id}\n{self.template}\n{self.time}\n{self.commitment.hex()}\n".encode()


def _read_bundle(value: dict[str, Any]) -> _Bundle:
    """Raises _Failed for the first field that has not its form."""
    fields = _Fields(value)
    subject = _read_subject(fields)
    record, log = fields.object("record"), fields.object("log")
    record_id, template = record.text("id", _UUID), record.text("template", _TEMPLATE)
    recorded, commitment = record.text("time", _RECORD_TIME), record.hex32("commitment")
    origin, hash_name = log.text("origin", _ORIGIN), log.text("hash", _NAME)
    inclusion = None
    if fields.raw("inclusion") is not None:
        proof = fields.object("inclusion")
        inclusion = (proof.integer("index"), proof.integer("size"), proof.path("path"))
    checkpoint = fields.raw("checkpoint")
    if checkpoint is not None:
        checkpoint = fields.text("checkpoint", _ANY_TEXT, MAX_NOTE_CHARACTERS)
    anchors = _read_anchors(fields.objects("anchors"), inclusion[1] if inclusion else 0)
    timestamps = _read_timestamps(fields.objects("timestamps")) if fields.has("timestamps") else {}
    if (anchors or timestamps) and (inclusion is None or checkpoint is None):
        raise _Failed("anchored_without_proof")
    return _Bundle(
        subject, record_id, template, recorded, commitment, origin, hash_name, inclusion, checkpoint, anchors, timestamps
    )  # fmt: skip


def _read_subject(fields: _Fields) -> _Document | _Disclosure:
    if fields.has("document") is fields.has("fields"):
        raise _Failed("subject")
    if fields.has("document"):
        document = fields.object("document")
        document.text("filename", _ANY_TEXT)
        return _Document(document.integer("size"), document.hex32("sm3"), document.hex32("salt"))
    disclosure = fields.object("fields")
    count, disclosed = disclosure.integer("count", 1, MAX_FIELDS), disclosure.objects("disclosed", MAX_DISCLOSED)
    if not disclosed:
        raise _Failed("malformed", field="fields.disclosed")
    return _Disclosure(
        count,
        [
            _Field(
                field.text("path", _POINTER, MAX_POINTER),
                field.text("value", _ANY_TEXT, MAX_VALUE),
                field.hex32("salt"),
                field.integer("index"),
                field.path("proof"),
            )
            for field in disclosed
        ],
    )


def _read_anchors(entries: list[_Fields], size: int) -> dict[str, _Anchor]:
    """`size`: of the tree, which the chain cannot count fewer records than."""
    anchors: dict[str, _Anchor] = {}
    for entry in entries:
        name = entry.text("chain", _NAME)
        if name in anchors:
            raise _Failed("chain_twice", name=name)
        entry.text("tx", _HASH)  # for the reader to look up; it proves nothing that the contract does not say
        anchors[name] = _Anchor(
            chain_id=entry.integer("chain_id"),
            contract=entry.text("contract", _ADDRESS).lower(),
            index=entry.integer("index"),
            records=entry.integer("records", size),
            block=entry.integer("block"),
            block_hash=entry.text("block_hash", _HASH),
            time=entry.time("time", _BLOCK_TIME),
        )
    return anchors


def _read_timestamps(entries: list[_Fields]) -> dict[str, int]:
    timestamps: dict[str, int] = {}
    for entry in entries:
        name = entry.text("authority", _NAME)
        if name in timestamps:
            raise _Failed("authority_twice", name=name)
        timestamps[name] = entry.time("time", _STAMP_TIME)
        entry.base64("token")
    return timestamps


def _rfc3339(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


# --- Checkpoints (C2SP tlog-checkpoint in C2SP signed-note) ----------------------------------------------------------

_LATEST = 253402300799  # 9999-12-31T23:59:59Z, the last time that can be written


@dataclass(frozen=True)
class Note:
    """A signed checkpoint, its signatures not yet checked."""

    body: bytes
    origin: str
    size: int
    root: bytes
    signatures: list[tuple[str, bytes, bytes]]  # key name, key id, signature

    def by(self, key: _Key) -> list[bytes]:
        """The signatures that say they are this key's."""
        return [signature for name, key_id, signature in self.signatures if name == key.name and key_id == key.id]


def parse_note(text: str) -> Note:
    """Raises _Failed."""
    body, separator, tail = text.rpartition("\n\n")
    lines = body.split("\n")
    if not separator or not tail.endswith("\n") or any(ord(c) < 32 and c != "\n" for c in text) or len(lines) < 3:
        raise _Failed("note_form")
    if "" in lines or not re.fullmatch(r"0|[1-9][0-9]{0,15}", lines[1]) or int(lines[1]) > MAX_INTEGER:
        raise _Failed("note_form")
    try:
        root = _base64(lines[2])
        encoded = (body + "\n").encode()
        signatures: list[tuple[str, bytes, bytes]] = []
        for line in tail[:-1].split("\n")[: MAX_LIST + 1]:
            dash, name, value = line.split(" ")
            blob = _base64(value)
            if dash != "\u2014" or not _NAME.fullmatch(name) or len(blob) < 5 or len(signatures) >= MAX_LIST:
                raise ValueError("not a signature line")
            signatures.append((name, blob[:4], blob[4:]))
    except ValueError:
        raise _Failed("note_form") from None
    if len(root) != 32:
        raise _Failed("note_form")
    return Note(encoded, lines[0], int(lines[1]), root, signatures)


def trusted_signers(note: Note, keys: list[_Key]) -> list[_Key]:
    """The trusted keys that signed.

    Raises _Failed where a line under a key's name and id is wrong, and unless there is a signature of every type of key
    that counts at this size: were one enough, a forger who holds one key could leave the other's line out. A key retired
    at a smaller size is a stranger's.
    """
    counting = [key for key in keys if note.size <= key.last_size]
    signers = []
    for key in counting:
        check = sm2_verify if key.type == SM2 else ed25519_verify
        signatures = note.by(key)
        if not all(check(key.public, note.body, signature) for signature in signatures):
            raise _Failed("signature_wrong", key=key.name, type=key.type)
        if signatures:
            signers.append(key)
    if not signers:
        raise _Failed("signature_none")
    for key in counting:
        if key.type not in {signer.type for signer in signers}:
            raise _Failed("signature_missing", type=key.type)
    return signers


def read_checkpoint(text: str, trust: dict[str, Any]) -> Note:
    """The trusted log's checkpoint, signed by its trusted keys: for whoever follows the log. Raises Unreadable."""
    trusted = _read_trust(trust)
    try:
        if len(text) > MAX_NOTE_CHARACTERS:
            raise _Failed("note_form")
        note = parse_note(text)
        if note.origin != trusted.origin:
            raise _Failed("origin_differs", expected=trusted.origin, found=note.origin)
        trusted_signers(note, trusted.keys)
    except _Failed as failed:
        raise Unreadable(f"the checkpoint: {_say('en', failed.text, failed.values)}") from None
    return note


def cosigned_at(note: Note, keys: list[_Key]) -> int | None:
    """When the witness with these keys cosigned (C2SP tlog-cosignature), the first time in Unix seconds; None where it
    did not. Raises _Failed where a line under its name and id is wrong.
    """
    times = []
    for key in keys:
        for signature in note.by(key):
            seconds = int.from_bytes(signature[:8], "big")
            message = b"cosignature/v1\ntime %d\n" % seconds + note.body
            if seconds > _LATEST or not ed25519_verify(key.public, message, signature[8:]):
                raise _Failed("witness_wrong", key=key.name)
            times.append(seconds)
    return min(times, default=None)


# --- Chains: JSON-RPC over HTTP --------------------------------------------------------------------------------------


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object, **__: object) -> None:
        return None


class _Endpoint:
    """A JSON-RPC endpoint. Every call is bounded in time and size and raises _NoAnswer."""

    def __init__(self, url: str, seconds: float) -> None:
        self._url = url
        self._seconds = seconds
        host = urllib.parse.urlsplit(url).hostname or ""
        local = host in ("localhost", "::1") or host.startswith("127.")
        proxies = urllib.request.ProxyHandler({} if local else None)
        self._opener = urllib.request.build_opener(_NoRedirect, proxies)

    def call(self, method: str, *parameters: object) -> Any:  # Any: the caller checks the result's form
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": list(parameters)}).encode()
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        try:
            request = urllib.request.Request(self._url, body, headers)  # noqa: S310 - http(s) only, see _URL
            reply = load_json(self._read(request), MAX_REPLY_BYTES, "the answer")
        except urllib.error.HTTPError as error:
            error.close()
            raise _NoAnswer(f"HTTP status {error.code}") from None
        except Unreadable as error:
            raise _NoAnswer(str(error)) from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise _NoAnswer(_clean(error) or type(error).__name__) from None
        if not isinstance(reply, dict) or reply.get("id") != 1:
            raise _NoAnswer("the answer is not JSON-RPC")
        problem = reply.get("error")
        if problem is not None or "result" not in reply:
            message = problem.get("message") if isinstance(problem, dict) else None
            raise _NoAnswer(f"the endpoint refused {method}: {_clean(message)}")
        return reply["result"]

    def _read(self, request: urllib.request.Request) -> bytes:
        deadline = time.monotonic() + self._seconds
        data = bytearray()
        with self._opener.open(request, timeout=self._seconds) as response:
            while True:
                piece = response.read1(1 << 16)
                if not piece:
                    return bytes(data)
                data += piece
                if len(data) > MAX_REPLY_BYTES:
                    raise _NoAnswer(f"the answer is larger than {MAX_REPLY_BYTES} bytes")
                if time.monotonic() > deadline:
                    raise _NoAnswer("the answer takes too long")

    def words(self, contract: str, data: str, count: int) -> list[int]:
        """The 32-byte words that a view function returns."""
        result = self.call("eth_call", {"to": contract, "data": "0x" + data}, "latest")
        if not isinstance(result, str) or not re.fullmatch(rf"0x[0-9a-fA-F]{{{count * 64}}}", result):
            raise _NoAnswer("the contract's answer has not the expected form")
        return [int(result[at : at + 64], 16) for at in range(2, len(result), 64)]


def _quantity(value: object) -> int:
    if not isinstance(value, str) or not re.fullmatch(r"0x[0-9a-fA-F]{1,64}", value):
        raise _NoAnswer("a number in the answer has not the expected form")
    return int(value, 16)


_Said = tuple[str, dict[str, object]]  # the key of a text and its values


@dataclass
class Chain:
    """What came of one chain: verified, contradicted, unreachable, not_asked, not_trusted or no_anchor."""

    name: str
    state: str
    chain_id: int | None = None
    block: int | None = None
    block_hash: str | None = None
    time: str | None = None
    detail: str = ""


@dataclass
class Link:
    """One step of the proof: holds (True), fails (False) or was not checked (None)."""

    name: str
    ok: bool | None
    text: str
    values: dict[str, object] = field(default_factory=dict)

    def detail(self, lang: str) -> str:
        return _say(lang, self.text, self.values)

    def label(self, lang: str) -> str:
        kind, _, name = self.name.partition("/")
        if kind != "chain":
            return _say(lang, "link_" + kind, {"name": name})
        chain, _, step = name.rpartition("/")
        return _say(lang, "link_chain", {"name": chain, "step": _TEXTS["link_chain_" + step][lang == "zh"]})


class _ChainCheck:
    """One chain's links, in order; the contract that is asked is the trust file's, whatever the bundle says."""

    def __init__(
        self, chain: _TrustedChain, anchor: _Anchor, url: str | None, origin: str, note: Note, seconds: float
    ) -> None:
        self._chain = chain
        self._anchor = anchor
        self._endpoint = _Endpoint(url, seconds) if url else None
        self._log = sm3(origin.encode()).hex()
        self._note = note
        self._stored = [0, 0, 0, 0, 0]  # size, root, block number, time, records, as the contract says
        self._found = Chain(chain.name, "verified", chain.chain_id)

    def run(self) -> tuple[Chain, list[Link]]:
        steps = [
            ("id", self._same_id),
            ("contract", self._same_contract),
            ("id", self._serves_chain),
            ("contract", self._has_code),
            ("record", self._holds_checkpoint),
            ("block", self._block_stands),
        ]
        links: list[Link] = []
        step = ""
        try:
            for step, check in steps:
                said = check()
                if said:
                    links.append(Link(self._name(step), True, said[0], said[1]))
        except _Failed as failed:
            links.append(Link(self._name(step), False, failed.text, failed.values))
            self._found.state, self._found.time = "contradicted", None
        except _NoAnswer as error:
            links.append(Link(self._name(step), None, "no_answer", {"reason": error}))
            self._found.state, self._found.time, self._found.detail = "unreachable", None, _clean(error)
        return self._found, links

    def _name(self, step: str) -> str:
        return f"chain/{self._chain.name}/{step}"

    def _ask(self) -> _Endpoint:
        if self._endpoint is None:
            raise _NoAnswer("no endpoint is known; give one with --rpc")
        return self._endpoint

    def _same_id(self) -> _Said | None:
        if self._anchor.chain_id != self._chain.chain_id:
            raise _Failed("chain_id_bundle", expected=self._chain.chain_id, found=self._anchor.chain_id)
        return None

    def _same_contract(self) -> _Said | None:
        if self._anchor.contract != self._chain.contract:
            raise _Failed("contract_bundle", expected=self._chain.contract, found=self._anchor.contract)
        return None

    def _serves_chain(self) -> _Said | None:
        answered = _quantity(self._ask().call("eth_chainId"))
        if answered != self._chain.chain_id:
            raise _Failed("chain_id_endpoint", expected=self._chain.chain_id, found=answered)
        return "chain_id_holds", {"id": answered}

    def _has_code(self) -> _Said | None:
        code = self._ask().call("eth_getCode", self._chain.contract, "latest")
        if not isinstance(code, str) or not re.fullmatch(r"0x([0-9a-fA-F]{2})*", code):
            raise _NoAnswer("the contract's code in the answer has not the expected form")
        if code == "0x":
            raise _Failed("contract_none", contract=self._chain.contract)
        return "contract_holds", {"contract": self._chain.contract}

    def _holds_checkpoint(self) -> _Said | None:
        index, contract = self._anchor.index, self._chain.contract
        (count,) = self._ask().words(contract, SELECTOR_COUNT + self._log, 1)
        if index >= count:
            raise _Failed("record_none", index=index, count=count)
        self._stored = self._ask().words(contract, SELECTOR_CHECKPOINT + self._log + f"{index:064x}", 5)
        if self._stored[0] != self._note.size or self._stored[1] != int.from_bytes(self._note.root, "big"):
            raise _Failed("record_differs", index=index)
        if self._stored[4] != self._anchor.records:
            raise _Failed("records_differ", expected=self._stored[4], found=self._anchor.records)
        return "record_holds", {"index": index, "size": self._note.size}

    def _block_stands(self) -> _Said | None:
        number, moment = self._stored[2:4]
        if number != self._anchor.block:
            raise _Failed("block_number", expected=number, found=self._anchor.block)
        block = self._ask().call("eth_getBlockByNumber", hex(number), False)
        if block is None:
            raise _Failed("block_none", block=number)
        if not isinstance(block, dict) or not isinstance(block.get("hash"), str):
            raise _NoAnswer("the block in the answer has not the expected form")
        if _quantity(block.get("number")) != number or block["hash"].lower() != self._anchor.block_hash:
            raise _Failed("block_hash", block=number)
        if _quantity(block.get("timestamp")) != moment or moment != self._anchor.time:
            raise _Failed("block_time", block=number)
        self._found.block, self._found.block_hash, self._found.time = number, block["hash"].lower(), _rfc3339(moment)
        return "block_holds", {"block": number, "time": self._found.time}


def _check_chains(
    trust: _Trust, bundle: _Bundle, note: Note, rpc: dict[str, str], seconds: float
) -> list[tuple[Chain, list[Link]]]:
    """Every trusted chain with an anchor, at the same time, each within its own time."""
    results: dict[str, Any] = {}  # Any: a chain's result, or the exception that is our own fault

    def work(chain: _TrustedChain) -> None:
        url = rpc.get(chain.name, chain.rpc)
        try:
            check = _ChainCheck(chain, bundle.anchors[chain.name], url, trust.origin, note, seconds)
            results[chain.name] = check.run()
        except Exception as error:
            results[chain.name] = error

    asked = [chain for chain in trust.chains if chain.name in bundle.anchors]
    # Daemons: an endpoint that feeds us a byte now and then must not keep us from our verdict, nor from ending.
    threads = [threading.Thread(target=work, args=(chain,), daemon=True) for chain in asked]
    deadline = time.monotonic() + seconds * CHAIN_REQUESTS
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    outcome = []
    for chain in asked:
        result = results.get(chain.name)
        if isinstance(result, Exception):
            raise result
        if result is None:
            reason = "the chain takes too long to answer"
            link = Link(f"chain/{chain.name}/id", None, "no_answer", {"reason": reason})
            result = Chain(chain.name, "unreachable", chain.chain_id, detail=reason), [link]
        outcome.append(result)
    return outcome


# --- The verdict -----------------------------------------------------------------------------------------------------


@dataclass
class Verdict:
    """valid, pending, unreachable or invalid, with every link and chain.

    `since`: the time from which on as many chains show it as the trust file requires. `disclosed`: path and value of each
    field that the record covers.
    """

    verdict: str
    links: list[Link]
    chains: list[Chain] = field(default_factory=list)
    file_checked: bool = False
    since: str | None = None
    disclosed: list[tuple[str, str]] = field(default_factory=list)
    subject: str = "record"  # what the sentence is about: file, record, fields or fields_file
    facts: dict[str, object] = field(default_factory=dict)  # what its texts are filled with, beside names of chains

    @property
    def exit_code(self) -> int:
        return EXIT_CODES[self.verdict]

    def sentence(self, lang: str = "en") -> str:
        """The verdict in one sentence, "en" or "zh", and what was not checked in the next."""

        def say(text: str) -> str:
            return _say(lang, text, values, 2000)

        values = {**self.facts, "since": self.since}
        if self.verdict == "invalid":
            failing = [f"{link.label(lang)}: {link.detail(lang)}" for link in self.links if link.ok is False]
            values["failing"] = "; ".join(failing)
            return say("verdict_invalid")
        for state in ("verified", "unreachable", "not_trusted"):
            values[state] = self._names(lang, [chain.name for chain in self.chains if chain.state == state])
        values["stamped"] = self._names(
            lang, [link.name.removeprefix("timestamp/") for link in self.links if link.text == "timestamp_unchecked"]
        )
        sentence = say(f"verdict_{self.verdict}_{self.subject}")
        if self.verdict == "pending":
            sentence += say("verdict_too_few" if values["anchored"] else "verdict_no_chain")
        if self.verdict == "unreachable":
            sentence += say("verdict_not_asked" if values["required"] == 1 else "verdict_not_enough")
        if self.verdict == "valid" and values["unreachable"]:
            sentence += say("verdict_not_reached")
        if self.verdict == "pending" and values["not_trusted"]:
            sentence += say("verdict_not_trusted")
        if values["stamped"]:
            sentence += say("verdict_not_checked")
        return sentence

    def _names(self, lang: str, names: list[str]) -> str:
        return ("、" if lang == "zh" else ", ").join(names)

    def as_json(self, lang: str = "en") -> dict[str, object]:
        return {
            "verdict": self.verdict,
            "sentence": self.sentence(lang),
            "since": self.since,
            "file_checked": self.file_checked,
            "disclosed": [{"path": path, "value": value} for path, value in self.disclosed],
            "chains": [dict(vars(chain)) for chain in self.chains],
            "links": [{"name": link.name, "ok": link.ok, "detail": link.detail(lang)} for link in self.links],
        }


def verify(
    bundle: dict[str, Any],
    trust: dict[str, Any],
    file: BinaryIO | None = None,
    rpc: dict[str, str] | None = None,
    seconds: float = REQUEST_SECONDS,
) -> Verdict:
    """The verdict on a bundle, and on `file` where one is given.

    `rpc` replaces endpoints of the trust file by chain name; `seconds` bounds each request. Raises Unreadable.
    """
    trusted = _read_trust(trust)
    endpoints = dict(rpc or {})
    for name, url in endpoints.items():
        if name not in {chain.name for chain in trusted.chains}:
            raise Unreadable(f"an endpoint is given for {_clean(name)}, a chain that the trust file does not name")
        if not _URL.fullmatch(url):
            raise Unreadable(f"the endpoint of {_clean(name)} is no http or https address")
    if not isinstance(bundle, dict) or bundle.get("format") != BUNDLE_FORMAT:
        raise Unreadable(f"the bundle is not of the format {BUNDLE_FORMAT}")
    try:
        parsed = _read_bundle(bundle)
    except _Failed as failed:
        return Verdict("invalid", [Link("format", False, failed.text, failed.values)])
    links, note = _check_offline(parsed, trusted, file)
    broken = any(link.ok is False for link in links)
    outcome = [] if broken or note is None else _check_chains(trusted, parsed, note, endpoints, seconds)
    for _, chain_links in outcome:
        links.extend(chain_links)
    chains = [chain for chain, _ in outcome]
    chains += _chains_not_asked(parsed, trusted, {chain.name for chain in chains})
    return _conclude(parsed, trusted, links, chains)


def _conclude(bundle: _Bundle, trust: _Trust, links: list[Link], chains: list[Chain]) -> Verdict:
    holds = {link.name: link.ok for link in links}
    file_checked = holds["file"] is not None
    verdict = Verdict("pending", links, chains, file_checked)
    anchored = sum(chain.name in bundle.anchors for chain in trust.chains)
    verdict.facts = {"anchored": anchored, "required": trust.required}
    if isinstance(bundle.subject, _Document):
        verdict.subject = "file" if file_checked else "record"
        verdict.facts["digest"] = bundle.subject.digest.hex()
    else:
        verdict.subject = "fields_file" if file_checked else "fields"
        verdict.facts |= {"shown": len(bundle.subject.fields), "count": bundle.subject.count}
        if holds["fields"]:
            verdict.disclosed = [(field.path, field.value) for field in bundle.subject.fields]
    times = sorted(chain.time for chain in chains if chain.state == "verified" and chain.time)
    if any(link.ok is False for link in links):
        verdict.verdict = "invalid"
    elif anchored < trust.required:
        verdict.verdict = "pending"
    elif len(times) < trust.required:
        verdict.verdict = "unreachable"
    else:
        verdict.verdict, verdict.since = "valid", times[trust.required - 1]
    return verdict


def _chains_not_asked(bundle: _Bundle, trust: _Trust, asked: set[str]) -> list[Chain]:
    rest = [
        Chain(chain.name, "not_asked" if chain.name in bundle.anchors else "no_anchor", chain.chain_id)
        for chain in trust.chains
        if chain.name not in asked
    ]
    trusted = {chain.name for chain in trust.chains}
    return rest + [Chain(name, "not_trusted") for name in bundle.anchors if name not in trusted]


def _check_offline(bundle: _Bundle, trust: _Trust, file: BinaryIO | None) -> tuple[list[Link], Note | None]:
    """All that needs no chain. Later links are looked at even where an earlier one fails: each failing is named."""
    links = [Link("format", True, "format_holds")]

    def check(name: str, run: Callable[..., Link], *arguments: object) -> None:
        try:
            links.append(run(*arguments))
        except _Failed as failed:
            links.append(Link(name, False, failed.text, failed.values))

    note: Note | None = None
    leaf = leaf_hash(trust.hash, bundle.entry)

    def check_checkpoint() -> Link:
        nonlocal note
        if bundle.checkpoint is None:
            return Link("checkpoint", None, "checkpoint_none")
        parsed = parse_note(bundle.checkpoint)
        if parsed.origin != trust.origin:
            raise _Failed("origin_differs", expected=trust.origin, found=parsed.origin)
        note = parsed
        return Link("checkpoint", True, "checkpoint_holds", {"size": parsed.size})

    check("file", _check_file, bundle.subject, file)
    if isinstance(bundle.subject, _Document):
        check("commitment", _check_commitment, bundle.subject, bundle.commitment)
    else:
        check("fields", _check_fields, bundle.subject, bundle)
    check("log", _check_log, bundle, trust)
    links.append(Link("leaf", True, "leaf_holds", {"leaf": leaf.hex()}))
    check("checkpoint", check_checkpoint)
    check("inclusion", _check_inclusion, bundle, trust.hash, leaf, note)
    check("signature", _check_signature, note, trust.keys)
    for name in dict.fromkeys(witness.name for witness in trust.witnesses):
        keys = [witness for witness in trust.witnesses if witness.name == name]
        check(f"witness/{name}", _check_witness, name, note, keys)
    for name, moment in bundle.timestamps.items():
        links.append(Link(f"timestamp/{name}", None, "timestamp_unchecked", {"time": _rfc3339(moment)}))
    return links, note


def _check_file(subject: _Document | _Disclosure, file: BinaryIO | None) -> Link:
    if file is None:
        return Link("file", None, "file_none")
    if isinstance(subject, _Document):
        size, expected = subject.size, subject.digest.hex()
        read, digest = _digest_of(file, size)
        if read != size:
            raise _Failed("file_size", expected=size)
    elif subject.file_digest is None:
        return Link("file", None, "file_undisclosed")
    else:
        expected = subject.file_digest
        _, digest = _digest_of(file)
    if digest != expected:
        raise _Failed("file_digest", expected=expected, found=digest)
    return Link("file", True, "file_holds", {"digest": digest})


def _digest_of(file: BinaryIO, limit: int | None = None) -> tuple[int, str]:
    """Size and SM3 digest; a file larger than `limit` is not read to its end."""
    state, size = _new_hash("sm3"), 0
    while limit is None or size <= limit:
        try:
            piece = file.read(1 << 20)
        except OSError as error:
            raise Unreadable(f"the file cannot be read: {_clean(error)}") from None
        if not piece:
            break
        size += len(piece)
        state.update(piece)
    digest: bytes = state.digest()
    return size, digest.hex()


def _prefixed(*parts: bytes) -> bytes:
    """Each part behind its length in four bytes, big-endian."""
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def _check_commitment(document: _Document, commitment: bytes) -> Link:
    if sm3(_prefixed(b"abs/document/v1", document.salt, document.digest)) != commitment:
        raise _Failed("commitment_differs")
    return Link("commitment", True, "commitment_holds")


def field_leaf(path: str, salt: bytes, value: str) -> bytes:
    """The leaf hash of a field of a structured document."""
    return sm3(b"\x00" + _prefixed(b"abs/field/v1", path.encode(), salt, value.encode()))


def fields_commitment(count: int, root: bytes) -> bytes:
    """The commitment to a structured document of `count` fields, by the root of their tree."""
    return sm3(_prefixed(b"abs/fields/v1", count.to_bytes(8, "big"), root))


def _check_fields(disclosure: _Disclosure, bundle: _Bundle) -> Link:
    if bundle.template != "fields/v1":
        raise _Failed("fields_template", found=bundle.template)
    fields, count = disclosure.fields, disclosure.count
    if len({each.path for each in fields}) < len(fields) or len({each.index for each in fields}) < len(fields):
        raise _Failed("field_twice")
    for each in fields:
        leaf = field_leaf(each.path, each.salt, each.value)
        root = root_from_inclusion("sm3", each.index, count, leaf, each.proof)
        if root is None or fields_commitment(count, root) != bundle.commitment:
            raise _Failed("field_differs", path=each.path)
    return Link("fields", True, "fields_hold", {"shown": len(fields), "count": count})


def _check_log(bundle: _Bundle, trust: _Trust) -> Link:
    if bundle.origin != trust.origin:
        raise _Failed("origin_differs", expected=trust.origin, found=bundle.origin)
    if bundle.hash != trust.hash:
        raise _Failed("hash_differs", expected=trust.hash, found=bundle.hash)
    return Link("log", True, "log_holds", {"origin": trust.origin, "hash": trust.hash})


def _check_inclusion(bundle: _Bundle, hash_name: str, leaf: bytes, note: Note | None) -> Link:
    if bundle.inclusion is None:
        return Link("inclusion", None, "inclusion_none")
    index, size, path = bundle.inclusion
    root = root_from_inclusion(hash_name, index, size, leaf, path)
    if root is None:
        raise _Failed("path_length", index=index, size=size)
    if note is None:
        return Link("inclusion", None, "checkpoint_none")
    if size != note.size or root != note.root:
        raise _Failed("root_differs")
    return Link("inclusion", True, "inclusion_holds", {"index": index, "size": size})


def _check_signature(note: Note | None, keys: list[_Key]) -> Link:
    if note is None:
        return Link("signature", None, "checkpoint_none")
    signers = trusted_signers(note, keys)
    names = ", ".join(f"{key.name} ({key.type})" for key in signers)
    return Link("signature", True, "signature_holds", {"keys": names})


def _check_witness(name: str, note: Note | None, keys: list[_Key]) -> Link:
    if note is None:
        return Link(f"witness/{name}", None, "checkpoint_none")
    seconds = cosigned_at(note, keys)
    if seconds is None:
        return Link(f"witness/{name}", None, "witness_silent")
    return Link(f"witness/{name}", True, "witness_holds", {"time": _rfc3339(seconds)})


# --- Words, English and Chinese --------------------------------------------------------------------------------------

_TEXTS: dict[str, tuple[str, str]] = {
    "link_format": ("bundle format", "存证包格式"),
    "link_file": ("file", "文件"),
    "link_commitment": ("commitment", "承诺值"),
    "link_fields": ("disclosed fields", "披露字段"),
    "link_log": ("log", "日志"),
    "link_leaf": ("record", "记录"),
    "link_inclusion": ("inclusion in the log", "日志包含证明"),
    "link_checkpoint": ("checkpoint", "检查点"),
    "link_signature": ("checkpoint's signature", "检查点签名"),
    "link_witness": ("witness {name}", "见证方 {name}"),
    "link_timestamp": ("time-stamp of {name}", "{name} 的时间戳"),
    "link_chain": ("chain {name}, {step}", "链 {name}，{step}"),
    "link_chain_id": ("chain id", "链标识"),
    "link_chain_contract": ("contract", "合约"),
    "link_chain_record": ("anchored checkpoint", "链上检查点"),
    "link_chain_block": ("block", "区块"),
    "not_object": ("{field} is not an object", "{field} 不是对象"),
    "missing": ("{field} is missing", "缺少 {field}"),
    "malformed": ("{field} has not the form that it must have", "{field} 的格式不正确"),
    "subject": (
        "it must hold either a document or disclosed fields, and not both",
        "必须含有文件信息或披露字段，且只能有其一",
    ),
    "chain_twice": ("chain {name} has two anchors", "链 {name} 有两个锚定"),
    "authority_twice": ("authority {name} has two time-stamps", "机构 {name} 有两个时间戳"),
    "anchored_without_proof": (
        "there are anchors or time-stamps but no inclusion proof or checkpoint",
        "有锚定或时间戳，却没有包含证明或检查点",
    ),
    "format_holds": ("the bundle is complete and well-formed", "存证包完整且格式正确"),
    "file_none": ("no file was given", "未提供文件"),
    "file_undisclosed": (
        "it was not compared: its digest, /document/sm3, is not among the disclosed fields",
        "未比对：其摘要 /document/sm3 不在披露字段之列",
    ),
    "file_size": (
        "the file is not the one recorded: its size is not {expected} bytes",
        "文件与记录不符：大小不是 {expected} 字节",
    ),
    "file_digest": (
        "the file is not the one recorded: its SM3 digest is {found}, recorded is {expected}",
        "文件与记录不符：其 SM3 摘要为 {found}，记录为 {expected}",
    ),
    "file_holds": ("SM3 digest {digest}, as recorded", "SM3 摘要 {digest}，与记录一致"),
    "commitment_differs": (
        "digest and salt do not give the commitment that was recorded",
        "由摘要与盐值算出的承诺值与记录不符",
    ),
    "commitment_holds": (
        "digest and salt give the commitment that was recorded",
        "由摘要与盐值算出的承诺值与记录一致",
    ),
    "fields_template": (
        "the record is of the template {found}, not of fields/v1",
        "记录的模板为 {found}，而非 fields/v1",
    ),
    "field_twice": ("a path or an index comes twice", "有重复的路径或编号"),
    "field_differs": (
        "value, salt and proof of {path} do not give the commitment that was recorded",
        "由 {path} 的值、盐值与证明算出的承诺值与记录不符",
    ),
    "fields_hold": (
        "{shown} of {count} fields, as recorded; nothing is known of the others",
        "{count} 个字段中的 {shown} 个，与记录一致；其余字段未知",
    ),
    "origin_differs": (
        "it is of the log {found}, not of {expected} that the trust file names",
        "属于日志 {found}，而非信任文件所指的 {expected}",
    ),
    "hash_differs": (
        "the hash function is {found}, not {expected} as the trust file says",
        "杂凑算法为 {found}，而信任文件为 {expected}",
    ),
    "log_holds": ("the trusted log {origin}, hash function {hash}", "受信任的日志 {origin}，杂凑算法 {hash}"),
    "leaf_holds": ("leaf hash {leaf}", "叶子杂凑值 {leaf}"),
    "inclusion_none": ("the record is not in the log yet", "记录尚未写入日志"),
    "path_length": (
        "the path does not fit number {index} in a tree of size {size}",
        "路径长度与第 {index} 条（共 {size} 条）记录不符",
    ),
    "root_differs": (
        "the path does not lead to the root of the checkpoint",
        "由路径算出的根与检查点不一致",
    ),
    "inclusion_holds": (
        "number {index} in a tree of size {size}, the path leads to the checkpoint's root",
        "第 {index} 条（共 {size} 条），路径算出的根与检查点一致",
    ),
    "checkpoint_none": ("there is no checkpoint yet", "尚无检查点"),
    "note_form": ("it is not a signed checkpoint", "不是合格的签名检查点"),
    "checkpoint_holds": ("of the trusted log, of size {size}", "属于受信任的日志，共 {size} 条记录"),
    "signature_wrong": ("the signature of {key} ({type}) is wrong", "{key}（{type}）的签名不正确"),
    "signature_none": ("no trusted key has signed", "没有受信任密钥的签名"),
    "signature_missing": (
        "no trusted key of the type {type} has signed, and the trust file names one",
        "信任文件列有 {type} 密钥，却没有这类密钥的签名",
    ),
    "signature_holds": ("signed by the trusted keys {keys}", "由受信任密钥 {keys} 签名"),
    "witness_silent": ("has not cosigned this checkpoint", "没有为该检查点联署"),
    "witness_wrong": ("the cosignature of {key} is wrong", "{key} 的联署不正确"),
    "witness_holds": ("cosigned this checkpoint, at {time} by its own word", "已为该检查点联署，自称时间为 {time}"),
    "timestamp_unchecked": (
        "not checked here; the bundle says {time}, and openssl ts -verify can tell",
        "此处未核验；存证包写的时间为 {time}，可用 openssl ts -verify 核验",
    ),
    "no_answer": ("could not be asked: {reason}", "无法查询：{reason}"),
    "chain_id_bundle": (
        "the bundle says chain {found}, the trust file {expected}",
        "存证包写的链标识为 {found}，信任文件为 {expected}",
    ),
    "chain_id_endpoint": (
        "the endpoint serves chain {found}, the trust file says {expected}",
        "节点所服务的链标识为 {found}，信任文件为 {expected}",
    ),
    "chain_id_holds": ("chain id {id}", "链标识 {id}"),
    "contract_bundle": (
        "the bundle says contract {found}, the trust file {expected}",
        "存证包写的合约为 {found}，信任文件为 {expected}",
    ),
    "contract_none": ("there is no contract at {contract}", "地址 {contract} 上没有合约"),
    "contract_holds": ("trusted contract {contract}", "受信任的合约 {contract}"),
    "record_none": (
        "the contract holds {count} checkpoints of this log, none numbered {index}",
        "合约中该日志有 {count} 个检查点，没有编号 {index}",
    ),
    "record_differs": (
        "checkpoint {index} in the contract has another size or root",
        "合约中编号 {index} 的检查点大小或根不一致",
    ),
    "records_differ": (
        "the contract counts {expected} records, the bundle {found}",
        "合约计有 {expected} 条记录，存证包为 {found}",
    ),
    "record_holds": (
        "checkpoint {index} in the contract has the same root, of size {size}",
        "合约中编号 {index} 的检查点根一致，共 {size} 条记录",
    ),
    "block_number": (
        "the contract says block {expected}, the bundle {found}",
        "合约记载的区块为 {expected}，存证包为 {found}",
    ),
    "block_none": ("the chain has no block {block}", "链上没有区块 {block}"),
    "block_hash": ("block {block} has another hash", "区块 {block} 的哈希不一致"),
    "block_time": ("block {block} has another time", "区块 {block} 的时间不一致"),
    "block_holds": ("block {block} of {time}", "区块 {block}，时间 {time}"),
    "verdict_valid_file": (
        "Valid: this file is the one recorded and has existed unchanged since {since} at the latest, as chain"
        " {verified} shows.",
        "有效：该文件与记录一致，最迟自 {since} 起即已存在且未被改动，由链 {verified} 证明。",
    ),
    "verdict_valid_record": (
        "Valid for the record only, no file was compared: a file with the SM3 digest {digest} has existed since {since}"
        " at the latest, as chain {verified} shows.",
        "仅记录有效（未比对文件）：SM3 摘要为 {digest} 的文件最迟自 {since} 起即已存在，由链 {verified} 证明。",
    ),
    "verdict_valid_fields": (
        "Valid for the disclosed fields only: these {shown} of {count} fields have existed unchanged since {since} at"
        " the latest, as chain {verified} shows.",
        "仅披露字段有效：{count} 个字段中的这 {shown} 个最迟自 {since} 起即已存在且未被改动，由链 {verified} 证明。",
    ),
    "verdict_valid_fields_file": (
        "Valid for the disclosed fields only, which name this file: these {shown} of {count} fields have existed"
        " unchanged since {since} at the latest, as chain {verified} shows.",
        "仅披露字段有效，其中指明了该文件：{count} 个字段中的这 {shown} 个最迟自 {since} 起即已存在且未被改动，"
        "由链 {verified} 证明。",
    ),
    "verdict_pending_file": ("Pending: this file is the one recorded, but ", "待上链：该文件与记录一致，但"),
    "verdict_pending_record": ("Pending, and no file was compared: ", "待上链（未比对文件）："),
    "verdict_pending_fields": (
        "Pending: the disclosed fields, {shown} of {count}, are as recorded, but ",
        "待上链：披露字段（{count} 个中的 {shown} 个）与记录一致，但",
    ),
    "verdict_pending_fields_file": (
        "Pending: this file and the disclosed fields, {shown} of {count}, are as recorded, but ",
        "待上链：该文件与披露字段（{count} 个中的 {shown} 个）与记录一致，但",
    ),
    "verdict_no_chain": (
        "the record is not anchored on a trusted chain yet.",
        "记录尚未锚定到受信任的链上。",
    ),
    "verdict_too_few": (
        "the record is anchored on {anchored} of the {required} trusted chains that are required.",
        "须有 {required} 条受信任的链，记录目前只锚定到 {anchored} 条。",
    ),
    "verdict_unreachable_file": ("Not decided: file and proof hold, but ", "无法判定：文件与证明均成立，但"),
    "verdict_unreachable_record": (
        "Not decided, and no file was compared: the proof holds, but ",
        "无法判定（未比对文件）：证明成立，但",
    ),
    "verdict_unreachable_fields": (
        "Not decided: the disclosed fields, {shown} of {count}, and the proof hold, but ",
        "无法判定：披露字段（{count} 个中的 {shown} 个）与证明均成立，但",
    ),
    "verdict_unreachable_fields_file": (
        "Not decided: file, disclosed fields, {shown} of {count}, and proof hold, but ",
        "无法判定：文件、披露字段（{count} 个中的 {shown} 个）与证明均成立，但",
    ),
    "verdict_not_asked": ("chain {unreachable} could not be asked.", "无法查询链 {unreachable}。"),
    "verdict_not_enough": (
        "chain {unreachable} could not be asked, and {required} chains are required.",
        "无法查询链 {unreachable}，而须有 {required} 条链证明。",
    ),
    "verdict_not_reached": (" Not reached: chain {unreachable}.", "未能查询的链：{unreachable}。"),
    "verdict_not_trusted": (
        " The trust file does not name chain {not_trusted}.",
        "信任文件中没有链 {not_trusted}。",
    ),
    "verdict_not_checked": (" Not checked here: the time-stamp of {stamped}.", "此处未核验 {stamped} 的时间戳。"),
    "verdict_invalid": ("Invalid: {failing}.", "无效：{failing}。"),
}


def _clean(value: object, limit: int = 200) -> str:
    """Text for a terminal: no control characters, which could rewrite what the reader sees, and not too long."""
    text = str(value)
    shown = "".join(c if c.isprintable() or unicodedata.category(c) == "Zs" else "?" for c in text[:limit])
    return shown + ("..." if len(text) > limit else "")


def _say(lang: str, text: str, values: dict[str, object], limit: int = 200) -> str:
    cleaned = {name: _clean(value, limit) for name, value in values.items()}
    return _TEXTS[text][lang == "zh"].format(**cleaned)


# --- Command line ----------------------------------------------------------------------------------------------------


def _read(path: str, limit: int, what: str) -> dict[str, Any]:
    try:
        with Path(path).open("rb") as handle:
            data = handle.read(limit + 1)
    except OSError as error:
        raise Unreadable(f"{what} cannot be read: {_clean(error)}") from None
    value = load_json(data, limit, what)
    if not isinstance(value, dict):
        raise Unreadable(f"{what} is not a JSON object")
    return value


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    environment = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    parser = argparse.ArgumentParser(
        description="Check a proof bundle against a trust file and the chains that it names.",
        epilog="Exit codes: 0 valid, 2 usage or unreadable input, 3 pending, 4 chain unreachable, 5 invalid, 70 fault.",
    )
    add = parser.add_argument
    add("bundle", metavar="BUNDLE", help="the proof bundle (JSON)")
    add("file", metavar="FILE", nargs="?", help="the file itself; without it, only the record is checked")
    add("--trust", metavar="TRUST", required=True, help="the trust file, obtained apart from the bundle")
    add("--rpc", metavar="NAME=URL", action="append", default=[], help="ask chain NAME at this endpoint")
    add("--timeout", metavar="SECONDS", type=float, default=REQUEST_SECONDS, help="for each request (default 10)")
    add("--json", action="store_true", help="print one JSON object")
    add("--lang", choices=("en", "zh"), default="zh" if environment.startswith("zh") else "en", help="of the verdict")
    arguments = parser.parse_args(argv)
    if not 0 < arguments.timeout <= 600:
        parser.error("--timeout is a number of seconds up to 600")
    arguments.endpoints = {}
    for pair in arguments.rpc:
        name, separator, url = pair.partition("=")
        if not separator or name in arguments.endpoints:
            parser.error("--rpc takes NAME=URL, each chain once")
        arguments.endpoints[name] = url
    return arguments


def _run(arguments: argparse.Namespace) -> Verdict:
    trust = _read(arguments.trust, MAX_TRUST_BYTES, "the trust file")
    bundle = _read(arguments.bundle, MAX_BUNDLE_BYTES, "the bundle")
    with ExitStack() as stack:
        handle = None
        if arguments.file is not None:
            try:
                handle = stack.enter_context(Path(arguments.file).open("rb"))
            except OSError as error:
                raise Unreadable(f"the file cannot be read: {_clean(error)}") from None
        return verify(bundle, trust, handle, arguments.endpoints, arguments.timeout)


def _print(verdict: Verdict, lang: str) -> None:
    print(verdict.sentence(lang))
    for path, value in verdict.disclosed:
        print(f"    {_clean(path, MAX_POINTER)} = {_clean(value, MAX_VALUE)}")
    for link in verdict.links:
        mark = {True: "✓", False: "✗", None: "–"}[link.ok]
        print(f"  {mark} {link.label(lang)}: {link.detail(lang)}")


def _json_text(value: object) -> str:
    """JSON that shows Chinese as it is, and no control character."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)


def main(argv: list[str] | None = None) -> int:
    """Run the command line; the exit code."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="backslashreplace")
    arguments = _arguments(argv)
    try:
        verdict = _run(arguments)
        if arguments.json:
            print(_json_text(verdict.as_json(arguments.lang)))
        else:
            _print(verdict, arguments.lang)
        return verdict.exit_code
    except Unreadable as error:
        print(f"abs_verify: {error}", file=sys.stderr)
        return EXIT_UNREADABLE
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except Exception as error:
        print(f"abs_verify: a fault of this program: {type(error).__name__}: {_clean(error)}", file=sys.stderr)
        return EXIT_FAULT


if __name__ == "__main__":
    sys.exit(main())
