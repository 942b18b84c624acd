"""The log against what stands outside of us: the contracts of its chains and the tokens of time-stamp authorities."""

from django.conf import settings
from django.db.models import Exists, OuterRef, Q

from abs_platform.integrations import chains
from abs_platform.integrations.chains import ChainError, NotConfigured
from abs_platform.ledger.audit.contracts import ContractAudit
from abs_platform.ledger.audit.memory import SeenChain
from abs_platform.ledger.audit.recomputation import Derived, Progress
from abs_platform.ledger.audit.report import Report, Wrong
from abs_platform.ledger.audit.tokens import audit_tokens
from abs_platform.ledger.models import RFC3161, Anchor, Chain, Channel
from abs_platform.ledger.states import AnchorState


def audit_chains(
    log: Channel, derived: Derived, seen: dict[str, SeenChain], report: Report, progress: Progress, *, using: str
) -> dict[str, SeenChain]:
    """Ask every chain, outside transactions. Returns how far each was found in order, for the memory. Raises Wrong.

    An incremental audit asks for the newest checkpoint that was seen before and for those after it.
    """
    checked = dict(seen)
    anchored = Anchor.objects.filter(channel=log, chain=OuterRef("id"), state=AnchorState.ANCHORED)
    found = list(Chain.objects.using(using).filter(Q(channels=log) | Q(Exists(anchored))).distinct().order_by("name"))
    _all_there(seen, {chain.name: chain for chain in found})
    for chain in found:
        if not chain.is_ready:
            continue  # setup_ledger has not been there yet
        before = seen.get(chain.name)
        try:
            _check_configured(chain)
            if chain.kind == RFC3161:
                checked[chain.name] = audit_tokens(log, chain, before, report, using=using)
            else:
                checked[chain.name] = ContractAudit(log, chain, derived, before, report, progress, using).run()
        except ChainError as error:
            if not isinstance(error, NotConfigured) or log in chain.channels.all():
                report.unreachable[chain.name] = str(error)
    return checked


def _all_there(seen: dict[str, SeenChain], found: dict[str, Chain]) -> None:
    """A chain that held checkpoints before and is still in ABS_CHAINS is still here, with a contract if it had one."""
    configured = {entry["name"] for entry in settings.CHAINS}
    for name, before in seen.items():
        gone = name not in found or (before.contract and not found[name].contract)
        if before.checked and name in configured and gone:
            where = f" in contract {before.contract}" if before.contract else ""
            raise Wrong(f"chain {name}", f"held {before.checked} checkpoints{where} and is gone")


def _check_configured(chain: Chain) -> None:
    """The row says of the chain what the environment says. Raises Wrong, NotConfigured."""
    entry = chains.configuration(chain.name)
    contract = str(entry.get("contract", ""))
    if entry["kind"] != chain.kind:
        raise Wrong(f"chain {chain.name}", f"is of kind {chain.kind} here and of kind {entry['kind']} in ABS_CHAINS")
    if contract and contract.lower() != chain.contract.lower():
        raise Wrong(f"chain {chain.name}", f"has contract {chain.contract} here and {contract} in ABS_CHAINS")
