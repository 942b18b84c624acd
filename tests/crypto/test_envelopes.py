"""Digital envelopes, and the key pairs of certificate authorities."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from abs_platform.crypto import der, envelope, enveloped_key, sm2
from abs_platform.crypto.errors import CryptoError, DecryptionFailed
from tests.shared_data import shared


@given(st.binary(max_size=2000), st.binary(max_size=30))
@settings(max_examples=30, deadline=None)
def test_envelope_round_trip(content: bytes, aad: bytes) -> None:
    pair = sm2.generate()
    assert envelope.unseal(pair.private, envelope.seal(pair.public, content, aad), aad) == content


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_no_bit_of_an_envelope_can_be_changed(draw: st.DataObject) -> None:
    sealed = bytearray(SEALED)
    at = draw.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[at // 8] ^= 1 << at % 8
    with pytest.raises(DecryptionFailed):
        envelope.unseal(PAIR.private, bytes(sealed), b"aad")


PAIR = sm2.generate()
SEALED = envelope.seal(PAIR.public, b"content", b"aad")


def test_an_envelope_is_for_one_receiver_and_one_context() -> None:
    assert envelope.unseal(PAIR.private, SEALED, b"aad") == b"content"
    with pytest.raises(DecryptionFailed):
        envelope.unseal(sm2.generate().private, SEALED, b"aad")
    with pytest.raises(DecryptionFailed):
        envelope.unseal(PAIR.private, SEALED, b"other")
    for cut in (0, 1, 2, 3, 10, len(SEALED) - 1):
        with pytest.raises(DecryptionFailed):
            envelope.unseal(PAIR.private, SEALED[:cut], b"aad")


def test_an_envelope_whose_sm2_part_holds_no_sm4_key() -> None:
    inner = sm2.encrypt(PAIR.public, b"too short")
    forged = b"\x01" + len(inner).to_bytes(2, "big") + inner + SEALED[-40:]
    with pytest.raises(DecryptionFailed):
        envelope.unseal(PAIR.private, forged, b"aad")


def test_enveloped_key_round_trip(backend: str) -> None:
    receiver, pair = sm2.generate(), sm2.generate()
    enveloped = enveloped_key.seal_key(receiver.public, pair)
    assert enveloped_key.open_key(receiver.private, enveloped) == pair
    with pytest.raises(DecryptionFailed):
        enveloped_key.open_key(pair.private, enveloped)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_changed_enveloped_key_never_gives_another_key(draw: st.DataObject) -> None:
    enveloped = bytearray(ENVELOPED)
    at = draw.draw(st.integers(0, len(enveloped) * 8 - 1))
    enveloped[at // 8] ^= 1 << at % 8
    with pytest.raises(CryptoError):
        enveloped_key.open_key(PAIR.private, bytes(enveloped))


INNER = sm2.generate()
ENVELOPED = enveloped_key.seal_key(PAIR.public, INNER)


def test_published_negative_cases(backend: str) -> None:
    published = json.loads(shared("05_gm_crypto/gmt0009_gmt0010/sm2_enveloped_key_negative.json").read_text())
    private = bytes.fromhex(published["private_key_hex"])
    assert len(published["cases"]) >= 3
    for case in published["cases"]:
        assert case["expect"] == "reject"
        with pytest.raises(DecryptionFailed):
            enveloped_key.open_key(private, bytes.fromhex(case["der_hex"]))
            pytest.fail(case["name"])


def test_the_cipher_must_be_sm4(backend: str) -> None:
    other = ENVELOPED.replace(bytes.fromhex("2a811ccf55016801"), bytes.fromhex("2a811ccf55016802"))
    with pytest.raises(DecryptionFailed, match="symmetric cipher"):
        enveloped_key.open_key(PAIR.private, other)


@given(st.integers(0, 2**300))
def test_der_integers(value: int) -> None:
    reader = der.Reader(der.integer(value))
    assert reader.unsigned() == value
    reader.end()


@given(st.binary(max_size=40))
@settings(suppress_health_check=[HealthCheck.filter_too_much])
def test_der_has_one_form(data: bytes) -> None:
    """Whatever is read as an integer is written back as the same bytes."""
    reader = der.Reader(b"\x02" + data)
    try:
        value = reader.unsigned()
        reader.end()
    except CryptoError:
        return
    assert der.integer(value) == b"\x02" + data


@given(st.binary(max_size=300))
def test_der_lengths(content: bytes) -> None:
    encoded = der.tlv(der.OCTET_STRING, content)
    reader = der.Reader(encoded)
    assert reader.element(der.OCTET_STRING) == content
    reader.end()
    for cut in range(len(encoded)):
        with pytest.raises(CryptoError):
            der.Reader(encoded[:cut]).element(der.OCTET_STRING)
