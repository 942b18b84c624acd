"""The verifier's own SM3, SM2 and Merkle arithmetic, against hashlib, the platform's and published vectors."""

import base64
import hashlib
import json

import pytest
from eth_utils.abi import function_signature_to_4byte_selector
from hypothesis import given, settings
from hypothesis import strategies as st

from abs_platform.crypto import der, ed25519, sm2, sm2_curve
from abs_platform.crypto.sm3 import new
from abs_platform.verifier import abs_verify
from tests.shared_data import VECTORS, shared
from tests.verifier import builder, torsion

STANDARD = json.loads((VECTORS / "gm.json").read_text())


def test_own_sm3_on_the_standard() -> None:
    for vector in STANDARD["sm3"]:
        state = abs_verify.PureSM3()
        state.update(bytes.fromhex(vector["message"]))
        assert state.digest().hex() == vector["digest"]


@given(st.lists(st.binary(max_size=150), max_size=4))
def test_own_sm3_is_sm3(pieces: list[bytes]) -> None:
    own, reference = abs_verify.PureSM3(), new()
    for piece in pieces:
        own.update(piece)
        reference.update(piece)
        assert own.digest() == reference.digest()


def test_own_sm3_at_every_padding() -> None:
    for size in range(130):
        own = abs_verify.PureSM3()
        own.update(bytes(size))
        assert own.digest() == new(bytes(size)).digest()


def test_own_sm3_is_taken_where_hashlib_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(abs_verify, "_FAST_SM3", False)
    assert abs_verify.sm3(b"abc").hex() == STANDARD["sm3"][0]["digest"]
    assert isinstance(abs_verify._new_hash("sm3"), abs_verify.PureSM3)


def signature_of(r: int, s: int) -> bytes:
    return der.tlv(der.SEQUENCE, der.integer(r) + der.integer(s))


def test_sm2_on_the_standard() -> None:
    example = STANDARD["sm2_signature"]
    public, message = bytes.fromhex(example["public"]), bytes.fromhex(example["message"])
    signature = signature_of(int(example["r"], 16), int(example["s"], 16))
    assert abs_verify.sm2_verify(public, message, signature)
    assert not abs_verify.sm2_verify(public, message + b"!", signature)


@given(st.binary(max_size=100), st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_sm2_agrees_with_the_platform(message: bytes, bit: int) -> None:
    pair = sm2.generate()
    signature = sm2.sign(pair.private, message, public=pair.public)
    assert abs_verify.sm2_verify(pair.public, message, signature)
    changed = bytearray(signature)
    changed[bit // 8 % len(changed)] ^= 1 << bit % 8
    assert not abs_verify.sm2_verify(pair.public, message, bytes(changed))
    assert not abs_verify.sm2_verify(pair.public, message + b"\x00", signature)
    assert not abs_verify.sm2_verify(sm2.generate().public, message, signature)


def test_sm2_refuses_what_is_no_signature_and_no_key() -> None:
    pair = sm2.generate()
    signature = sm2.sign(pair.private, b"m")
    numbers = der.Reader(signature).sequence()
    r, s, n = numbers.unsigned(), numbers.unsigned(), sm2_curve.N
    for forged in [(0, s), (r, 0), (n, s), (r, n), (r + n, s), (r, s + n), (s, r), (r, n - s), (r, n - r), (1, 1)]:
        assert not abs_verify.sm2_verify(pair.public, b"m", signature_of(*forged))
    padded = der.tlv(der.SEQUENCE, der.tlv(der.INTEGER, b"\x00" + r.to_bytes(33, "big")) + der.integer(s))
    for malformed in (b"", signature[:-1], signature + b"\x00", b"\x30\x81" + signature[1:], padded, b"\x30" * 72):
        assert not abs_verify.sm2_verify(pair.public, b"m", malformed)
    off_curve = pair.public[:-1] + bytes([pair.public[-1] ^ 1])
    for key in (b"", pair.public[1:], off_curve, bytes(65), pair.public + b"\x00", b"\x06" + pair.public[1:]):
        assert not abs_verify.is_sm2_key(key)
        assert not abs_verify.sm2_verify(key, b"m", signature)


@given(st.binary(max_size=80))
def test_sm2_signature_bytes_have_one_form(data: bytes) -> None:
    numbers = abs_verify._der_numbers(data)
    if numbers is not None:
        assert signature_of(*numbers) == data


def test_point_addition_at_its_corners() -> None:
    g, infinity = abs_verify._G, (1, 1, 0)
    minus_g = (g[0], sm2_curve.P - g[1], 1)
    assert abs_verify._add(g, minus_g)[2] == 0
    assert abs_verify._add(infinity, g) == abs_verify._add(g, infinity) == g
    assert abs_verify._add(g, g) == abs_verify._double(g)
    assert abs_verify._sum_of_products(sm2_curve.N - 1, g, 1, g)[2] == 0


RFC_8032 = (  # section 7.1: secret key, public key, message, signature
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
)


@pytest.mark.parametrize("vector", RFC_8032)
def test_ed25519_on_the_standard(vector: tuple[str, str, str, str]) -> None:
    secret, public, message, signature = (bytes.fromhex(part) for part in vector)
    assert ed25519.from_private(secret).public == public
    assert abs_verify.ed25519_verify(public, message, signature)
    assert not abs_verify.ed25519_verify(public, message + b"!", signature)


@given(st.binary(max_size=100), st.integers(0, 511))
@settings(max_examples=60, deadline=None)
def test_ed25519_agrees_with_cryptography(message: bytes, bit: int) -> None:
    pair, changed = ed25519.generate(), bytearray(64)
    signature = ed25519.sign(pair.private, message)
    assert abs_verify.is_ed25519_key(pair.public) and abs_verify.ed25519_verify(pair.public, message, signature)
    changed[:] = signature
    changed[bit // 8] ^= 1 << bit % 8
    assert not abs_verify.ed25519_verify(pair.public, message, bytes(changed))
    assert not abs_verify.ed25519_verify(pair.public, message + b"\x00", signature)
    assert not abs_verify.ed25519_verify(ed25519.generate().public, message, signature)


@given(st.binary(min_size=32, max_size=32))
@settings(deadline=None)
def test_ed25519_points_have_one_form(data: bytes) -> None:
    point = abs_verify._ed_decode(data)
    assert point is None or abs_verify._ed_encode(point) == data


def test_ed25519_refuses_second_forms_and_keys_of_small_order() -> None:
    pair = ed25519.generate()
    signature = ed25519.sign(pair.private, b"m")
    s = int.from_bytes(signature[32:], "little")
    for number in (s + abs_verify._L, s + 2**255, abs_verify._L, 2**256 - 1):
        if number < 2**256:
            forged = signature[:32] + number.to_bytes(32, "little")
            assert not abs_verify.ed25519_verify(pair.public, b"m", forged)
    for malformed in (b"", signature[:-1], signature + b"\x00"):
        assert not abs_verify.ed25519_verify(pair.public, b"m", malformed)
    assert len(torsion.points()) == 8
    for key in (*torsion.points(), *torsion.SECOND_FORMS, b"", bytes(31), bytes(33)):
        assert not abs_verify.is_ed25519_key(key)
        for r in (*torsion.points(), *torsion.SECOND_FORMS):  # s = 0: what a check of the equation alone would take
            assert not abs_verify.ed25519_verify(key, b"m", r + bytes(32))


def test_ed25519_is_checked_without_the_cofactor() -> None:
    """A signer can make signatures that libraries with the cofactor take and others do not; both verifiers refuse."""
    verdicts = [abs_verify.ed25519_verify(*torsion.mixed(b"%d" % number)) for number in range(24)]
    assert set(verdicts) == {True, False}  # the samples are such that both occur
    for number, verdict in enumerate(verdicts):
        public, message, signature = torsion.mixed(b"%d" % number)
        assert ed25519.verify(public, message, signature) is verdict


def test_rfc_6962_inclusion_vectors() -> None:
    lines = shared("04_merkle_tsa/rfc6962/inclusion.jsonl").read_text().splitlines()
    verdicts = {True: 0, False: 0}
    for line in lines:
        vector = json.loads(line)
        path = [base64.b64decode(node) for node in vector["proof"] or []]
        leaf, root = base64.b64decode(vector["leafHash"] or ""), base64.b64decode(vector["root"] or "")
        found = abs_verify.root_from_inclusion("sha256", vector["leafIdx"], vector["treeSize"], leaf, path)
        holds = found is not None and found == root
        assert holds is not vector["wantErr"], vector["desc"]
        verdicts[holds] += 1
    assert all(verdicts.values())


@pytest.mark.parametrize("name", ["sm3", "sha256"])
def test_inclusion_in_all_small_trees(name: str) -> None:
    def check(index: int, size: int, path: list[bytes]) -> bytes | None:
        """The root for the leaf at `at`, claimed to be at `index`."""
        return abs_verify.root_from_inclusion(name, index, size, leaves[at], path)

    for size in range(1, 18):
        leaves = [hashlib.new(name, b"%d" % number).digest() for number in range(size)]
        root = builder.root(name, leaves)
        for at in range(size):
            path = builder.path(name, leaves, at)
            assert check(at, size, path) == root
            assert all(check(other, size, path) != root for other in range(size + 2) if other != at)
            assert check(at, size, [*path, bytes(32)]) != root
            if path:
                assert check(at, size, path[:-1]) != root
    for size in (0, -1):
        assert abs_verify.root_from_inclusion(name, 0, size, bytes(32), []) is None


def test_rfc_6962_consistency_vectors() -> None:
    lines = shared("04_merkle_tsa/rfc6962/consistency.jsonl").read_text().splitlines()
    verdicts = {True: 0, False: 0}
    for line in lines:
        vector = json.loads(line)
        path = [base64.b64decode(node) for node in vector["proof"] or []]
        old, new = base64.b64decode(vector["root1"] or ""), base64.b64decode(vector["root2"] or "")
        holds = abs_verify.verify_consistency("sha256", vector["size1"], old, vector["size2"], new, path)
        assert holds is not vector["wantErr"], vector["desc"]
        verdicts[holds] += 1
    assert all(verdicts.values())


@pytest.mark.parametrize("name", ["sm3", "sha256"])
def test_consistency_of_all_small_trees(name: str) -> None:
    leaves = [hashlib.new(name, b"%d" % number).digest() for number in range(17)]
    roots = {size: builder.root(name, leaves[:size]) for size in range(1, 18)}
    for size in roots:
        for old in range(1, size + 1):
            path = builder.consistency(name, leaves[:size], old)

            def check(old: int, old_root: bytes, size: int, root: bytes, path: list[bytes]) -> bool:
                return abs_verify.verify_consistency(name, old, old_root, size, root, path)

            assert check(old, roots[old], size, roots[size], path)
            assert not check(old, bytes(32), size, roots[size], path)
            assert not check(old, roots[old], size, bytes(32), path)
            assert not check(old, roots[old], size, roots[size], [*path, bytes(32)])
            assert not path or not check(old, roots[old], size, roots[size], path[:-1])
            for other in range(size + 2):
                assert other == old or not check(other, roots.get(other, b""), size, roots[size], path)
    assert not abs_verify.verify_consistency(name, 0, b"", 5, roots[5], [])


def test_function_selectors() -> None:
    assert function_signature_to_4byte_selector("count(bytes32)").hex() == abs_verify.SELECTOR_COUNT
    selector = function_signature_to_4byte_selector("checkpoint(bytes32,uint256)").hex()
    assert selector == abs_verify.SELECTOR_CHECKPOINT
