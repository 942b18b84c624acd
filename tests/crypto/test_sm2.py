"""SM2 by both back ends: standard's example, OpenSSL's vectors, real certificates, each other, the openssl program."""

import base64
import gzip
import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from abs_platform.crypto import der, sm2, sm2_curve
from abs_platform.crypto.errors import CryptoError, DecryptionFailed, InvalidKey
from tests.crypto import evp
from tests.crypto.conftest import BACKENDS, OpenSSL, UseBackend
from tests.shared_data import VECTORS, shared

STANDARD = json.loads((VECTORS / "gm.json").read_text())
EVP = "05_gm_crypto/openssl_evptests/evppkey_sm2.txt.gz"
SPKI = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")
DISTID = "distid:1234567812345678"
few = settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def signature_of(r: int, s: int) -> bytes:
    return der.tlv(der.SEQUENCE, der.integer(r) + der.integer(s))


def test_standard_signature(backend: str) -> None:
    example = STANDARD["sm2_signature"]
    message, private, public = (bytes.fromhex(example[name]) for name in ("message", "private", "public"))
    assert sm2.derive_public(private) == public
    assert sm2_curve.signed_digest(public, message).hex() == example["digest"]
    signature = signature_of(int(example["r"], 16), int(example["s"], 16))
    assert sm2.verify(public, message, signature)
    assert not sm2.verify(public, message + b"\x00", signature)


def test_standard_encryption(backend: str) -> None:
    example = STANDARD["sm2_encryption"]
    c1, c2, c3 = (bytes.fromhex(example[name]) for name in ("c1", "c2", "c3"))
    assert (
        sm2.decrypt(bytes.fromhex(example["private"]), ciphertext_of(c1[:32], c1[32:], c3, c2))
        == b"encryption standard"
    )


def ciphertext_of(x: bytes, y: bytes, tag: bytes, masked: bytes) -> bytes:
    numbers = der.integer(int.from_bytes(x, "big")) + der.integer(int.from_bytes(y, "big"))
    return der.tlv(der.SEQUENCE, numbers + der.tlv(der.OCTET_STRING, tag) + der.tlv(der.OCTET_STRING, masked))


def openssl_key() -> tuple[bytes, bytes]:
    """Private and public key of OpenSSL's vectors, cut from the PKCS #8."""
    text = gzip.decompress(shared(EVP).read_bytes()).decode()
    body = re.search(r"-----BEGIN PRIVATE KEY-----\n(.*?)-----END", text, re.DOTALL)
    assert body
    pkcs8 = base64.b64decode(body[1])
    at = pkcs8.index(bytes.fromhex("0201010420"))
    return pkcs8[at + 5 : at + 37], pkcs8[-65:]


def test_openssl_vectors(backend: str) -> None:
    private, public = openssl_key()
    assert sm2.derive_public(private) == public
    done = {"Verify": 0, "Decrypt": 0}
    for stanza in evp.read(shared(EVP)):
        if stanza.get("Result") or stanza.operation not in done:
            continue
        done[stanza.operation] += 1
        if stanza.operation == "Verify":
            digest, signature = stanza.data("Input"), stanza.data("Output")
            assert BACKENDS[backend].verify_digest(public, digest, signature)
            assert not BACKENDS[backend].verify_digest(public, digest[::-1], signature)
        else:
            assert sm2.decrypt(private, stanza.data("Input")) == stanza.data("Output")
    assert done == {"Verify": 2, "Decrypt": 4}


CHAINS = [
    ("sm2_pki_openhitls/sm2_with_userid/ca.crt", "sm2_pki_openhitls/sm2_with_userid/inter.crt"),
    ("sm2_pki_tongsuo/sm2/chain-ca.crt", "sm2_pki_tongsuo/sm2/server_sign.crt"),
    ("sm2_pki_tongsuo/sm2/chain-ca.crt", "sm2_pki_tongsuo/sm2/client_enc.crt"),
]


def certificates(name: str) -> list[bytes]:
    """The DER certificates of a PEM or DER file."""
    data = shared(f"05_gm_crypto/{name}").read_bytes()
    blocks = re.findall(rb"-----BEGIN CERTIFICATE-----(.*?)-----END", data, re.DOTALL)
    return [base64.b64decode(block) for block in blocks] or [data]


def verifies(issuer: str, subject: str, more: bytes = b"") -> bool:
    """Whether a certificate, with `more` behind what was signed, verifies by a key of the issuer's file."""
    # Certificate ::= SEQUENCE { tbs, algorithm, signature }
    parts = der.Reader(certificates(subject)[0]).sequence()
    tbs = der.tlv(der.SEQUENCE, parts.element(der.SEQUENCE))
    parts.element(der.SEQUENCE)
    signature = parts.element(der.BIT_STRING)[1:]
    keys = []
    for candidate in certificates(issuer):
        at = candidate.index(SPKI[2:]) + len(SPKI[2:])
        keys.append(candidate[at : at + 65])
    return any(sm2.verify(key, tbs + more, signature) for key in keys)


@pytest.mark.parametrize(("issuer", "subject"), CHAINS)
def test_real_certificates(backend: str, issuer: str, subject: str) -> None:
    assert verifies(issuer, subject)
    assert not verifies(issuer, subject, b"\x00")


def test_a_certificate_signed_under_another_distinguished_id(backend: str) -> None:
    """This chain was signed with an empty id (`openssl verify -vfyopt distid:` takes it)."""
    folder = "sm2_pki_openhitls/chain/sm2-v3"
    assert not verifies(f"{folder}/ca.der", f"{folder}/inter.der")


@pytest.mark.parametrize(("signer", "checker"), [("gmssl", "libcrypto"), ("libcrypto", "gmssl")])
@given(message=st.binary(max_size=300))
@few
def test_back_ends_agree(use: UseBackend, signer: str, checker: str, message: bytes) -> None:
    use(signer)
    pair = sm2.generate()
    signature = sm2.sign(pair.private, message, public=pair.public)
    ciphertext = sm2.encrypt(pair.public, message or b"\x00")
    use(checker)
    assert sm2.derive_public(pair.private) == pair.public
    assert sm2.verify(pair.public, message, signature)
    assert not sm2.verify(pair.public, message + b"\x00", signature)
    assert sm2.decrypt(pair.private, ciphertext) == (message or b"\x00")


def test_public_keys_that_begin_with_0_and_4(backend: str) -> None:
    """gmssl strips such digits off; the smallest scalars whose X begins with them."""
    seen = set()
    for scalar in range(1, 120):
        private = scalar.to_bytes(32, "big")
        public = sm2.derive_public(private)
        start = public[1:2].hex()[0]
        if start in "04" and start not in seen:
            seen.add(start)
            assert sm2.verify(public, b"m", sm2.sign(private, b"m"))
            assert sm2.decrypt(private, sm2.encrypt(public, b"m")) == b"m"
    assert seen == {"0", "4"}


def test_forgeries(backend: str) -> None:
    pair, other = sm2.generate(), sm2.generate()
    message = b"message"
    signature = sm2.sign(pair.private, message)
    assert sm2.verify(pair.public, message, signature)
    assert not sm2.verify(other.public, message, signature)
    numbers = der.Reader(signature).sequence()
    r, s = numbers.unsigned(), numbers.unsigned()
    n = sm2_curve.N
    wrong = [(0, s), (r, 0), (n, s), (r, n), (r + n, s), (r, s + n), (s, r), (r, n - s), (n - r, s), (r, n - r), (1, 1)]
    for forged in wrong:
        assert not sm2.verify(pair.public, message, signature_of(*forged))
    long_form = b"\x30\x81" + signature[1:]
    padded = der.tlv(der.SEQUENCE, der.tlv(der.INTEGER, b"\x00" + r.to_bytes(33, "big")) + der.integer(s))
    for malformed in (b"", signature + b"\x00", signature[:-1], b"\x31" + signature[1:], long_form, padded):
        assert not sm2.verify(pair.public, message, malformed)


def test_wrong_keys_are_refused(backend: str) -> None:
    pair = sm2.generate()
    off_curve = pair.public[:-1] + bytes([pair.public[-1] ^ 1])
    for public in (b"", pair.public[1:], b"\x02" + pair.public[1:33], b"\x06" + pair.public[1:], off_curve, bytes(65)):
        for call in (lambda key: sm2.verify(key, b"m", b""), lambda key: sm2.encrypt(key, b"m")):
            with pytest.raises(InvalidKey):
                call(public)
        with pytest.raises(InvalidKey):
            sm2.sign(pair.private, b"m", public=public)
    n = sm2_curve.N
    for private in (
        b"",
        bytes(32),
        (n - 1).to_bytes(32, "big"),
        n.to_bytes(32, "big"),
        b"\xff" * 32,
        pair.private + b"\x00",
    ):
        for use_key in (sm2.derive_public, lambda key: sm2.sign(key, b"m"), lambda key: sm2.decrypt(key, b"m")):
            with pytest.raises(InvalidKey):
                use_key(private)


def test_the_back_ends_check_the_curve_themselves(backend: str) -> None:
    public = sm2.generate().public
    off_curve = public[:-1] + bytes([public[-1] ^ 1])
    with pytest.raises(InvalidKey):
        BACKENDS[backend].verify_digest(off_curve, bytes(32), signature_of(1, 1))
    with pytest.raises(InvalidKey):
        BACKENDS[backend].encrypt(off_curve, b"m")


def test_largest_and_smallest_private_key(backend: str) -> None:
    for scalar in (1, 2, sm2_curve.N - 2):
        private = scalar.to_bytes(32, "big")
        assert sm2.verify(sm2.derive_public(private), b"m", sm2.sign(private, b"m"))


def flip(data: bytes) -> bytes:
    return data[:-1] + bytes([data[-1] ^ 1])


def test_changed_ciphertexts(backend: str) -> None:
    pair = sm2.generate()
    ciphertext = sm2.encrypt(pair.public, b"a key of 16 byte")
    parts = der.Reader(ciphertext).sequence()
    x, y = (parts.unsigned().to_bytes(32, "big") for _ in range(2))
    tag, masked = parts.element(der.OCTET_STRING), parts.element(der.OCTET_STRING)
    forgeries = [
        ciphertext_of(flip(x), y, tag, masked),  # off the curve
        ciphertext_of(x, (sm2_curve.P - int.from_bytes(y, "big")).to_bytes(32, "big"), tag, masked),
        ciphertext_of(x, y, flip(tag), masked),
        ciphertext_of(x, y, tag, flip(masked)),
        ciphertext_of(x, y, tag, masked[:-1]),
        ciphertext_of(x, y, tag, b""),
        ciphertext_of(x, y, tag[:-1], masked),
        ciphertext_of(bytes(32), bytes(32), tag, masked),
        ciphertext_of(b"\xff" * 32, y, tag, masked),
        ciphertext + b"\x00",
        ciphertext[:-1],
        b"",
    ]
    for forged in forgeries:
        with pytest.raises(DecryptionFailed):
            sm2.decrypt(pair.private, forged)
    with pytest.raises(DecryptionFailed):
        sm2.decrypt(sm2.generate().private, ciphertext)


def test_only_keys_are_encrypted_directly(backend: str) -> None:
    public = sm2.generate().public
    for plaintext in (b"", bytes(sm2.MAX_PLAINTEXT + 1)):
        with pytest.raises(CryptoError):
            sm2.encrypt(public, plaintext)


def test_signatures_differ_and_the_private_key_is_not_shown(backend: str) -> None:
    pair = sm2.generate()
    assert sm2.sign(pair.private, b"m") != sm2.sign(pair.private, b"m")
    assert pair.private.hex() not in repr(pair) and str(pair.private) not in repr(pair)


def test_libcrypto_in_threads(use: UseBackend) -> None:
    use("libcrypto")

    def work(number: int) -> bool:
        pair, message = sm2.generate(), number.to_bytes(4, "big")
        signature = sm2.sign(pair.private, message)
        return (
            sm2.verify(pair.public, message, signature)
            and not sm2.verify(pair.public, b"other", signature)
            and sm2.decrypt(pair.private, sm2.encrypt(pair.public, message)) == message
        )

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(200)))


def test_threads_share_a_key_pair_that_is_ready(backend: str) -> None:
    pair = sm2.generate()
    with ThreadPoolExecutor(4) as pool:
        signatures = list(pool.map(pair.sign, [bytes([number]) for number in range(20)]))
    assert all(sm2.verify(pair.public, bytes([number]), each) for number, each in enumerate(signatures))
    assert not sm2.verify(pair.public, b"\x01", signatures[0])


def test_a_pair_of_no_proper_keys_signs_nothing(backend: str) -> None:
    pair = sm2.generate()
    for private, public in ((bytes(32), pair.public), (pair.private, bytes(65)), (pair.private, pair.public[:-1])):
        with pytest.raises(InvalidKey):
            sm2.SM2KeyPair(private, public).sign(b"m")


def test_libcrypto_leaves_no_memory_behind(use: UseBackend) -> None:
    use("libcrypto")
    pair = sm2.generate()

    def rounds(count: int) -> None:
        for _ in range(count):
            signature = sm2.sign(pair.private, b"m")
            sm2.verify(pair.public, b"m", signature)
            sm2.verify(pair.public, b"n", signature)
            with pytest.raises(DecryptionFailed):
                sm2.decrypt(pair.private, ciphertext_of(bytes(32), bytes(32), bytes(32), b"m"))

    rounds(50)
    before = resident_kilobytes()
    rounds(400)  # a leaked key, context or error of a round (some 2 kB) would show as 800 kB and more
    assert resident_kilobytes() - before < 600


def resident_kilobytes() -> int:
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:"))


def public_pem(public: bytes) -> bytes:
    body = base64.encodebytes(SPKI + public)
    return b"-----BEGIN PUBLIC KEY-----\n" + body + b"-----END PUBLIC KEY-----\n"


def private_pem(private: bytes) -> bytes:
    inner = bytes.fromhex("0201010420") + private
    octets = der.tlv(der.OCTET_STRING, der.tlv(der.SEQUENCE, inner))
    algorithm = bytes.fromhex("301306072a8648ce3d020106082a811ccf5501822d")
    body = base64.encodebytes(der.tlv(der.SEQUENCE, b"\x02\x01\x00" + algorithm + octets))
    return b"-----BEGIN PRIVATE KEY-----\n" + body + b"-----END PRIVATE KEY-----\n"


def test_openssl_verifies_ours_and_we_verify_openssl(backend: str, openssl: OpenSSL) -> None:
    pair, message = sm2.generate(), "订单 AEG012345\n".encode()
    openssl.write("m", message)
    openssl.write("other", message + b" ")
    openssl.write("p.pem", public_pem(pair.public))
    openssl.write("k.pem", private_pem(pair.private))
    openssl.write("ours", sm2.sign(pair.private, message))
    how = ["-rawin", "-digest", "sm3", "-pkeyopt", DISTID]
    assert openssl("pkeyutl", "-verify", "-pubin", "-inkey", "p.pem", "-in", "m", "-sigfile", "ours", *how)
    assert not openssl("pkeyutl", "-verify", "-pubin", "-inkey", "p.pem", "-in", "other", "-sigfile", "ours", *how)
    assert openssl("pkeyutl", "-sign", "-inkey", "k.pem", "-in", "m", "-out", "theirs", *how)
    assert sm2.verify(pair.public, message, openssl.read("theirs"))
    assert not sm2.verify(pair.public, message + b" ", openssl.read("theirs"))


def test_openssl_decrypts_ours_and_we_decrypt_openssl(backend: str, openssl: OpenSSL) -> None:
    pair, secret = sm2.generate(), b"a key of 16 byte"
    openssl.write("p.pem", public_pem(pair.public))
    openssl.write("k.pem", private_pem(pair.private))
    openssl.write("secret", secret)
    openssl.write("ours", sm2.encrypt(pair.public, secret))
    assert openssl("pkeyutl", "-decrypt", "-inkey", "k.pem", "-in", "ours", "-out", "opened")
    assert openssl.read("opened") == secret
    assert openssl("pkeyutl", "-encrypt", "-pubin", "-inkey", "p.pem", "-in", "secret", "-out", "theirs")
    assert sm2.decrypt(pair.private, openssl.read("theirs")) == secret
