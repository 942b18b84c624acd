"""Steps go to the chain exactly once, whatever crashes, hangs or re-organises between sign, send and receipt."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, transaction

from abs_platform.core import jobs
from abs_platform.core.errors import Conflict, NotFound, Unavailable
from abs_platform.core.ids import uuid7
from abs_platform.core.models import Job
from abs_platform.integrations.registries import NOBODY, Kind, Step
from abs_platform.ledger import sending
from abs_platform.ledger.publishing import Rivalry, WrongChain
from abs_platform.parties.actor import PLATFORM
from abs_platform.rights.registry import carrying, contract, digests, services
from abs_platform.rights.registry.models import Registry, RegistryBatch, RegistryEntry, RegistryTransaction
from abs_platform.risk.models import Alert
from tests.ledger.conftest import Crash
from tests.ledger.nodes import Anvil, Proxy
from tests.registry.conftest import Book

POINTS = ["registry.signed", "registry.stored", "registry.sent", "registry.seen", "registry.settled"]


@pytest.fixture
def listening(settings: pytest.FixtureRequest) -> None:
    """Somebody hears what becomes of steps, as financing does."""
    settings.TOPICS = {  # type: ignore[attr-defined]
        **settings.TOPICS,  # type: ignore[attr-defined]
        "registry.done": ["rights.watch"],
        "registry.refused": ["rights.watch"],
    }


def heard() -> list[tuple[str, str, str]]:
    """(kind of step, pledge, reason) of everything that was told, in order."""
    payloads = Job.objects.filter(kind="rights.watch").order_by("id").values_list("payload", flat=True)
    return [(each["kind"], each["pledge"], each["reason"]) for each in payloads if "entry" in each]


def test_a_life_on_the_registry(book: Book, listening: None) -> None:
    right = book.right()
    pledge = book.pledge(right)
    assert not services.is_done(right_id=right, pledge_id=pledge), "it is known only when the chain has it"
    book.carry()
    found = book.there(right)
    assert (found.rung, found.pledge, found.is_settled) == (3, book.pledge_digest(right, pledge), False)
    assert services.is_done(right_id=right, pledge_id=pledge)
    batch = book.batch
    assert (batch.number, batch.state) == (0, "settled") and batch.block is not None
    book.release(right, pledge)
    second = book.pledge(right)
    book.settle(right)
    book.carry()
    found = book.there(right)
    assert (found.pledge, found.is_settled) == (book.pledge_digest(right, second), True)
    assert set(book.states(right).values()) == {"done"}
    assert [told for told in heard() if told[0] == "pledge"] == [
        ("pledge", str(pledge), ""),
        ("pledge", str(second), ""),
    ]


def test_only_digests_under_our_own_key_go_out(book: Book) -> None:
    right = book.right()
    pledge = book.pledge(right)
    book.carry()
    raw = bytes(RegistryTransaction.objects.get().raw)
    for secret in (right, pledge, book.holder):
        assert secret.bytes not in raw and str(secret).encode() not in raw
    assert digests.of_right(right) in raw


def test_a_second_pledge_is_refused_here_at_once_and_repeating_one_is_harmless(book: Book) -> None:
    right = book.right()
    pledge = book.pledge(right)
    assert book.pledge(right, pledge) == pledge
    with pytest.raises(Conflict) as refusal:
        book.pledge(right)
    assert refusal.value.code == "right_pledged"
    with pytest.raises(NotFound):
        book.pledge(uuid7())
    with pytest.raises(NotFound):
        book.release(right, uuid7())
    assert RegistryEntry.objects.filter(right_id=right, kind="pledge").count() == 1


def test_a_step_lives_and_dies_with_the_transaction_that_writes_it(book: Book) -> None:
    right = book.right()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        services.pledge(actor=PLATFORM, right_id=right, pledge_id=uuid7(), holder_id=book.holder)
        raise ZeroDivisionError
    assert "pledge" not in book.states(right)
    with pytest.raises(RuntimeError, match="transaction"):
        services.register(right_id=uuid7())


def test_without_the_index_the_registry_still_holds_the_second_pledge_off(book: Book, listening: None) -> None:
    right = book.right()
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX registry_one_active_pledge")
    first, second = book.pledge(right), book.pledge(right)
    book.carry()
    assert book.there(right).pledge == book.pledge_digest(right, first)
    refused = RegistryEntry.objects.get(pledge_id=second)
    assert (refused.state, refused.reason, refused.active) == ("refused", "AlreadyPledged", False)
    assert ("pledge", str(second), "AlreadyPledged") in heard()
    alert = Alert.objects.get(rule="registry_refused")
    assert alert.severity == "critical" and alert.detail == {"step": "pledge", "reason": "AlreadyPledged"}
    book.release(right, second)  # of a pledge that never was: the contract refuses, and nobody is woken
    book.carry()
    assert Alert.objects.filter(rule="registry_refused").count() == 1


@pytest.mark.parametrize("point", POINTS)
def test_a_crash_loses_nothing_and_doubles_nothing(point: str, book: Book, crash: Callable[[str], None]) -> None:
    right = book.right()
    pledge = book.pledge(right)
    crash(point)
    with pytest.raises(Crash):
        carrying.carry(patience=timedelta(seconds=20))
    connection.close()
    book.carry()
    assert book.there(right).pledge == book.pledge_digest(right, pledge)
    client = contract.client_of(Registry.objects.get())
    live = RegistryBatch.objects.exclude(state="abandoned")
    assert client.carried(client.address) == live.count() == 1
    assert set(book.states(right).values()) == {"done"}


def test_the_same_bytes_go_out_again_when_the_node_forgot_them(
    held: Book, node: Anvil, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "RESEND_AFTER", timedelta(0))
    right = held.right()
    with proxy.losing():
        carrying.carry()
        assert node.lying() == []
    carrying.carry()
    assert len(node.lying()) == 1 and RegistryTransaction.objects.count() == 1
    node.mine()
    carrying.carry()
    assert set(held.states(right).values()) == {"done"}


def test_a_transaction_that_lies_is_replaced_under_its_nonce(
    held: Book, node: Anvil, monkeypatch: pytest.MonkeyPatch, settings: pytest.FixtureRequest
) -> None:
    monkeypatch.setattr(sending, "RESEND_AFTER", timedelta(0))
    settings.ANCHOR_STUCK_AFTER = timedelta(0)  # type: ignore[attr-defined]
    held.right()
    carrying.carry()
    carrying.carry()
    assert len(set(RegistryTransaction.objects.values_list("sequence", flat=True))) == 1
    assert RegistryTransaction.objects.count() > 1
    node.mine()
    carrying.carry()
    assert held.batch.state == "settled"


def test_a_reorganisation_puts_in_doubt_what_was_done_and_it_is_done_again(held: Book, node: Anvil) -> None:
    right = held.right()
    carrying.carry()
    node.mine()
    carrying.carry()
    pledge = held.pledge(right)
    carrying.carry()
    node.mine()
    carrying.carry()
    assert held.batch.state == "settled" and set(held.states(right).values()) == {"done"}
    node.reorganise(2)
    carrying.carry()
    assert {batch.state for batch in RegistryBatch.objects.all()} == {"orphaned"}
    assert not services.is_done(right_id=right, pledge_id=pledge)
    for _ in range(3):
        node.mine()
        carrying.carry()
    assert held.there(right).pledge == held.pledge_digest(right, pledge)
    assert services.is_done(right_id=right, pledge_id=pledge)
    assert {batch.state for batch in RegistryBatch.objects.all()} == {"settled"}


def test_nothing_counts_before_its_block_is_deep_enough(held: Book, node: Anvil) -> None:
    Registry.objects.update(confirmations=3)
    right = held.right()
    carrying.carry()
    node.mine()
    assert carrying.carry()
    assert held.batch.state == "included" and held.states(right)["register"] == "sent"
    node.mine(2)
    carrying.carry()
    assert held.states(right)["register"] == "done"


def test_a_chain_that_hangs_is_noted_and_nothing_is_lost(held: Book, node: Anvil, proxy: Proxy) -> None:
    right = held.right()
    proxy.stop()
    jobs.drain(kinds=("rights.registry",))
    row = Registry.objects.get()
    assert row.trouble_reason == "unreachable" and contract.trouble()
    assert set(held.states(right).values()) == {"pending"}
    with pytest.raises(Unavailable):
        contract.asked(lambda client: client.head())


def test_a_database_that_was_set_back_stops_instead_of_going_on(book: Book) -> None:
    book.right()
    book.carry()
    row = Registry.objects.get()
    client = contract.client_of(row)
    signed = client.sign(client.draft(1, [Step(Kind.REGISTER, digests.of_right(uuid7()))]))
    client.send(signed.raw)
    while client.receipt(signed.id) is None:
        pass
    book.right()
    with pytest.raises(Rivalry, match="rolled back"):
        carrying.carry()
    assert "rolled back" in contract.trouble()


def test_another_chain_at_the_address_stops_it(book: Book) -> None:
    book.right()
    Registry.objects.update(chain_id=5)
    with pytest.raises(WrongChain, match="setup_registry"):
        carrying.carry()


def test_two_workers_carry_once(held: Book, node: Anvil, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between asking and storing, another worker stores the very batch."""
    right = held.right()
    sign = type(contract.client_of(Registry.objects.get())).sign
    done = []

    def overtaken(self: object, draft: object) -> object:
        monkeypatch.undo()
        done.append(carrying._round(Registry.objects.get(), contract.client_of(Registry.objects.get())))
        return sign(self, draft)  # type: ignore[arg-type]

    monkeypatch.setattr(type(contract.client_of(Registry.objects.get())), "sign", overtaken)
    carrying.carry()
    assert done and RegistryBatch.objects.count() == 1
    node.mine()
    carrying.carry()
    assert set(held.states(right).values()) == {"done"}


def test_setting_up_again_changes_nothing_and_a_new_contract_gets_every_step_anew(book: Book) -> None:
    right = book.right()
    pledge = book.pledge(right)
    book.carry()
    before = Registry.objects.get()
    contract.prepare(say=lambda text: None)
    assert Registry.objects.get().contract == before.contract
    Registry.objects.update(contract="0x" + "11" * 20)
    said: list[str] = []
    contract.prepare(say=said.append)
    assert any("anew" in text for text in said)
    book.carry()
    assert Registry.objects.get().contract != before.contract
    assert book.there(right).pledge == book.pledge_digest(right, pledge) != NOBODY


def test_in_production_nothing_is_deployed_or_redone(book: Book, settings: pytest.FixtureRequest) -> None:
    settings.PRODUCTION = True  # type: ignore[attr-defined]
    Registry.objects.update(contract="0x" + "11" * 20)
    with pytest.raises(contract.SetupRefused, match="evidence"):
        contract.prepare(say=lambda text: None)
    Registry.objects.all().delete()
    with pytest.raises(contract.SetupRefused, match="ABS_REGISTRY_CONTRACT"):
        contract.prepare(say=lambda text: None)
