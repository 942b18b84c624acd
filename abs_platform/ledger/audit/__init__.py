"""The auditor: derives the log again from its records and names the first row that does not fit.

records → entries → leaf hashes → leaves → tiles → roots → signed checkpoints → cosignatures → what the auditor saw last
time → chains. It believes no stored hash: each is compared with one computed from the records.
"""

from django.conf import settings
from django.db import connections, transaction

from abs_platform.ledger.audit.account import ALIAS
from abs_platform.ledger.audit.memory import Memory, Seen, remembered_channels
from abs_platform.ledger.audit.outside import audit_chains
from abs_platform.ledger.audit.recomputation import Derived, Progress, Recomputation
from abs_platform.ledger.audit.report import Mode, Report, Wrong
from abs_platform.ledger.models import Channel
from abs_platform.ledger.services import MAIN


def _silently(done: int, total: int) -> None:
    """No progress is told."""


def audit(*, channel: str = MAIN, mode: Mode = Mode.FULL, progress: Progress = _silently, using: str = ALIAS) -> Report:
    """Audit one channel through the database account `using`. Call it outside transactions; it writes nothing but its own
    memory. Raises LookupError for a channel that neither is nor was there, UnreadableMemory, and whatever the database does.
    """
    memory = Memory(settings.STATE_DIR / "audit", channel)
    seen = memory.recall()
    report = Report(channel, mode if seen else Mode.FULL)
    try:
        log = _log(channel, seen, using)
        derived = _derive(log, seen, report, progress, using)
        checked = audit_chains(log, derived, seen.chains if seen else {}, report, progress, using=using)
    except Wrong as wrong:
        report.wrong = {"row": wrong.row, "detail": wrong.detail}
    else:
        if derived.size:
            memory.remember(derived.seen(log, checked))
    finally:
        if not connections[using].in_atomic_block:
            connections[using].close()
    return report


def channels(*, using: str = ALIAS) -> list[str]:
    """The channels that there are, and those that an audit saw before and that are gone."""
    there = Channel.objects.using(using).values_list("name", flat=True)
    return sorted({*there, *remembered_channels(settings.STATE_DIR / "audit")})


def _log(channel: str, seen: Seen | None, using: str) -> Channel:
    log = Channel.objects.using(using).filter(name=channel).first()
    if log is None:
        if seen is None:
            raise LookupError(f"there is no channel {channel!r}")
        raise Wrong(f"channel {channel}", f"was seen before with {seen.size} leaves and is gone")
    if seen is not None and (log.origin, log.hash) != (seen.origin, seen.hash):
        raise Wrong(
            f"channel {channel}", f"is {log.origin} with {log.hash} now, was {seen.origin} with {seen.hash} before"
        )
    return log


def _derive(log: Channel, seen: Seen | None, report: Report, progress: Progress, using: str) -> Derived:
    """Recompute on one snapshot."""
    connection = connections[using]
    with transaction.atomic(using=using):
        if not connection.savepoint_ids:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        return Recomputation(log, seen, report, progress, using=using).run()
