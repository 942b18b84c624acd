"""Field commitments: what is shown is proven, what is not shown stays closed."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abs_platform.crypto import fields
from abs_platform.crypto.fields import (
    Disclosure,
    FieldTree,
    InvalidDisclosure,
    TooManyFields,
    UnknownField,
    commitment_of,
    flatten,
    leaf_hash,
    verify,
)
from abs_platform.integrations.formats.model import Extracted, Line, Party, Totals, to_json

SEED = bytes(range(32))
OTHER = bytes(range(32, 64))
INVOICE = {
    "/document/sm3": "ab" * 32,
    "/number": "I-1",
    "/totals/payable": "1130.00",
    "/lines/0/price": "10.00",
    "/lines/1/price": "10.00",
}

paths = st.text(min_size=1, max_size=30).map(lambda text: f"/{text}").filter(lambda text: _is_text(text))
values = st.text(max_size=50).filter(lambda text: _is_text(text))
documents = st.dictionaries(paths, values, min_size=1, max_size=40)
seeds = st.binary(min_size=32, max_size=32)


def _is_text(text: str) -> bool:
    return not any(0xD800 <= ord(character) < 0xE000 for character in text)


def sm3(data: bytes) -> bytes:
    return hashlib.new("sm3", data).digest()


def lp(*parts: bytes) -> bytes:
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def naive_root(hashes: list[bytes]) -> bytes:
    """RFC 9162, section 2.1.1, word by word."""
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return sm3(b"\x01" + naive_root(hashes[:split]) + naive_root(hashes[split:]))


def test_the_bytes_are_those_of_the_format() -> None:
    tree = FieldTree(INVOICE, SEED)
    everything = tree.disclose(INVOICE).disclosed
    leaves = sorted(
        sm3(b"\x00" + lp(b"abs/field/v1", each.path.encode(), each.salt, each.value.encode())) for each in everything
    )
    assert tree.commitment == sm3(lp(b"abs/fields/v1", (5).to_bytes(8, "big"), naive_root(leaves)))
    assert [leaf_hash(each.path, each.salt, each.value) for each in everything] == [
        leaves[each.index] for each in everything
    ]


@given(documents, seeds, st.data())
def test_any_choice_of_any_document_is_proven(document: dict[str, str], seed: bytes, data: st.DataObject) -> None:
    tree = FieldTree(document, seed)
    chosen = data.draw(st.lists(st.sampled_from(sorted(document)), min_size=1))
    disclosure = tree.disclose(chosen)
    verify(disclosure, tree.commitment)
    assert {each.path: each.value for each in disclosure.disclosed} == {path: document[path] for path in chosen}
    assert disclosure.count == len(document)


def changed_first(disclosure: Disclosure, **changes: object) -> Disclosure:
    first, *others = disclosure.disclosed
    return replace(disclosure, disclosed=(replace(first, **changes), *others))  # type: ignore[arg-type]  # any of its fields


def flipped(data: bytes, bit: int) -> bytes:
    return (int.from_bytes(data, "big") ^ (1 << bit)).to_bytes(len(data), "big")


@settings(max_examples=300)
@given(documents.filter(lambda document: len(document) > 1), st.data())
def test_whatever_is_changed_fails(document: dict[str, str], data: st.DataObject) -> None:
    tree = FieldTree(document, SEED)
    disclosure = tree.disclose(data.draw(st.lists(st.sampled_from(sorted(document)), min_size=1)))
    first = disclosure.disclosed[0]
    bit = data.draw(st.integers(0, 255))
    how = data.draw(st.sampled_from(["path", "value", "salt", "index", "count", "proof", "shorter", "longer"]))
    if how == "proof" and not first.proof:
        how = "longer"
    step = data.draw(st.integers(0, max(0, len(first.proof) - 1)))
    proof = first.proof
    wrong: dict[str, Callable[[], Disclosure]] = {
        "path": lambda: changed_first(disclosure, path=data.draw(paths.filter(lambda path: path != first.path))),
        "value": lambda: changed_first(disclosure, value=data.draw(values.filter(lambda value: value != first.value))),
        "salt": lambda: changed_first(disclosure, salt=flipped(first.salt, bit)),
        "index": lambda: changed_first(
            disclosure, index=data.draw(st.integers(-2, 2**21).filter(lambda index: index != first.index))
        ),
        "count": lambda: replace(
            disclosure, count=data.draw(st.integers(-2, 2**21).filter(lambda count: count != disclosure.count))
        ),
        "proof": lambda: changed_first(
            disclosure, proof=(*proof[:step], flipped(proof[step], bit), *proof[step + 1 :])
        ),
        "shorter": lambda: changed_first(disclosure, proof=proof[:-1]),
        "longer": lambda: changed_first(disclosure, proof=(*proof, first.salt)),
    }
    with pytest.raises(InvalidDisclosure):
        verify(wrong[how](), tree.commitment)


@given(documents, seeds, seeds)
def test_a_proof_of_another_document_fails(document: dict[str, str], seed: bytes, other: bytes) -> None:
    """Even of a document that says the same."""
    mine, theirs = FieldTree(document, seed), FieldTree(document, other)
    if seed != other:
        with pytest.raises(InvalidDisclosure):
            verify(theirs.disclose(document), mine.commitment)


def test_a_proof_of_another_field_fails() -> None:
    tree = FieldTree(INVOICE, SEED)
    [price, payable] = tree.disclose(["/lines/0/price", "/totals/payable"]).disclosed
    moved = replace(payable, index=price.index, proof=price.proof)
    with pytest.raises(InvalidDisclosure):
        verify(Disclosure(tree.count, (moved,)), tree.commitment)


def test_nothing_comes_twice_and_nothing_is_no_disclosure() -> None:
    tree = FieldTree(INVOICE, SEED)
    [number] = tree.disclose(["/number", "/number"]).disclosed
    for disclosed in (
        (),
        (number, number),
        (number, replace(number, path="/other")),
        (number, replace(number, index=1)),
    ):
        with pytest.raises(InvalidDisclosure):
            verify(Disclosure(tree.count, disclosed), tree.commitment)


def test_a_path_that_is_not_there_is_named() -> None:
    with pytest.raises(UnknownField) as caught:
        FieldTree(INVOICE, SEED).disclose(["/number", "/nothing"])
    assert caught.value.path == "/nothing"


# --- what is not disclosed


def hashes_in(disclosure: Disclosure) -> set[bytes]:
    return {node for each in disclosure.disclosed for node in each.proof}


def guessed(disclosure: Disclosure, path: str, domain: list[str]) -> list[str]:
    """The values of `domain` that a receiver finds for an undisclosed path, trying the salts that it can think of."""
    salts = {bytes(32), *(each.salt for each in disclosure.disclosed)}
    seen = hashes_in(disclosure)
    return [value for value in domain if any(leaf_hash(path, salt, value) in seen for salt in salts)]


PRICES = [f"{cents // 100}.{cents % 100:02}" for cents in range(5_000)]
TWO = {"/document/sm3": "ab" * 32, "/lines/0/price": "10.00"}  # the price's leaf is the whole proof


def test_a_guessable_value_cannot_be_guessed() -> None:
    disclosure = FieldTree(TWO, SEED).disclose(["/document/sm3"])
    assert "10.00" in PRICES and len(hashes_in(disclosure)) == 1
    assert guessed(disclosure, "/lines/0/price", PRICES) == []


def test_with_one_salt_for_all_it_could_be(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: the same attack succeeds where the salt is constant."""
    monkeypatch.setattr(fields, "salt_of", lambda keyed, path: SEED)
    disclosure = FieldTree(TWO, SEED).disclose(["/document/sm3"])
    assert guessed(disclosure, "/lines/0/price", PRICES) == ["10.00"]


@given(documents)
def test_documents_that_say_the_same_share_no_hash(document: dict[str, str]) -> None:
    first, second = (FieldTree(document, seed).disclose(document) for seed in (SEED, OTHER))
    for each, twin in zip(first.disclosed, second.disclosed, strict=True):
        assert leaf_hash(each.path, each.salt, each.value) != leaf_hash(twin.path, twin.salt, twin.value)
    assert not hashes_in(first) & hashes_in(second)


def test_equal_values_of_one_document_have_different_leaves() -> None:
    """Nor could the path alone make the difference: the salts differ."""
    [first, second] = FieldTree(INVOICE, SEED).disclose(["/lines/0/price", "/lines/1/price"]).disclosed
    assert first.value == second.value and first.salt != second.salt


def test_the_order_tells_no_path() -> None:
    """Under another seed the same fields stand in another order."""
    orders = {
        tuple(each.index for each in FieldTree(INVOICE, bytes([n]) * 32).disclose(INVOICE).disclosed) for n in range(20)
    }
    assert len(orders) > 10


# --- from JSON to fields


def test_a_document_falls_into_its_stated_fields() -> None:
    extracted = Extracted(
        kind="invoice",
        number="I-1",
        accepted=False,
        seller=Party("岚岳", company_id="91"),
        others=(("payee", Party("bank")),),
        totals=Totals(payable=Decimal("1130.00")),
        lines=(Line("1", price=Decimal("10.0000")), Line("2")),
        notes=("n" * 4_000, "m" * 4_001),
    )
    found = dict(flatten(to_json(extracted)))
    assert found["/kind"] == "invoice" and found["/accepted"] == "false"
    assert found["/seller/name"] == "岚岳" and "/seller/endpoint_id" not in found
    assert (found["/others/0/0"], found["/others/0/1/name"]) == ("payee", "bank")
    assert found["/totals/payable"] == "1130.00"
    assert found["/lines/0/price"] == "10.0000" and "/lines/1/price" not in found
    assert found["/notes/0"] == "n" * 4_000
    assert "/notes/1" not in found and found["/notes/1/sm3"] == sm3(b"m" * 4_001).hex()


def test_names_are_escaped_as_in_json_pointers() -> None:
    assert dict(flatten({"a/b": {"m~n": 1, "": [True, None, []]}})) == {"/a~1b/m~0n": "1", "/a~1b//0": "true"}


def test_what_cannot_be_committed_to_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="float"):
        list(flatten({"a": 1.5}))
    for document, seed in (
        ({}, SEED),
        ({"": "x"}, SEED),
        ({"/" + "a" * 400: ""}, SEED),
        ({"/a": "v" * 4_001}, SEED),
        (TWO, b"short"),
    ):
        with pytest.raises(ValueError):
            FieldTree(document, seed)
    monkeypatch.setattr(fields, "MAX_FIELDS", 4)
    with pytest.raises(TooManyFields):
        FieldTree(INVOICE, SEED)


def test_the_count_is_bound() -> None:
    tree = FieldTree(INVOICE, SEED)
    assert commitment_of(tree.count + 1, tree.root) != tree.commitment
