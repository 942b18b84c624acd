"""Whatever differs between the database and the registry is found, told once, and not mended."""

from collections.abc import Iterable

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from abs_platform.core import jobs
from abs_platform.core.ids import uuid7
from abs_platform.integrations.evm_registry import EvmRegistry
from abs_platform.integrations.kms import kms
from abs_platform.integrations.registries import NOBODY, Kind, RegisteredRight, Step
from abs_platform.rights.registry import carrying, digests, reconciling
from abs_platform.rights.registry.comparing import DoneStep, Expected, differences, expected
from abs_platform.rights.registry.models import Reconciliation, Registry, RegistryBatch, RegistryEntry
from abs_platform.risk.models import Alert
from tests.registry.conftest import Account, Book

R, P, Q, F, G = (bytes([n]) * 32 for n in (1, 2, 3, 4, 5))
US, THEM = "0xAa", "0xBb"


def run() -> Reconciliation:
    found = reconciling.reconcile()
    assert found is not None
    return found


def kinds(found: Reconciliation) -> set[str]:
    return {each["kind"] for each in found.differences}


def ourselves(book: Book) -> Account:
    """Our own key, in other hands."""
    row = Registry.objects.get()
    return Account(EvmRegistry(url=book.url, contract=row.contract, key=kms().chain_key("registry"), timeout=5))


@pytest.fixture
def pledged(book: Book) -> tuple[Book, "Pledged"]:
    found = Pledged(book)
    book.carry()
    return book, found


class Pledged:
    """Two rights, one of them pledged over one fingerprint."""

    def __init__(self, book: Book) -> None:
        self.free = book.right()
        self.right = book.right()
        self.fingerprint = digests.fingerprint(("test", str(self.right)))
        self.pledge = book.pledge(self.right)
        RegistryEntry.objects.filter(pledge_id=self.pledge).update(fingerprints=[self.fingerprint])
        self.digest = digests.of_right(self.right)


def test_all_in_order(pledged: tuple[Book, Pledged]) -> None:
    found = run()
    assert (found.state, found.differences) == ("in_order", [])
    assert (found.rights, found.pledges, found.fingerprints) == (2, 1, 1)
    assert not Alert.objects.filter(rule="registry_differs").exists()


def test_steps_under_way_are_no_difference(pledged: tuple[Book, Pledged]) -> None:
    book, there = pledged
    book.release(there.right, there.pledge)
    assert run().state == "in_order"
    carrying.carry()
    assert run().state == "in_order"


CHANGES = {
    "rung": "UPDATE rights_registryentry SET rung = 5 WHERE kind = 'attest'",
    "pledge": "UPDATE rights_registryentry SET pledge_digest = decode(repeat('ab', 32), 'hex') WHERE kind = 'pledge'",
    "pledge ": "DELETE FROM rights_registryentry WHERE kind = 'pledge'",
    "fingerprint": "UPDATE rights_registryentry SET fingerprints = '{}' WHERE kind = 'pledge'",
    "fingerprint ": "UPDATE rights_registryentry SET fingerprints = ARRAY[decode(repeat('ab', 32), 'hex')] WHERE kind = 'pledge'",
    "unknown_here": "DELETE FROM rights_registryentry",
    "missing_there": "UPDATE rights_registryentry SET digest = decode(repeat('ab', 32), 'hex') WHERE kind = 'register'"
    " AND id = (SELECT max(id) FROM rights_registryentry WHERE kind = 'register')",
}


@pytest.mark.parametrize("kind", CHANGES)
def test_what_was_changed_in_the_database_is_found(kind: str, pledged: tuple[Book, Pledged]) -> None:
    book, _ = pledged
    book.tamper(CHANGES[kind])
    found = run()
    assert found.state == "differs" and kind.strip() in kinds(found)
    alerts = Alert.objects.filter(rule="registry_differs")
    assert alerts.count() == len(found.differences) and {alert.severity for alert in alerts} == {"critical"}
    again = run()
    assert again.differences == found.differences, "nothing was mended"
    assert alerts.count() == len(found.differences), "and it is told once"


def test_a_settlement_that_was_written_in_by_hand_is_found(pledged: tuple[Book, Pledged]) -> None:
    book, there = pledged
    RegistryEntry.objects.create(
        right_id=there.free,
        kind="settle",
        digest=digests.of_right(there.free),
        effect="by hand",
        state="done",
        batch=book.batch,
        actor="nobody",
    )
    assert kinds(run()) == {"settled"}


def test_a_batch_that_was_deleted_is_found(pledged: tuple[Book, Pledged]) -> None:
    book, _ = pledged
    book.tamper("UPDATE rights_registryentry SET state = 'pending', batch_id = NULL WHERE state = 'done'")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE rights_registrybatch SET state = 'abandoned', reason = 'x', transaction = NULL,"
                       " block = NULL, block_hash = NULL, block_time = NULL")  # fmt: skip
    assert kinds(run()) == {"batches"}


def doings(there: Pledged) -> dict[str, tuple[object, ...]]:
    return {
        "rung": ("attest", there.digest, 5),
        "pledge": ("release", there.digest, RegistryEntry.objects.get(kind="pledge").pledge_digest),
        "settled": ("settle", there.digest),
        "fingerprint": ("claim", there.digest, [G]),
        "unknown_here": ("register", R),
    }


@pytest.mark.parametrize("kind", ["rung", "pledge", "settled", "fingerprint", "unknown_here"])
def test_what_was_done_on_the_chain_with_our_key_is_found(kind: str, pledged: tuple[Book, Pledged]) -> None:
    book, there = pledged
    ourselves(book).call(*doings(there)[kind])  # type: ignore[arg-type]
    found = run()
    assert kinds(found) == {kind}, found.differences


def test_a_batch_that_somebody_else_carried_out_with_our_key_is_found(pledged: tuple[Book, Pledged]) -> None:
    book, _ = pledged
    ourselves(book).carry_out(1, [Step(Kind.REGISTER, R)])
    assert kinds(run()) == {"batches", "unknown_here"}


def test_a_right_that_another_platform_registered_first_is_told_as_not_ours(book: Book) -> None:
    right_id = uuid7()
    book.neighbour().call("register", digests.of_right(right_id))
    with transaction.atomic():
        from abs_platform.rights.registry import services

        services.register(right_id=right_id)
    book.carry()
    assert RegistryEntry.objects.get(right_id=right_id).reason == "NotRegistrar"
    assert kinds(run()) == {"not_ours"}


def test_rights_are_found_by_index_and_never_by_reading_the_whole_table(pledged: tuple[Book, Pledged]) -> None:
    """It is done every few minutes, for each 200 rights: else the time would grow with their square."""
    book, _ = pledged
    book.tamper(CHANGES["rung"])
    with CaptureQueriesContext(connection) as asked:
        assert run().differences
    by_digest = [
        each["sql"]
        for each in asked
        if "registryentry" in each["sql"] and '"digest"' in each["sql"].partition(" WHERE ")[2]
    ]
    assert by_digest
    with transaction.atomic(), connection.cursor() as cursor:
        # What is left are bitmap scans, which need a condition on an index; without one the table is read after all.
        for scan in ("seqscan", "indexscan", "indexonlyscan"):
            cursor.execute(f"SET LOCAL enable_{scan} = off")
        for each in by_digest:
            cursor.execute(f"EXPLAIN {each}")
            assert "Seq Scan" not in "\n".join(row[0] for row in cursor.fetchall()), each


def test_an_unreachable_chain_is_no_difference(pledged: tuple[Book, Pledged]) -> None:
    Registry.objects.update(contract="0x" + "11" * 20)
    assert run().state == "unreachable"


def test_somebody_asks_and_the_job_answers(pledged: tuple[Book, Pledged]) -> None:
    book, _ = pledged
    for _ in range(2):
        reconciling.request(actor=book.world.officer.actor)
    jobs.drain(kinds=("rights.reconcile",))
    assert [row.state for row in Reconciliation.objects.all()] == ["in_order"] * 2
    assert RegistryBatch.objects.count() == 1


# --- the pure part


def told(here: Expected, there: RegisteredRight, claimants: Iterable[tuple[bytes, bytes]] = ()) -> list[str]:
    return [each.kind for each in differences(R, here, there, platform=US, claimants=dict(claimants))]


def test_what_is_expected_follows_from_the_steps_in_their_order() -> None:
    steps = [
        DoneStep("register"),
        DoneStep("attest", rung=4),
        DoneStep("attest", rung=3),
        DoneStep("pledge", pledge=P, fingerprints=(F,)),
        DoneStep("release", pledge=P),
        DoneStep("pledge", pledge=Q),
        DoneStep("release", pledge=P),
        DoneStep("claim", fingerprints=(G,)),
        DoneStep("settle"),
    ]
    assert expected(steps) == Expected(True, 3, Q, True, frozenset({F, G}))


def test_a_fingerprint_that_others_took_while_ours_was_free_is_no_difference() -> None:
    here = Expected(True, 3, NOBODY, False, frozenset({F}))
    assert told(here, RegisteredRight(US, 3, False, 0, NOBODY), [(F, Q)]) == []
    assert told(here, RegisteredRight(US, 3, False, 1, NOBODY), [(F, Q)]) == ["fingerprint"]
    held = Expected(True, 3, P, False, frozenset({F}))
    assert told(held, RegisteredRight(US, 3, False, 0, P), [(F, Q)]) == ["fingerprint"]
    assert told(held, RegisteredRight(US, 3, False, 1, P), [(F, R)]) == []
    assert told(Expected(), RegisteredRight("", 0, False, 0, NOBODY)) == []
    assert told(held, RegisteredRight(THEM, 3, False, 1, P), [(F, R)]) == ["not_ours"]
