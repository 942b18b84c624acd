"""Making the logs ready for use: channels, chains with their contracts, and a trust file for each log. Safe to repeat."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from abs_platform.core import clock
from abs_platform.integrations import chains, timestamps
from abs_platform.integrations.chains import ChainClient, ChainError
from abs_platform.ledger import keys
from abs_platform.ledger.audit import account
from abs_platform.ledger.models import EVM, RFC3161, Anchor, Chain, Channel, ChannelChain, Checkpoint
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
    rows = _chains()
    channels = [_channel(entry, rows, say) for entry in settings.CHANNELS]
    _tell_forgotten(channels, say)
    unreachable = []
    for row in rows:
        try:
            _establish(row, say)
        except ChainError as error:
            say(f"chain {row.name}: not ready: {error}")
            unreachable.append(row.name)
    with transaction.atomic():
        for channel in channels:
            if Checkpoint.objects.filter(channel=channel).exists():
                enqueue_anchors(Chain.objects.filter(channels=channel))
    write_trust_files()
    for channel in channels:
        say(f"channel {channel.name}: trust file {trust_file(channel.name)}")
    return unreachable


def trust_file(channel: str) -> Path:
    """Where the channel's trust file is kept."""
    file: Path = settings.TRUST_FILE
    return file if channel == MAIN else file.with_name(f"{file.stem}-{channel}{file.suffix}")


def write_trust_files() -> None:
    """Write every log's trust file, after what they say has changed."""
    for channel in Channel.objects.values_list("name", flat=True):
        write_trust_file(trust_file(channel), channel)


def write_trust_file(file: Path, channel: str = MAIN) -> None:
    """Write the trust file whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps(trust(channel=channel), indent=2) + "\n")
    draft.replace(file)


def _chains() -> list[Chain]:
    """One row for each configured chain."""
    rows = []
    with transaction.atomic():
        publisher = keys.first_chain_publisher()
        for entry in settings.CHAINS:
            known = Chain.objects.filter(name=entry["name"]).first()
            if known is not None and known.kind != entry["kind"]:
                raise SetupRefused(
                    f"{known.name} is set up as {known.kind}, and ABS_CHAINS calls it {entry['kind']}: what was anchored "
                    "there is evidence of its kind. Give the other one another name."
                )
            row, _ = Chain.objects.update_or_create(
                name=entry["name"], defaults={"kind": entry["kind"], "confirmations": entry.get("confirmations", 1)}
            )
            if row.kind == EVM and row.publisher is None:
                row.publisher = publisher
                row.save(update_fields=["publisher"])
            rows.append(row)
    return rows


def _channel(entry: dict[str, Any], rows: list[Chain], say: Say) -> Channel:  # Any: JSON of ABS_CHANNELS
    """The channel of an entry of ABS_CHANNELS, linked to its chains and to no other."""
    fixed = {name: entry[name] for name in ("origin", "hash")}
    with transaction.atomic():
        if Channel.objects.filter(origin=entry["origin"]).exclude(name=entry["name"]).exists():
            raise SetupRefused(
                f"the origin {entry['origin']!r} belongs to another channel; give {entry['name']} its own"
            )
        channel, created = Channel.objects.get_or_create(name=entry["name"], defaults=fixed)
        for name, wanted in fixed.items():
            present = getattr(channel, name)
            if present != wanted:
                raise SetupRefused(
                    f"the {name} of channel {channel.name} is {present!r} and is configured as {wanted!r}: every signed "
                    "checkpoint stands on it, so it cannot change. Set it back in ABS_LOG_ORIGIN or ABS_CHANNELS."
                )
        if channel.required != entry["required"]:
            channel.required = entry["required"]
            channel.save(update_fields=["required"])
        linked = [row for row in rows if entry["chains"] is None or row.name in entry["chains"]]
        for row in linked:
            ChannelChain.objects.get_or_create(channel=channel, chain=row)
        ChannelChain.objects.filter(channel=channel).exclude(chain__in=linked).delete()
    if created:
        say(f"channel {channel.name}: origin {channel.origin}")
    return channel


def _tell_forgotten(channels: list[Channel], say: Say) -> None:
    for channel in Channel.objects.exclude(id__in=[channel.id for channel in channels]).order_by("name"):
        say(f"channel {channel.name} is not in ABS_CHANNELS any more: it stays as it is")


def _establish(row: Chain, say: Say) -> None:
    """Make sure that the chain has our contract, and that an authority's roots can be read."""
    if row.kind == RFC3161:
        timestamps.authority(row.name)
        return
    configured = str(chains.configuration(row.name).get("contract", ""))
    client = chains.client(row.name, contract=configured or row.contract, key=_publisher(row))
    chain_id = client.chain_id()
    if row.contract and (configured or row.contract).lower() == row.contract.lower() and chain_id == row.chain_id:
        if client.is_established():
            return
        _reset(row, client, say, reason=f"contract {row.contract} is no longer on chain {chain_id}")
    elif row.contract:
        _reset(row, client, say, reason=f"the chain was {row.chain_id} with contract {row.contract}, now it is another")
    else:
        _use(row, client, say)


def _publisher(row: Chain) -> str:
    """The name of the key that publishes on the chain."""
    if row.publisher is None:
        raise LookupError(f"chain {row.name} has no publisher's key")
    return row.publisher.name


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
        locked.trouble_reason, locked.trouble, locked.trouble_since = "", "", None
        locked.save(update_fields=["chain_id", "contract", "trouble_reason", "trouble", "trouble_since"])


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
        Chain.objects.filter(id=row.id).update(contract="", chain_id=None, head=None, sequence=None, balance=None)
    _use(row, client, say)
