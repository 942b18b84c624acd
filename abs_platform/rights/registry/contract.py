"""The contract that the registry is: making it ready, asking it, and what ails it."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from django.conf import settings
from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Coalesce

from abs_platform.core import clock, jobs
from abs_platform.core.errors import Unavailable
from abs_platform.integrations import chains, registries
from abs_platform.integrations.chains import ChainError, Receipt, Rejected, Unreachable
from abs_platform.integrations.registries import RegistryClient
from abs_platform.rights.registry.models import LIVE, Registry, RegistryBatch, RegistryEntry
from abs_platform.rights.registry.states import BatchState, EntryState

Say = Callable[[str], None]
Answer = TypeVar("Answer")
PATIENCE = timedelta(seconds=60)


class SetupRefused(Exception):
    """The registry cannot be made ready without a decision by an operator; the message says which."""


# --- asking


def known() -> Registry | None:
    """The registry, None before `setup_registry` has run."""
    return Registry.objects.first()


def client_of(row: Registry) -> RegistryClient:
    """A client of the contract with our key. Raises NotConfigured."""
    return registries.client(row.chain, contract=row.contract)


def asked(question: Callable[[RegistryClient], Answer]) -> Answer:
    """What the contract answers. Raises Unavailable where it cannot be asked. Call it outside transactions."""
    row = known()
    if row is None:
        raise Unavailable(
            "registry_not_set_up", "There is no registry of rights yet. Have the operator run setup_registry."
        )
    try:
        return question(client_of(row))
    except ChainError as error:
        raise Unavailable(
            "registry_unreachable", "The registry of rights does not answer. Nothing was changed; try again later."
        ) from error


def trouble() -> str:
    """What is wrong with the registry, in words; empty when nothing is."""
    row = known()
    if row is not None:
        return row.trouble
    return "not set up; steps wait in the database" if RegistryEntry.objects.exists() else ""


def note(reason: str, words: str) -> None:
    """Keep the trouble, and since when; nothing is written while nothing changes."""
    rows = Registry.objects.exclude(trouble_reason=reason, trouble=words)
    rows.update(
        trouble_reason=reason,
        trouble=words,
        trouble_since=Coalesce("trouble_since", Value(clock.now())) if words else None,
    )


# --- making ready


def prepare(*, say: Say) -> None:
    """Take the configured contract or deploy one where the chain is a development chain. Safe to repeat.

    Raises SetupRefused, and ChainError where the chain does not answer.
    """
    name: str = settings.REGISTRY_CHAIN
    if name == "none":
        say("no chain for the registry of rights: its steps wait in the database")
        return
    entry = chains.configuration(name)
    configured: str = settings.REGISTRY_CONTRACT
    row = known()
    client = registries.client(name, contract=configured or (row.contract if row and row.chain == name else ""))
    chain_id = client.chain_id()
    if row is not None and _is_same(row, name, chain_id, configured) and client.is_admitted():
        Registry.objects.update(confirmations=entry.get("confirmations", 1))
        return
    if row is not None and settings.PRODUCTION:
        raise SetupRefused(
            f"the registry was contract {row.contract} on chain {row.chain} ({row.chain_id}) and is not that any more, or it "
            f"no longer admits our account {client.address}. What is registered there is evidence, so nothing is redone by "
            "itself: point ABS_REGISTRY_CHAIN and ABS_REGISTRY_CONTRACT to it, or have its owner admit the account."
        )
    contract = configured or _deployed(client, say)
    if configured and not client.is_admitted():
        raise SetupRefused(
            f"the contract {configured} on {name} does not admit our account {client.address}: have its owner call admit "
            "with it, or correct ABS_REGISTRY_CONTRACT"
        )
    _remember(
        {
            "chain": name,
            "chain_id": chain_id,
            "contract": contract,
            "platform": client.address,
            "confirmations": entry.get("confirmations", 1),
        },
        say,
    )


def _is_same(row: Registry, name: str, chain_id: int, configured: str) -> bool:
    same_contract = not configured or configured.lower() == row.contract.lower()
    return (row.chain, row.chain_id) == (name, chain_id) and same_contract


def _deployed(client: RegistryClient, say: Say) -> str:
    """A contract of our own that admits us: a consortium of one, as development has it."""
    if settings.PRODUCTION:
        raise SetupRefused(
            "set ABS_REGISTRY_CONTRACT: in production the registry is the consortium's, not ours to deploy"
        )
    if client.fund():
        say("registry of rights: development chain, our account filled")
    contract = client.establish()
    signed = client.sign(client.admit(client.address))
    client.send(signed.raw)
    if not _awaited(client, signed.id).succeeded:
        raise Rejected("refused", "the new registry did not admit our account")
    say(f"registry of rights deployed at {contract}")
    return contract


def _awaited(client: RegistryClient, transaction_id: bytes) -> Receipt:
    """Where a transaction of the setting up came to. Raises Unreachable when no block takes it."""
    deadline = time.monotonic() + PATIENCE.total_seconds()
    while (receipt := client.receipt(transaction_id)) is None:
        if time.monotonic() > deadline:
            raise Unreachable(f"no block took the transaction within {PATIENCE.total_seconds():.0f} s")
        time.sleep(0.1)
    return receipt


@transaction.atomic
def _remember(values: dict[str, Any], say: Say) -> None:  # Any: the row's columns
    """Note the contract. What an earlier one held goes to this one, in the same order."""
    before = Registry.objects.select_for_update().first()
    if before is not None and before.contract != values["contract"]:
        now = clock.now()
        RegistryEntry.objects.filter(state__in=[EntryState.SENT, EntryState.DONE]).update(
            state=EntryState.PENDING, batch=None, changed_at=now
        )
        RegistryBatch.objects.filter(state__in=LIVE).update(
            state=BatchState.ABANDONED,
            reason="the registry began anew with another contract",
            transaction=None,
            block=None,
            block_hash=None,
            block_time=None,
            changed_at=now,
        )
        say("another registry of rights: every step goes there anew")
    fresh = {"head": None, "head_seen_at": None, "trouble_reason": "", "trouble": "", "trouble_since": None}
    Registry.objects.update_or_create(id=1, defaults={**values, **fresh})
    if RegistryEntry.objects.filter(state=EntryState.PENDING).exists():
        jobs.enqueue("rights.registry", key="rights.registry")
