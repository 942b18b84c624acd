"""SM3 on the standard's and others' vectors, by hashlib and by the stand-in."""

import hashlib
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abs_platform.crypto.sm3 import CryptographySM3, hmac_sm3, new, sm3
from tests.crypto import evp
from tests.shared_data import VECTORS, shared


@pytest.mark.parametrize("vector", json.loads((VECTORS / "gm.json").read_text())["sm3"], ids=lambda v: v["source"])
def test_standard(vector: dict[str, str]) -> None:
    message, digest = bytes.fromhex(vector["message"]), vector["digest"]
    assert sm3(message).hex() == digest
    assert new(message).hexdigest() == digest
    stand_in = CryptographySM3()
    stand_in.update(message)
    assert stand_in.hexdigest() == digest


def test_openssl_vectors() -> None:
    stanzas = [s for s in evp.read(shared("05_gm_crypto/openssl_evptests/evpmd_sm3.txt")) if s.get("Digest") == "SM3"]
    assert len(stanzas) == 8
    for stanza in stanzas:
        assert sm3(stanza.data("Input")) == stanza.data("Output")


def test_botan_vectors() -> None:
    text = shared("05_gm_crypto/botan/sm3.vec").read_text()
    vectors = re.findall(r"^In = (\w*)\nOut = (\w+)$", text, re.MULTILINE)
    assert len(vectors) >= 4
    for message, digest in vectors:
        assert sm3(bytes.fromhex(message)) == bytes.fromhex(digest)


def test_openhitls_vectors() -> None:
    text = shared("05_gm_crypto/openhitls_sdv/test_suite_sdv_eal_sm3.data").read_text()
    vectors = re.findall(r'^SDV_CRYPT_EAL_SM3_FUNC_TC00[23]((?::"[0-9a-fA-F]*")+)$', text, re.MULTILINE)
    assert len(vectors) == 4
    for line in vectors:
        *pieces, digest = (bytes.fromhex(part) for part in re.findall(r'"(\w*)"', line))
        state = new()
        for piece in pieces:
            state.update(piece)
        assert state.digest() == digest


def test_hmac_vectors() -> None:
    stanzas = evp.read(shared("05_gm_crypto/openssl_evptests/evpmac_sm3.txt"))
    assert len(stanzas) == 4
    for stanza in stanzas:
        assert hmac_sm3(stanza.data("Key"), stanza.data("Input")) == stanza.data("Output")


@given(st.lists(st.binary(max_size=200), max_size=5))
def test_stand_in_is_hashlib(pieces: list[bytes]) -> None:
    if "sm3" not in hashlib.algorithms_available:
        pytest.skip("hashlib has no SM3 here")
    reference, stand_in = hashlib.new("sm3"), CryptographySM3()
    for piece in pieces:
        reference.update(piece)
        stand_in.update(piece)
        branch = stand_in.copy()
        branch.update(b"only the copy")
        assert stand_in.digest() == reference.digest() != branch.digest()
