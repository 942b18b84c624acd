"""What must be true of money and pledges at any moment, however many processes died at whichever."""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

from django.db.models import F, Q, Sum

from abs_platform.core import clock, jobs
from abs_platform.core.models import AuditEntry, Job, JobState
from abs_platform.financing.lending.models import Entry, Loan, LoanFact, Payment, Payout, Posting
from abs_platform.financing.models import Notice, Offer, Pledge
from abs_platform.financing.states import COUNTING, HOLDING
from abs_platform.ledger.models import Record
from abs_platform.rights.models import Right
from abs_platform.rights.registry import contract, digests
from abs_platform.rights.registry.models import Registry, RegistryEntry

LENT = ("outstanding", "settled", "write_off_proposed", "written_off")
HEARING = ("rights.registry", "financing.registered", "financing.refused")
"""Jobs that take steps to the registry, and those that hear what it answers."""


def hear(patience: timedelta = timedelta(seconds=20)) -> None:
    """Everything goes to the chain, and what it answers is heard: what a worker does, until nothing is left."""
    jobs.drain(kinds=HEARING, patience=patience)


def time_passes() -> None:
    """A minute, for every job: the leases of the dead run out, what waits for another try is due."""
    now = clock.now()
    Job.objects.filter(state=JobState.RUNNING).update(lease_until=now - timedelta(seconds=1))
    Job.objects.filter(state=JobState.QUEUED).update(run_at=now)


def problems() -> list[str]:
    """What is torn, missing or doubled: each begins with its kind. Nothing, when all is well."""
    return [*_of_money(), *_of_pledges(), *_of_registrations()]


def _told(kind: str, wrong: Iterable[object]) -> list[str]:
    return [f"{kind}: {each}" for each in wrong]


def _of_money() -> list[str]:
    lent = Counter(Loan.objects.filter(state__in=LENT).values_list("id", flat=True))
    paid = Counter(Payment.objects.filter(state__in=COUNTING).values_list("id", flat=True))
    entries = Entry.objects.order_by("id")
    disbursed = Counter(entries.filter(kind="disbursement").values_list("loan_id", flat=True))
    booked = Counter(entries.filter(kind="payment").values_list("effect", flat=True))
    paid_out = {f"payout:{id}" for id in Payout.objects.filter(state="confirmed").values_list("id", flat=True)}
    booked_out = Counter(entries.filter(kind="payout").values_list("effect", flat=True))
    facts = Counter(LoanFact.objects.filter(template="loan.disbursed/v1").values_list("loan_id", flat=True))
    trail = Counter(AuditEntry.objects.filter(verb="loan.disbursed").values_list("subject_id", flat=True))
    records = set(Record.objects.values_list("id", flat=True))
    sums = Posting.objects.values("entry").annotate(of=Sum(F("debit") - F("credit"), default=Decimal(0)))
    return [
        *_told("money without entry", (lent - disbursed)),
        *_told("entry without money", (disbursed - lent)),
        *_told("payment without entry", set(paid) - {_id_of(effect) for effect in booked}),
        *_told("entry without payment", {_id_of(effect) for effect in booked} - set(paid)),
        *_told("payout without entry", Counter(paid_out) - booked_out),
        *_told("entry without payout", booked_out - Counter(paid_out)),
        *_told("without record", (lent - facts) | (facts - lent) | (lent - trail) | (trail - lent)),
        *_told("without record", set(LoanFact.objects.values_list("record_id", flat=True)) - records),
        *_told("unbalanced", sums.exclude(of=0).values_list("entry", flat=True)),
    ]


def _id_of(effect: str) -> object:
    return Payment.objects.values_list("id", flat=True).get(id=effect.partition(":")[2])


def _of_pledges() -> list[str]:
    accepted = Counter(Offer.objects.filter(state="accepted").values_list("id", flat=True))
    loans = Counter(Loan.objects.values_list("offer_id", flat=True))
    held = Counter(Pledge.objects.filter(state__in=HOLDING).values_list("right_id", "id"))
    encumbered = Counter(Right.objects.filter(state="encumbered").values_list("id", "encumbered_by"))
    shares = Loan.objects.annotate(lent=Sum("pledges__held_for")).exclude(lent=F("principal"))
    return [
        *_told("acceptance without loan", accepted - loans),
        *_told("loan without acceptance", loans - accepted),
        *_told("loan not carried by its pledges", shares.values_list("id", flat=True)),
        *_told("loan without notice", Loan.objects.filter(notice=None).values_list("id", flat=True)),
        *_told("pledged twice", [right for right, count in Counter(r for r, _ in held).items() if count > 1]),
        *_told("pledge without its right", (held - encumbered)),
        *_told("right without its pledge", (encumbered - held)),
        *_told(
            "told of what is not registered",
            Notice.objects.filter(sent_at__isnull=False, loan__pledges__registered_at=None).values_list(
                "id", flat=True
            ),
        ),
    ]


def _of_registrations() -> list[str]:
    steps = {row.pledge_id: row for row in RegistryEntry.objects.filter(kind="pledge")}
    pledges = list(Pledge.objects.all())
    waiting = RegistryEntry.objects.filter(~Q(state__in=["done", "refused"]))
    alive = Job.objects.filter(kind="rights.registry", state__in=[JobState.QUEUED, JobState.RUNNING])
    active = [each for each in pledges if each.state == "active"]
    return [
        *_told("pledge without registration", {each.id for each in pledges} - set(steps)),
        *_told("registration without pledge", set(steps) - {each.id for each in pledges}),
        *_told(
            "active and not registered", [each.id for each in active if steps[each.id].state not in ("done", "sent")]
        ),
        *_told("registration that nobody carries", [] if alive.exists() else waiting.values_list("effect", flat=True)),
    ]


def differences() -> list[str]:
    """Where the chain holds another pledge than we do. Asked once everything is carried."""
    client = contract.client_of(Registry.objects.get())
    ours = {each.right_id: each for each in Pledge.objects.filter(state__in=HOLDING)}
    found = []
    for right_id in RegistryEntry.objects.filter(kind="register").values_list("right_id", flat=True):
        [there] = client.state([digests.of_right(right_id)])
        pledge = ours.get(right_id)
        expected = (
            digests.of_pledge(right_id=right_id, pledge_id=pledge.id, holder_id=pledge.holder_id)
            if pledge
            else bytes(32)
        )
        if there.pledge != expected:
            found.append(f"on chain: {right_id}")
    return found
