"""SM2 by OpenSSL's libcrypto, version 3 or later, through ctypes: constant time, and many times faster than Python.

Importing raises ImportError where no libcrypto with SM2 is found: `sm2` then takes gmssl. Every call makes and frees its
own contexts; what calls and threads share, the curve and keys, nothing changes, so that no lock is needed. Arguments
have been checked by `sm2`; return codes are all checked here.
"""

import ctypes
import ctypes.util
import sys
import weakref
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from importlib.util import find_spec

from abs_platform.crypto.errors import CryptoError, DecryptionFailed, InvalidKey
from abs_platform.crypto.sm2_curve import PUBLIC_SIZE

NAME = "libcrypto"

_NID_SM2 = 1172
_UNCOMPRESSED = 4
_PUBLIC_ONLY, _KEY_PAIR = 0x86, 0x87  # EVP_PKEY_PUBLIC_KEY, EVP_PKEY_KEYPAIR
_UNSIGNED_INTEGER, _UTF8_STRING, _OCTET_STRING = 2, 4, 5  # OSSL_PARAM data types
_MAX_SIGNATURE = 80  # a DER signature has at most 72 bytes
_KEPT_KEYS = 64  # public keys made ready, some 2 kB each

_pointer = ctypes.c_void_p
_int = ctypes.c_int
_size = ctypes.c_size_t
_bytes = ctypes.c_char_p


class _Param(ctypes.Structure):
    """OSSL_PARAM."""

    _fields_ = [
        ("key", ctypes.c_char_p),
        ("data_type", ctypes.c_uint),
        ("data", ctypes.c_void_p),
        ("data_size", ctypes.c_size_t),
        ("return_size", ctypes.c_size_t),
    ]


_Result = ctypes.c_void_p | ctypes.c_int | ctypes.c_size_t


class LibcryptoError(CryptoError):
    """A libcrypto function failed."""


def _candidates() -> Iterator[str]:
    """Where libcrypto may be: by its name, behind Python's own hashlib, wherever the system finds it."""
    yield "libcrypto.so.3"
    extension = find_spec("_hashlib")
    if extension and extension.origin:
        yield extension.origin
    found = ctypes.util.find_library("crypto")
    if found:
        yield found


def _load() -> ctypes.CDLL:
    for name in _candidates():
        try:
            library = ctypes.CDLL(name)
            library.EVP_PKEY_fromdata  # noqa: B018 - looks the symbol up: new in OpenSSL 3
            library.EC_GROUP_new_by_curve_name  # noqa: B018
        except (OSError, AttributeError):
            continue
        return library
    raise ImportError("no libcrypto of OpenSSL 3 or later")


_library = _load()


def _drain_errors() -> int:
    """Empty this thread's error queue, lest another user of libcrypto takes our error for its own; the last code."""
    last = 0
    while code := _get_error():
        last = code
    return last


def _failure(function: str) -> LibcryptoError:
    text = ctypes.create_string_buffer(256)
    _error_string(_drain_errors(), text, len(text))
    return LibcryptoError(f"{function}: {text.value.decode('ascii', 'replace')}")


class _Function:
    """A libcrypto function with its types. A call that fails raises LibcryptoError: a null pointer, a size of 0, an
    int other than 1."""

    def __init__(self, name: str, result: type[_Result] | None, *arguments: object) -> None:
        self._name = name
        self._result = result
        self._function = getattr(_library, name)
        self._function.restype = result
        self._function.argtypes = arguments

    def __call__(self, *arguments: object) -> int:
        value: int = self._function(*arguments)
        failed = value != 1 if self._result is _int else self._result is not None and not value
        if failed:
            raise _failure(self._name)
        return value


_get_error = _library.ERR_get_error
_get_error.restype, _get_error.argtypes = ctypes.c_ulong, []
_error_string = _library.ERR_error_string_n
_error_string.restype, _error_string.argtypes = None, [ctypes.c_ulong, _bytes, _size]

_pkey_free = _Function("EVP_PKEY_free", None, _pointer)
_context_new = _Function("EVP_PKEY_CTX_new_from_pkey", _pointer, _pointer, _pointer, _pointer)
_context_new_by_name = _Function("EVP_PKEY_CTX_new_from_name", _pointer, _pointer, _bytes, _pointer)
_context_free = _Function("EVP_PKEY_CTX_free", None, _pointer)
_fromdata_init = _Function("EVP_PKEY_fromdata_init", _int, _pointer)
_fromdata = _Function("EVP_PKEY_fromdata", _int, _pointer, ctypes.POINTER(_pointer), _int, ctypes.POINTER(_Param))
_sign_init = _Function("EVP_PKEY_sign_init", _int, _pointer)
_sign = _Function("EVP_PKEY_sign", _int, _pointer, _bytes, ctypes.POINTER(_size), _bytes, _size)
_verify_init = _Function("EVP_PKEY_verify_init", _int, _pointer)
_verify = _Function("EVP_PKEY_verify", _int, _pointer, _bytes, _size, _bytes, _size)
_encrypt_init = _Function("EVP_PKEY_encrypt_init", _int, _pointer)
_encrypt = _Function("EVP_PKEY_encrypt", _int, _pointer, _bytes, ctypes.POINTER(_size), _bytes, _size)
_decrypt_init = _Function("EVP_PKEY_decrypt_init", _int, _pointer)
_decrypt = _Function("EVP_PKEY_decrypt", _int, _pointer, _bytes, ctypes.POINTER(_size), _bytes, _size)
_group_new = _Function("EC_GROUP_new_by_curve_name", _pointer, _int)
_point_new = _Function("EC_POINT_new", _pointer, _pointer)
_point_free = _Function("EC_POINT_clear_free", None, _pointer)
_point_multiply = _Function("EC_POINT_mul", _int, *[_pointer] * 6)
_point_to_bytes = _Function("EC_POINT_point2oct", _size, _pointer, _pointer, _int, _bytes, _size, _pointer)
_number_new = _Function("BN_bin2bn", _pointer, _bytes, _int, _pointer)
_number_free = _Function("BN_clear_free", None, _pointer)


def derive_public(private: bytes) -> bytes:
    """The public key, 04 || X || Y, of a private one."""
    with ExitStack() as stack:
        number = _number_new(private, len(private), None)
        stack.callback(_number_free, number)
        point = _point_new(_GROUP)
        stack.callback(_point_free, point)
        _point_multiply(_GROUP, point, number, None, None, None)
        out = ctypes.create_string_buffer(PUBLIC_SIZE)
        _point_to_bytes(_GROUP, point, _UNCOMPRESSED, out, PUBLIC_SIZE, None)
        return out.raw


def signer(private: bytes, public: bytes) -> Callable[[bytes], bytes]:
    """What makes DER signatures over e = SM3(Z || M) with this key. Raises InvalidKey."""
    key = _Key(public, private)

    def sign(digest: bytes) -> bytes:
        with _operation(key) as context:
            _sign_init(context)
            size = _size(_MAX_SIGNATURE)
            out = ctypes.create_string_buffer(_MAX_SIGNATURE)
            _sign(context, out, ctypes.byref(size), digest, len(digest))
            return out.raw[: size.value]

    return sign


def verify_digest(public: bytes, digest: bytes, signature: bytes) -> bool:
    """Whether the DER signature is one over e = SM3(Z || M) by this key. Raises InvalidKey."""
    with _operation(_public_key(public)) as context:
        _verify_init(context)
        try:
            _verify(context, signature, len(signature), digest, len(digest))
        except LibcryptoError:
            return False
        return True


def encrypt(public: bytes, plaintext: bytes) -> bytes:
    """The DER ciphertext (x, y, C3, C2). Raises InvalidKey."""
    with _operation(_public_key(public)) as context:
        _encrypt_init(context)
        size = _size(0)
        _encrypt(context, None, ctypes.byref(size), plaintext, len(plaintext))
        out = ctypes.create_string_buffer(size.value)
        _encrypt(context, out, ctypes.byref(size), plaintext, len(plaintext))
        return out.raw[: size.value]


def decrypt(private: bytes, ciphertext: bytes) -> bytes:
    """The plaintext of a DER ciphertext. Raises DecryptionFailed."""
    with _operation(_Key(derive_public(private), private)) as context:
        _decrypt_init(context)
        # libcrypto's own estimate of the size has been wrong (CVE-2021-3711); the ciphertext's is always enough.
        size = _size(len(ciphertext))
        out = ctypes.create_string_buffer(len(ciphertext))
        try:
            _decrypt(context, out, ctypes.byref(size), ciphertext, len(ciphertext))
        except LibcryptoError:
            raise DecryptionFailed("the ciphertext was changed or is for another key") from None
        return out.raw[: size.value]


class _Key:
    """An EVP_PKEY, which threads may share since nothing changes it; freed, and a private part wiped, with this object."""

    def __init__(self, public: bytes, private: bytes | None = None) -> None:
        self.pointer = _pointer()
        with ExitStack() as stack:
            maker = _context_new_by_name(None, b"SM2", None)
            stack.callback(_context_free, maker)
            _fromdata_init(maker)
            group = ctypes.create_string_buffer(b"SM2")
            point = ctypes.create_string_buffer(public, len(public))
            fields = [
                _Param(b"group", _UTF8_STRING, ctypes.addressof(group), 3, 0),
                _Param(b"pub", _OCTET_STRING, ctypes.addressof(point), len(public), 0),
            ]
            if private is not None:
                native = private if sys.byteorder == "big" else private[::-1]
                secret = ctypes.create_string_buffer(native, len(native))
                stack.callback(ctypes.memset, secret, 0, len(native))
                fields.append(_Param(b"priv", _UNSIGNED_INTEGER, ctypes.addressof(secret), len(native), 0))
            fields.append(_Param(None, 0, None, 0, 0))
            parts = _PUBLIC_ONLY if private is None else _KEY_PAIR
            try:
                _fromdata(maker, ctypes.byref(self.pointer), parts, (_Param * len(fields))(*fields))
            except LibcryptoError:
                raise InvalidKey("libcrypto takes this for no key of SM2") from None
        weakref.finalize(self, _pkey_free, self.pointer)


@lru_cache(maxsize=_KEPT_KEYS)
def _public_key(public: bytes) -> _Key:
    """The key to verify by and encrypt for: making one costs a fifth of a verification, and few keys come often."""
    return _Key(public)


@contextmanager
def _operation(key: _Key) -> Iterator[int]:
    """An EVP_PKEY_CTX for one operation with the key."""
    context = _context_new(None, key.pointer, None)
    try:
        yield context
    finally:
        _context_free(context)


def _self_test() -> None:
    """libcrypto may be there and SM2 not (left out at build, no provider for it): try before anyone relies on it."""
    private, digest = bytes(31) + b"\x01", bytes(32)
    public = derive_public(private)
    if not verify_digest(public, digest, signer(private, public)(digest)):
        raise LibcryptoError("a signature does not verify")
    if decrypt(private, encrypt(public, digest)) != digest:
        raise LibcryptoError("a ciphertext does not decrypt")


try:
    _GROUP = _group_new(_NID_SM2)
    _self_test()
except CryptoError as error:
    raise ImportError(f"this libcrypto does no SM2: {error}") from None
