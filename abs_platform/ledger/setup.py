"""Making the log ready for use: its channel, its chains with their contracts, and the trust file. Safe to repeat."""

import json
import os
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import transaction

from abs_platform.core import clock
from abs_platform.integrations import chains
from abs_platform.integrations.chains import ChainClient, ChainError
from abs_platform.ledger import keys
from abs_platform.ledger.audit import account
from abs_platform.ledger.models import Anchor, Chain, Channel, ChannelChain, Checkpoint
from abs_platform.ledger.selectors import trust
from abs_platform.ledger.services import MAIN, enqueue_anchors
from abs_platform.ledger.states import LIVE, AnchorState

Say = Callable[[str], None]


class SetupRefused(Exception):
    """The log cannot be made ready without a decision by an operator; the message says which."""


def prepare(*, say: Say) -> list[str]:
    """Make everything ready that can be. Returns the chains that could not be reached (the others are ready).

    Raises SetupRefused where going on could lose evidence, ChainError when a chain that was never set up refuses.
    """
    account.grant(say=say)
    keys.establish()
    channel = _channel(say)
    rows = _chains(channel)
    unreachable = []
    for row in rows:
        try:
            _establish(row, say)
        except ChainError as error:
            say(f"chain {row.name}: not ready: {error}")
            unreachable.append(row.name)
    with transaction.atomic():
        if Checkpoint.objects.filter(channel=channel).exists():
            enqueue_anchors(Chain.objects.filter(channels=channel))
    write_trust_file(settings.TRUST_FILE)
    say(f"trust file: {settings.TRUST_FILE}")
    return unreachable


def write_trust_files() -> None:
    """Write every log's trust file, after what they say has changed."""
    write_trust_file(settings.TRUST_FILE)


def write_trust_file(file: Path) -> None:
    """Write the trust file whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps(trust(), indent=2) + "\n")
    draft.replace(file)


def _channel(say: Say) -> Channel:
    channel, created = Channel.objects.get_or_create(name=MAIN, defaults={"origin": settings.LOG_ORIGIN})
    if channel.origin != settings.LOG_ORIGIN:
        raise SetupRefused(
            f"the log's origin is {channel.origin!r} and ABS_LOG_ORIGIN is {settings.LOG_ORIGIN!r}: every signed "
            "checkpoint carries the origin, so it cannot change. Set ABS_LOG_ORIGIN back."
        )
    if created:
        say(f"channel {channel.name}: origin {channel.origin}")
    return channel


def _chains(channel: Channel) -> list[Chain]:
    """One row for each configured chain, linked to the channel; chains no longer configured are unlinked."""
    rows = []
    with transaction.atomic():
        for entry in settings.CHAINS:
            row, _ = Chain.objects.update_or_create(
                name=entry["name"], defaults={"kind": entry["kind"], "confirmations": entry.get("confirmations", 1)}
            )
            ChannelChain.objects.get_or_create(channel=channel, chain=row)
            rows.append(row)
        ChannelChain.objects.filter(channel=channel).exclude(chain__in=rows).delete()
    return rows


def _establish(row: Chain, say: Say) -> None:
    """Make sure that the chain has our contract."""
    configured = str(chains.configuration(row.name).get("contract", ""))
    client = chains.client(row.name, contract=configured or row.contract)
    chain_id = client.chain_id()
    if row.contract and (configured or row.contract).lower() == row.contract.lower() and chain_id == row.chain_id:
        if client.is_established():
            return
        _reset(row, client, say, reason=f"contract {row.contract} is no longer on chain {chain_id}")
    elif row.contract:
        _reset(row, client, say, reason=f"the chain was {row.chain_id} with contract {row.contract}, now it is another")
    else:
        _use(row, client, say)


def _use(row: Chain, client: ChainClient, say: Say) -> None:
    """Take the configured contract, or deploy one, and remember it."""
    configured = str(chains.configuration(row.name).get("contract", ""))
    if configured:
        if not client.is_established():
            raise SetupRefused(f"chain {row.name} has no contract at {configured}; correct it in ABS_CHAINS")
        contract = configured
    else:
        if client.fund():
            say(f"chain {row.name}: development chain, publisher's account filled")
        contract = client.establish()
        say(f"chain {row.name}: contract deployed at {contract}")
    with transaction.atomic():
        locked = Chain.objects.select_for_update().get(id=row.id)
        locked.chain_id, locked.contract = client.chain_id(), contract
        locked.trouble, locked.trouble_since = "", None
        locked.save(update_fields=["chain_id", "contract", "trouble", "trouble_since"])


def _reset(row: Chain, client: ChainClient, say: Say, *, reason: str) -> None:
    """The chain begins anew. In development start over on it; in production somebody must decide."""
    if settings.PRODUCTION:
        raise SetupRefused(
            f"chain {row.name}: {reason}. Anchors made there are evidence, so nothing is redone by itself. Point "
            "ABS_CHAINS at the chain that holds them, or give a chain that starts anew another name."
        )
    say(f"chain {row.name}: {reason}; starting over: every checkpoint's anchor there is void, the newest goes first")
    with transaction.atomic():
        Anchor.objects.filter(chain=row, state__in=LIVE).update(
            state=AnchorState.ABANDONED, reason=reason, changed_at=clock.now()
        )
        Chain.objects.filter(id=row.id).update(contract="", chain_id=None, head=None)
    _use(row, client, say)
