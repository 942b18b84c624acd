"""The tokens of a time-stamp authority (RFC 3161): each is verified again, which needs no network."""

from abs_platform.integrations import timestamps
from abs_platform.integrations.timestamps import InvalidToken
from abs_platform.ledger.audit.memory import SeenChain
from abs_platform.ledger.audit.report import Mode, Report, Wrong
from abs_platform.ledger.models import Anchor, Chain, Channel
from abs_platform.ledger.stamping import stamped
from abs_platform.ledger.states import AnchorState


def audit_tokens(log: Channel, chain: Chain, seen: SeenChain | None, report: Report, *, using: str) -> SeenChain:
    """What we call stamped carries a token over its checkpoint, of a trusted authority and of the time that we say.

    Tokens that were seen are held against their number. Raises Wrong, and ChainError when no root can be read.
    """
    authority = timestamps.authority(chain.name)
    start = max(0, seen.checked - 1) if seen and report.mode is Mode.INCREMENTAL else 0
    anchors = Anchor.objects.using(using).filter(channel=log, chain=chain, state=AnchorState.ANCHORED, index__gte=start)
    checked = start
    for anchor in anchors.select_related("checkpoint").order_by("index"):
        row = f"anchor {anchor.index} on {chain.name}"
        checkpoint = anchor.checkpoint
        if (anchor.size, anchor.channel_id) != (checkpoint.size, checkpoint.channel_id):
            raise Wrong(row, f"is of size {anchor.size}, its checkpoint of {checkpoint.size}")
        try:
            time = authority.verify(bytes(anchor.token or b""), stamped(checkpoint))
        except InvalidToken as error:
            raise Wrong(row, str(error)) from error
        if time != anchor.block_time:
            raise Wrong(row, f"says {anchor.block_time}, its token {time}")
        report.anchors += 1
        checked += anchor.index == checked
    if seen is not None and checked < seen.checked:
        raise Wrong(f"anchor {checked} on {chain.name}", "was seen before and is gone")
    return SeenChain("", checked)
