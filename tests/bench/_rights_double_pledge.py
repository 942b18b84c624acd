"""Clients that race to pledge the same rights: how many rights end up pledged twice, here and on the chain.

Each client is a process of its own that asks for every right, in an order of its own, by the service that financing calls.
The peer is the same race over other rights with `registry_one_active_pledge` dropped: it must show double pledges, or the
race proves nothing. What the database then lets through, the contract refuses. Last, two platforms race on the chain for
rights over the same fingerprints.
"""

import multiprocessing
import random
import secrets
import time
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from multiprocessing.synchronize import Barrier
from uuid import UUID

from django.db import connection, transaction

from abs_platform.core.errors import Conflict
from abs_platform.core.ids import uuid7
from abs_platform.integrations import registries
from abs_platform.integrations.chains import Signed
from abs_platform.integrations.evm_registry import EvmRegistry
from abs_platform.integrations.registries import NOBODY, Kind, RegistryClient, Step
from abs_platform.parties.actor import PLATFORM
from abs_platform.rights.registry import carrying, contract, digests, services
from abs_platform.rights.registry.models import Registry, RegistryEntry
from tests.bench._measuring import Figure, Progress
from tests.bench._registry import node_url, pledged_events

CLIENTS = 16
RIGHTS = 2_000
CONTROL = 200
SHARED = 200
INDEX = "registry_one_active_pledge"
PATIENCE = timedelta(minutes=20)


def figures(progress: Progress) -> list[Figure]:
    """Rights pledged twice, of all that were raced for."""
    contract.prepare(say=progress)
    rights = _registered(RIGHTS)
    progress(f"{CLIENTS} clients race for {RIGHTS} rights")
    tries = _race(rights)
    here = _doubles_here(rights)
    progress(f"{tries} tries: {here} rights pledged twice; taking them to the chain")
    there = _doubles_there(rights)
    control = _registered(CONTROL)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX {INDEX}")
    progress(f"the same for {CONTROL} rights without the index")
    _race(control)
    without = _doubles_here(control)
    progress(f"{without} of {CONTROL} rights pledged twice; taking all their pledges to the chain")
    held_off = _doubles_there(control)
    progress(f"two platforms race for {SHARED} fingerprints")
    shared = _race_of_platforms()
    return [
        _figure("double_pledges_here", here, RIGHTS, without, CONTROL),
        _figure("double_pledges_there", there, RIGHTS, without, CONTROL),
        _figure("double_pledges_there_without_index", held_off, CONTROL, without, CONTROL),
        _figure("double_pledges_across_platforms", shared, SHARED, without, CONTROL),
    ]


def _figure(name: str, ours: int, of: int, without: int, of_control: int) -> Figure:
    if without == 0:
        raise RuntimeError("without its index the database shows no double pledge either: the race proves nothing")
    return {
        "name": name, "value": ours, "unit": f"of {of} rights", "peer": "no index", "peer_value": without,
        "ratio": (ours / of) / (without / of_control), "goal": "<=0",
    }  # fmt: skip


def _registered(count: int) -> list[UUID]:
    rights = [uuid7() for _ in range(count)]
    with transaction.atomic():
        for right_id in rights:
            services.register(right_id=right_id)
    return rights


# --- clients


def _race(rights: Sequence[UUID]) -> int:
    """All clients ask for all rights at once. Returns how often was asked."""
    connection.close()
    connection.close_pool()
    forking = multiprocessing.get_context("fork")
    gate = forking.Barrier(CLIENTS)
    clients = [forking.Process(target=_client, args=(list(rights), seed, gate)) for seed in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    if any(client.exitcode != 0 for client in clients):
        raise RuntimeError("a client came to grief")
    return len(rights) * CLIENTS


def _client(rights: list[UUID], seed: int, gate: Barrier) -> None:
    random.Random(seed).shuffle(rights)
    holder = uuid7()
    gate.wait()
    for right_id in rights:
        try:
            with transaction.atomic():
                services.pledge(actor=PLATFORM, right_id=right_id, pledge_id=uuid7(), holder_id=holder)
        except Conflict:
            continue
    connection.close()
    connection.close_pool()


def _doubles_here(rights: Sequence[UUID]) -> int:
    active = Counter(RegistryEntry.objects.filter(right_id__in=rights, active=True).values_list("right_id", flat=True))
    if set(active) != set(rights):
        raise RuntimeError("a right was pledged to nobody")
    return sum(count > 1 for count in active.values())


# --- the chain


def _doubles_there(rights: Sequence[UUID]) -> int:
    """Carry everything; rights that the contract tells of as pledged more than once, or otherwise than to one of ours."""
    deadline = time.monotonic() + PATIENCE.total_seconds()
    while carrying.carry(patience=timedelta(seconds=30)):
        if time.monotonic() > deadline:
            raise RuntimeError("the chain did not take everything")
    row = Registry.objects.get()
    client = contract.client_of(row)
    pledged = Counter(pledged_events())
    done = dict(
        RegistryEntry.objects.filter(right_id__in=rights, kind="pledge", state="done").values_list(
            "digest", "pledge_digest"
        )
    )
    names = [digests.of_right(right_id) for right_id in rights]
    states = [state for start in range(0, len(names), 200) for state in client.state(names[start : start + 200])]
    wrong = 0
    for name, state in zip(names, states, strict=True):
        is_ours = bytes(done.get(name, NOBODY)) == state.pledge != NOBODY
        wrong += pledged[name] != 1 or not is_ours
    return wrong


def _race_of_platforms() -> int:
    """Two accounts, each with its own rights over the same fingerprints; rights pledged on both."""
    row = Registry.objects.get()
    ours = registries.client(row.chain, contract=row.contract)
    others = [
        EvmRegistry(url=node_url(), contract=row.contract, key=secrets.token_bytes(32), timeout=10) for _ in range(2)
    ]
    for account in others:
        account.fund()
        _sent(ours, ours.sign(ours.admit(account.address)))
    shared = [secrets.token_bytes(32) for _ in range(SHARED)]
    rights = [[secrets.token_bytes(32) for _ in shared] for _ in others]
    for account, own in zip(others, rights, strict=True):
        _sent(account, account.sign(account.draft(0, [Step(Kind.REGISTER, right) for right in own])))
    number = [1, 1]
    for start in range(0, SHARED, 20):
        under_way = []
        for index, account in enumerate(others):
            steps = [
                Step(Kind.PLEDGE, rights[index][place], secrets.token_bytes(32), (shared[place],))
                for place in range(start, start + 20)
            ]
            random.shuffle(steps)
            signed = account.sign(account.draft(number[index], steps))
            number[index] += 1
            account.send(signed.raw)
            under_way.append((account, signed))
        for account, signed in under_way:
            _awaited(account, signed)
    pledged = [
        [state.pledge != NOBODY for state in account.state(own)] for account, own in zip(others, rights, strict=True)
    ]
    both = sum(first and second for first, second in zip(*pledged, strict=True))
    neither = sum(not first and not second for first, second in zip(*pledged, strict=True))
    return both + neither


def _sent(client: RegistryClient, signed: Signed) -> None:
    client.send(signed.raw)
    _awaited(client, signed)


def _awaited(client: RegistryClient, signed: Signed) -> None:
    deadline = time.monotonic() + 60
    while (receipt := client.receipt(signed.id)) is None:
        if time.monotonic() > deadline:
            raise RuntimeError("the chain took the transaction into no block")
        time.sleep(0.05)
    if not receipt.succeeded:
        raise RuntimeError("the transaction failed")
