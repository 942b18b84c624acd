"""SM4 on vectors; files in segments, and keys wrapped, against everything one can do to a ciphertext."""

import json
import re

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given, settings
from hypothesis import strategies as st

from abs_platform.crypto import sm4
from abs_platform.crypto.errors import DecryptionFailed, InvalidKey
from tests.crypto import evp
from tests.shared_data import VECTORS, shared

KEY = bytes.fromhex("0123456789abcdeffedcba9876543210")
STANDARD = json.loads((VECTORS / "gm.json").read_text())
HEADER = 16
SEALED = sm4.SEGMENT_SIZE + sm4.TAG_SIZE


def ecb(key: bytes, plaintext: bytes) -> bytes:
    encryptor = Cipher(algorithms.SM4(key), modes.ECB()).encryptor()
    return encryptor.update(plaintext) + encryptor.finalize()


def test_block_cipher_vectors() -> None:
    text = shared("05_gm_crypto/botan/sm4.vec").read_text()
    vectors = re.findall(r"^Key = (\w+)\nIn\s+= (\w+)\nOut = (\w+)$", text, re.MULTILINE)
    assert len(vectors) >= 4
    for key, plaintext, ciphertext in vectors:
        assert ecb(bytes.fromhex(key), bytes.fromhex(plaintext)) == bytes.fromhex(ciphertext)


def test_standard_block() -> None:
    for vector in STANDARD["sm4"]:
        assert ecb(bytes.fromhex(vector["key"]), bytes.fromhex(vector["plaintext"])).hex() == vector["ciphertext"]


def test_standard_gcm() -> None:
    for vector in STANDARD["sm4_gcm"]:
        key, iv, aad, plaintext = (bytes.fromhex(vector[name]) for name in ("key", "iv", "aad", "plaintext"))
        sealed = sm4._seal(key, iv, aad, plaintext)
        assert sealed.hex() == vector["ciphertext"] + vector["tag"]
        assert sm4._open(key, iv, aad, sealed) == plaintext


def test_openssl_gcm_vectors() -> None:
    stanzas = evp.read(shared("05_gm_crypto/openssl_evptests/evpciph_sm4.txt"))
    gcm = [stanza for stanza in stanzas if stanza.get("Cipher") == "SM4-GCM"]
    assert gcm
    for stanza in gcm:
        sealed = sm4._seal(stanza.data("Key"), stanza.data("IV"), stanza.data("AAD"), stanza.data("Plaintext"))
        assert sealed == stanza.data("Ciphertext") + stanza.data("Tag")


def encrypted(data: bytes, context: bytes = b"") -> bytes:
    return b"".join(sm4.encrypt_segments([data], KEY, context=context))


def decrypted(sealed: bytes, context: bytes = b"", key: bytes = KEY) -> bytes:
    return b"".join(sm4.decrypt_segments([sealed], key, context=context))


@pytest.mark.parametrize("size", [0, 1, sm4.SEGMENT_SIZE - 1, sm4.SEGMENT_SIZE, sm4.SEGMENT_SIZE + 1, 2_500_000])
@pytest.mark.parametrize("chunk", [65_537, 1 << 22])
def test_round_trip_at_the_borders(size: int, chunk: int) -> None:
    data = (bytes(range(256)) * (size // 256 + 1))[:size]
    pieces = [data[at : at + chunk] for at in range(0, size, chunk)]
    sealed = b"".join(sm4.encrypt_segments(pieces, KEY))
    segments = max(1, -(-size // sm4.SEGMENT_SIZE))
    assert len(sealed) == HEADER + size + segments * sm4.TAG_SIZE
    back = sm4.decrypt_segments([sealed[at : at + chunk] for at in range(0, len(sealed), chunk)], KEY)
    assert b"".join(back) == data


@given(st.lists(st.binary(max_size=50), max_size=8), st.binary(max_size=20), st.integers(1, 60))
def test_round_trip(pieces: list[bytes], context: bytes, cut: int) -> None:
    sealed = b"".join(sm4.encrypt_segments(pieces, KEY, context=context))
    back = sm4.decrypt_segments([sealed[at : at + cut] for at in range(0, len(sealed), cut)], KEY, context=context)
    assert b"".join(back) == b"".join(pieces)


@given(st.binary(max_size=64), st.data())
@settings(max_examples=200)
def test_any_changed_bit_is_found(data: bytes, draw: st.DataObject) -> None:
    sealed = bytearray(encrypted(data))
    at = draw.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[at // 8] ^= 1 << at % 8
    with pytest.raises(DecryptionFailed):
        decrypted(bytes(sealed))


THREE = bytes(2 * sm4.SEGMENT_SIZE) + b"the end"


def test_segments_cannot_be_rearranged() -> None:
    sealed = encrypted(THREE)
    header, first, second, last = (
        sealed[:HEADER],
        sealed[HEADER : HEADER + SEALED],
        sealed[HEADER + SEALED : HEADER + 2 * SEALED],
        sealed[HEADER + 2 * SEALED :],
    )
    assert decrypted(header + first + second + last) == THREE
    other = encrypted(THREE)
    forgeries = {
        "swapped": header + second + first + last,
        "repeated": header + first + first + second + last,
        "dropped in the middle": header + first + last,
        "cut at a border": header + first + second,
        "cut to one": header + first,
        "cut inside": header + first + second[:-1],
        "nothing but the header": header,
        "cut in the header": header[:-1],
        "empty": b"",
        "a byte more": sealed + b"\x00",
        "a segment more": sealed + last,
        "an empty segment more": sealed + bytes(sm4.TAG_SIZE),
        "of another file": header + first + other[HEADER + SEALED : HEADER + 2 * SEALED] + last,
        "other header": other[:HEADER] + first + second + last,
        "other version": header[:7] + b"\x02" + header[8:] + first + second + last,
    }
    for name, forged in forgeries.items():
        with pytest.raises(DecryptionFailed):
            decrypted(forged)
            pytest.fail(name)


def test_the_file_belongs_to_its_context_and_key() -> None:
    sealed = encrypted(b"data", b"document 1")
    assert decrypted(sealed, b"document 1") == b"data"
    with pytest.raises(DecryptionFailed):
        decrypted(sealed, b"document 2")
    with pytest.raises(DecryptionFailed):
        decrypted(sealed, b"document 1", bytes(16))


def test_nothing_unauthenticated_is_yielded() -> None:
    sealed = bytearray(encrypted(THREE))
    sealed[HEADER + SEALED + 5] ^= 1
    segments = sm4.decrypt_segments([bytes(sealed)], KEY)
    assert next(segments) == THREE[: sm4.SEGMENT_SIZE]
    with pytest.raises(DecryptionFailed):
        next(segments)


def test_equal_files_differ_encrypted() -> None:
    assert encrypted(b"same") != encrypted(b"same")
    assert sm4.wrap(KEY, b"same") != sm4.wrap(KEY, b"same")


@given(st.binary(min_size=16, max_size=16), st.binary(max_size=64), st.binary(max_size=20))
def test_wrap_round_trip(kek: bytes, key: bytes, aad: bytes) -> None:
    wrapped = sm4.wrap(kek, key, aad)
    assert sm4.unwrap(kek, wrapped, aad) == key
    for forged in (wrapped[:-1], wrapped + b"\x00", b"\x02" + wrapped[1:], wrapped[:20], b""):
        with pytest.raises(DecryptionFailed):
            sm4.unwrap(kek, forged, aad)
    with pytest.raises(DecryptionFailed):
        sm4.unwrap(kek, wrapped, aad + b"\x00")
    with pytest.raises(DecryptionFailed):
        sm4.unwrap(bytes(b ^ 1 for b in kek), wrapped, aad)


@pytest.mark.parametrize("size", [0, 15, 17, 32])
def test_keys_have_sixteen_bytes(size: int) -> None:
    with pytest.raises(InvalidKey):
        list(sm4.encrypt_segments([b""], bytes(size)))
    with pytest.raises(InvalidKey):
        list(sm4.decrypt_segments([b""], bytes(size)))
    with pytest.raises(InvalidKey):
        sm4.wrap(bytes(size), KEY)
    with pytest.raises(InvalidKey):
        sm4.unwrap(bytes(size), sm4.wrap(KEY, KEY))
