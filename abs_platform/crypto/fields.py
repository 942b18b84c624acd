"""Field commitments: a structured document as a Merkle tree over its salted fields, so that some can be shown and
proven while the others stay closed. The format is abs_platform/verifier/README.md, "Fields".

With LP(x) = length of x in 4 bytes, big-endian, then x:

    salt       = HMAC-SM3(seed, LP("abs/field-salt/v1") || LP(path))          one seed per document
    leaf       = SM3(0x00 || LP("abs/field/v1") || LP(path) || LP(salt) || LP(value))
    root       = the RFC 9162 tree over the leaves in the order of their hashes
    commitment = SM3(LP("abs/fields/v1") || LP(count in 8 bytes) || LP(root))

The leaves stand in the order of their hashes, so a field's place tells nothing of its path. Every field has its own
salt, so a hash seen in a proof tells neither the value below it nor whether two are equal; whoever has the seed can
make all of them again, and nobody can once it is destroyed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hmac import compare_digest

from abs_platform.crypto.commitments import prefixed
from abs_platform.crypto.merkle import Hasher, InvalidProof, MemoryTree, root_of_inclusion
from abs_platform.crypto.sm3 import HmacSM3, sm3

SALT_DOMAIN = "abs/field-salt/v1"
FIELD_DOMAIN = "abs/field/v1"
COMMITMENT_DOMAIN = "abs/fields/v1"
SEED_SIZE = SALT_SIZE = 32
MAX_FIELDS = 1 << 20
MAX_PATH = 400
MAX_VALUE = 4_000
"""Limits of the format; of path and value in characters (Unicode code points)."""
MAX_DISCLOSED = 400

_HASHER = Hasher("sm3")
_SALT_PREFIX = prefixed(SALT_DOMAIN.encode())
_FIELD_PREFIX = prefixed(FIELD_DOMAIN.encode())

Json = object


class TooManyFields(ValueError):
    """The document has more fields than a commitment takes."""


class UnknownField(LookupError):
    """The document has no field of that path."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


class InvalidDisclosure(ValueError):
    """What is disclosed is not what was committed to."""


@dataclass(frozen=True, slots=True)
class DisclosedField:
    """One field with all that is needed to find the root from it."""

    path: str
    value: str
    salt: bytes
    index: int
    proof: tuple[bytes, ...]

    def to_json(self) -> dict[str, Json]:
        """As in a bundle."""
        return {
            "path": self.path,
            "value": self.value,
            "salt": self.salt.hex(),
            "index": self.index,
            "proof": [node.hex() for node in self.proof],
        }


@dataclass(frozen=True, slots=True)
class Disclosure:
    """Chosen fields of a document that has `count` of them."""

    count: int
    disclosed: tuple[DisclosedField, ...]

    def to_json(self) -> dict[str, Json]:
        """The bundle's part "fields"."""
        return {"count": self.count, "disclosed": [field.to_json() for field in self.disclosed]}


class FieldTree:
    """A document's fields under one seed: their commitment, and disclosures of some of them."""

    def __init__(self, fields: Mapping[str, str], seed: bytes) -> None:
        """`fields`: value by path. Raises ValueError for no field, too many, or one beyond the limits."""
        if len(seed) != SEED_SIZE:
            raise ValueError(f"a seed has {SEED_SIZE} bytes, not {len(seed)}")
        if not fields:
            raise ValueError("there is no field to commit to")
        if len(fields) > MAX_FIELDS:
            raise TooManyFields(f"more than {MAX_FIELDS} fields")
        for path, value in fields.items():
            if not 0 < len(path) <= MAX_PATH or len(value) > MAX_VALUE:
                raise ValueError(f"the field {path[:MAX_PATH]!r} is beyond the limits")
        self._fields = fields
        self._keyed = HmacSM3(seed)
        leaves = {leaf_hash(path, salt_of(self._keyed, path), value): path for path, value in fields.items()}
        self._hashes = sorted(leaves)
        self._paths = [leaves[leaf] for leaf in self._hashes]
        self._tree = MemoryTree(_HASHER)
        self.root = self._tree.append(self._hashes)

    @property
    def count(self) -> int:
        """How many fields there are."""
        return len(self._hashes)

    @property
    def commitment(self) -> bytes:
        """The 32 bytes that go into the ledger."""
        return commitment_of(self.count, self.root)

    @cached_property
    def _index_of(self) -> dict[str, int]:
        return {path: index for index, path in enumerate(self._paths)}

    def disclose(self, paths: Iterable[str]) -> Disclosure:
        """The fields at `paths`, each once, in the order asked for. Raises UnknownField."""
        return Disclosure(self.count, tuple(self._disclosed(path) for path in dict.fromkeys(paths)))

    def _disclosed(self, path: str) -> DisclosedField:
        index = self._index_of.get(path)
        if index is None:
            raise UnknownField(path)
        proof = tuple(self._tree.prove(index))
        return DisclosedField(path, self._fields[path], salt_of(self._keyed, path), index, proof)


def verify(disclosure: Disclosure, commitment: bytes) -> None:
    """Raises InvalidDisclosure unless every disclosed field belongs to what `commitment` (32 bytes) stands for."""
    if not 0 < disclosure.count <= MAX_FIELDS or not 0 < len(disclosure.disclosed) <= MAX_DISCLOSED:
        raise InvalidDisclosure("there is no field to check, or their number is out of range")
    for what in ("path", "index"):
        if len({getattr(field, what) for field in disclosure.disclosed}) < len(disclosure.disclosed):
            raise InvalidDisclosure(f"one {what} comes twice")
    for field in disclosure.disclosed:
        if len(field.salt) != SALT_SIZE or not 0 < len(field.path) <= MAX_PATH or len(field.value) > MAX_VALUE:
            raise InvalidDisclosure(f"the field {field.path[:MAX_PATH]!r} is beyond the limits")
        leaf = leaf_hash(field.path, field.salt, field.value)
        try:
            root = root_of_inclusion(
                _HASHER, leaf_hash=leaf, index=field.index, size=disclosure.count, path=field.proof
            )
        except InvalidProof as error:
            raise InvalidDisclosure(f"the field {field.path!r}: {error}") from error
        if not compare_digest(commitment_of(disclosure.count, root), commitment):
            raise InvalidDisclosure(f"the field {field.path!r} is not among those committed to")


def salt_of(keyed: HmacSM3, path: str) -> bytes:
    """The 32-byte salt of the field at `path`: one for each path and document, and no way from one to another.

    `keyed`: by the document's seed.
    """
    return keyed.of(_SALT_PREFIX + prefixed(path.encode()))


def leaf_hash(path: str, salt: bytes, value: str) -> bytes:
    """The hash of a field as a leaf of the document's tree."""
    return _HASHER.leaf(_FIELD_PREFIX + prefixed(path.encode()) + prefixed(salt) + prefixed(value.encode()))


def commitment_of(count: int, root: bytes) -> bytes:
    """The commitment to a tree of `count` fields."""
    return sm3(prefixed(COMMITMENT_DOMAIN.encode()) + prefixed(count.to_bytes(8, "big")) + prefixed(root))


def flatten(value: Json, at: str = "") -> list[tuple[str, str]]:
    """The fields of a JSON value: (JSON pointer of RFC 6901, text) of everything that is stated.

    Null and empty lists and objects state nothing. Truth values are "true" and "false", whole numbers decimal. A text
    longer than a field takes stands as its digest: the SM3 of its UTF-8, hex, under its path and "/sm3". Raises
    ValueError for a floating-point number, which has no one text.
    """
    found: list[tuple[str, str]] = []
    _flatten(value, at, found)
    return found


def _flatten(value: Json, at: str, found: list[tuple[str, str]]) -> None:
    if value is None:
        return
    if isinstance(value, str):
        found.append((at, value) if len(value) <= MAX_VALUE else (f"{at}/sm3", sm3(value.encode()).hex()))
    elif isinstance(value, bool):
        found.append((at, "true" if value else "false"))
    elif isinstance(value, int):
        _flatten(str(value), at, found)
    elif isinstance(value, Mapping):
        for key, each in value.items():
            if each is not None:
                _flatten(each, f"{at}/{_escaped(key)}", found)
    elif isinstance(value, Sequence):
        for index, each in enumerate(value):
            _flatten(each, f"{at}/{index}", found)
    else:
        raise ValueError(f"no field for {type(value).__name__} at {at!r}")


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1") if "~" in key or "/" in key else key
