"""Lending while everything is killed: what is torn, lost or done twice, with processes that die some three hundred times.

Eight rights are lent on and paid back ten times each, every right by a desk of its own (request, offer, acceptance, pay-out,
payment), while two workers take the pledges to a real chain. Desks and workers are processes; they die at every named crash
point in turn and, killed from outside, at random moments; what is dead is started again and goes on from what it finds. After
each tenth death, and at the end, everything must hold together, and at the end every loan was made exactly once.

The peer is the same pay-out and acceptance with the entry, or the registration, written after the commit instead of within it:
killed between, each must be found torn, or the check proves nothing.
"""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from django.core.management import call_command
from django.db import connection, transaction
from django.test import override_settings

from abs_platform.core import clock, crashpoints, jobs
from abs_platform.core.models import Job, JobState
from abs_platform.financing import acceptance, offers, pledging, requests
from abs_platform.financing.lending import journal, payments, services
from abs_platform.financing.lending.models import Entry, Loan
from abs_platform.financing.models import Invitation, Offer, Programme
from abs_platform.rights.models import Right
from abs_platform.rights.registry import contract
from tests.bench._measuring import Figure, Progress
from tests.bench._registry import pledged_events
from tests.support.dying import Mortal, dies
from tests.support.financing import ACCOUNT, Lending, performed, proposal_now
from tests.support.once import HEARING, differences, hear, problems, time_passes
from tests.support.world import World

RIGHTS = 8
LOANS = 10
WORKERS = 2
CONTROLS = 8
PATIENCE_SECONDS = 1200
DESK_POINTS = (
    "accept.moved", "accept.pledged", "accept.notified", "accept.registering", "accept.committed",
    "disburse.moved", "disburse.booked", "disburse.recorded", "disburse.committed",
    "repay.moved", "repay.booked", "repay.settled",
)  # fmt: skip
WORKER_POINTS = (
    "registry.signed", "registry.stored", "registry.sent", "registry.seen", "registry.settled", "job.rights.registry",
    "pledge.registered", "job.financing.registered",
)  # fmt: skip
OUTSIDE = ""  # no point of its own: it is killed from outside


def figures_of(progress: Progress) -> list[Figure]:
    """rights_kill: problems found; its peer: those of the negative control."""
    with TemporaryDirectory() as folder, override_settings(STORAGE_DIR=Path(folder) / "storage"):
        call_command("setup_ledger", verbosity=0)
        contract.prepare(say=progress)
        lending = Lending.at(World())
        programme = lending.programme()
        rights = [performed(lending.world, f"KILL-{number}") for number in range(RIGHTS)]
        hear()
        before = Counter(pledged_events())
        town = _Town(lending, programme, rights, progress)
        town.live()
        found = [*town.found, *_at_the_end(rights, before)]
        progress(f"kill -9: {town.told()}; problems: {found or 'none'}")
        torn = _control(lending, programme, progress)
    if torn < 2 * CONTROLS:
        raise RuntimeError(f"of {2 * CONTROLS} torn writes {torn} were found: the check proves nothing")
    return [
        {
            "name": "kill_problems", "value": len(found), "unit": f"in {town.kills.total()} kills",
            "peer": "written after the commit", "peer_value": torn,
            "ratio": (len(found) / town.kills.total()) / (torn / (2 * CONTROLS)), "goal": "<=0",
        }
    ]  # fmt: skip


# --- who lives and dies


@dataclass
class _Town:
    """Desks and workers, and whoever kills them."""

    lending: Lending
    programme: Programme
    rights: list[Right]
    progress: Progress
    kills: Counter[str] = field(default_factory=Counter)  # by crash point; "" from outside
    given_up: int = 0
    found: list[str] = field(default_factory=list)

    def live(self) -> None:
        """Until every desk is done."""
        chance = random.Random(20261127)
        points = {True: cycle([*DESK_POINTS, OUTSIDE]), False: cycle([*WORKER_POINTS, OUTSIDE])}
        alive: dict[str, tuple[Mortal, str]] = {}
        works = {f"desk-{right.id}": partial(_desk, self.lending, self.programme, right) for right in self.rights}
        works |= {f"worker-{number}": _work for number in range(WORKERS)}
        for name, work in works.items():
            alive[name] = self._born(work, next(points[name.startswith("desk")]))
        deadline = time.monotonic() + PATIENCE_SECONDS
        while any(name.startswith("desk") for name in alive):
            if time.monotonic() > deadline:
                raise RuntimeError(f"not done in {PATIENCE_SECONDS} s: {self.told()}")
            time.sleep(chance.uniform(0.02, 0.4))
            victim = chance.choice(list(alive))
            for name, (process, point) in list(alive.items()):
                if name != victim and process.is_alive:
                    continue
                was_alive = process.is_alive
                if not process.kill():
                    del alive[name]  # a desk that is done
                    continue
                self._count(OUTSIDE if was_alive else point)
                alive[name] = self._born(works[name], next(points[name.startswith("desk")]))
        for process, _ in alive.values():
            process.kill()
        time_passes()

    def _born(self, work: Callable[[], object], point: str) -> tuple[Mortal, str]:
        return Mortal(work, die_at=point), point

    def _count(self, point: str) -> None:
        self.kills[point] += 1
        time_passes()
        failed = list(Job.objects.filter(state=JobState.FAILED).values_list("id", flat=True))
        self.given_up += len(failed)
        for id in failed:
            jobs.retry_failed(id)
        if self.kills.total() % 10 == 0:
            with _one_moment():
                self.found += problems()
        if self.kills.total() % 100 == 0:
            self.progress(f"kill -9: {self.told()}")

    def told(self) -> str:
        points = [self.kills[point] for point in (*DESK_POINTS, *WORKER_POINTS)]
        settled = Loan.objects.filter(state="settled").count()
        return (
            f"{self.kills.total()} kills, {self.kills[OUTSIDE]} of them at random moments, the others at {len(points)} named "
            f"points (each {min(points)} to {max(points)} times); {settled} loans made and paid back; {self.given_up} jobs "
            "given up and revived"
        )


@contextmanager
def _one_moment() -> Iterator[None]:
    """All that is read is of one moment, whatever is written meanwhile."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def _work() -> None:
    """A worker: what waits for the chain, and what came from there."""
    while True:
        jobs.drain(kinds=HEARING, strict=False)
        time.sleep(0.02)


def _desk(lending: Lending, programme: Programme, right: Right) -> None:
    """Two people of the supplier and two of the funder, who go on from what they find until the right was lent on so often."""
    while _step(lending, programme, right):
        pass


def _step(lending: Lending, programme: Programme, right: Right) -> bool:
    """The next move on a right. False when all is done."""
    loans = Loan.objects.filter(pledges__right=right).order_by("-id")
    loan = loans.first()
    if loan is None or loan.state == "settled":
        if loans.count() >= LOANS:
            return False
        _ask(lending, programme, right)
    elif loan.state == "outstanding":
        _pay(lending, loan)
    elif loan.state == "disbursement_proposed":
        _disburse(lending, loan)()
    elif loan.pledges.filter(state="active").exists():
        _propose(lending, loan)
    else:
        time.sleep(0.02)  # the registry has not answered yet
    return True


def _ask(lending: Lending, programme: Programme, right: Right) -> None:
    supplier = lending.world.supplier.actor
    invitation = Invitation.objects.filter(
        request__rights__right=right, request__state__in=["draft", "submitted"]
    ).first()
    offer = Offer.objects.filter(invitation=invitation).first() if invitation else None
    if invitation is None:
        lending.drafted(programme, [right])
    elif invitation.request.state == "draft":
        requests.submit(actor=supplier, request_id=invitation.request_id)
    elif offer is None:
        lending.proposed(invitation)
    elif offer.state == "proposed":
        offers.approve(actor=lending.funder.actor, offer_id=offer.id)
    elif offer.state == "open":
        lending.accepting(offer)
    else:
        acceptance.accept(actor=supplier, offer_id=offer.id, amount=offer.amount)


def _disburse(lending: Lending, loan: Loan) -> Callable[[], Loan]:
    """To pay out what is proposed now."""
    return partial(
        services.disburse,
        actor=lending.funder2.actor,
        loan_id=loan.id,
        amount=loan.principal,
        proposal=proposal_now(loan),
    )


def _propose(lending: Lending, loan: Loan) -> None:
    services.propose_disbursement(
        actor=lending.funder.actor, loan_id=loan.id, payee_account=ACCOUNT, bank_reference=f"OUT-{loan.id}",
        disbursed_on=clock.today(),
    )  # fmt: skip


def _pay(lending: Lending, loan: Loan) -> None:
    """All that is owed, and some more."""
    payment = loan.payments.first()
    if payment is not None:
        payments.confirm(actor=lending.funder2.actor, payment_id=payment.id, amount=payment.amount)
        return
    payments.record(
        actor=lending.funder.actor, loan_id=loan.id, payer="supplier", right_id=None, amount=loan.principal * 2,
        received_on=clock.today(), bank_reference=f"IN-{loan.id}",
    )  # fmt: skip


# --- what must be so at the end


def _at_the_end(rights: list[Right], before: Counter[bytes]) -> list[str]:
    hear(timedelta(seconds=60))
    settled = Loan.objects.filter(state="settled")
    counted = {f"loans on {right.id}": (settled.filter(pledges__right=right).count(), LOANS) for right in rights}
    for kind in ("disbursement", "payment"):
        counted[f"entries of kind {kind}"] = Entry.objects.filter(kind=kind).count(), len(rights) * LOANS
    counted["pledges on the chain"] = (Counter(pledged_events()) - before).total(), len(rights) * LOANS
    wrong = (f"lost or twice: {there} {what}, not {due}" for what, (there, due) in counted.items() if there != due)
    return [*problems(), *differences(), *wrong]


# --- negative control


def _control(lending: Lending, programme: Programme, progress: Progress) -> int:
    """Torn writes that the check finds, of those that were torn: an acceptance and a pay-out of each right."""
    registered, booked = pledging.register, journal.book
    loans = []
    for number in range(CONTROLS):
        right = performed(lending.world, f"TORN-{number}")
        offer = lending.accepting(lending.offered(lending.invited(programme, [right])))
        accept = partial(acceptance.accept, actor=lending.world.supplier.actor, offer_id=offer.id, amount=offer.amount)
        with patch.object(pledging, "register", partial(_late, registered)):
            dies(accept, at="late")
        loans.append(Loan.objects.get(offer=offer))
    found = _kinds()["pledge without registration"]
    for loan in loans:
        with transaction.atomic():
            registered(actor=lending.world.supplier.actor, pledges=list(loan.pledges.all()))
    hear(timedelta(seconds=60))
    for loan in loans:
        _propose(lending, loan)
        disburse = _disburse(lending, loan)
        with patch.object(journal, "book", partial(_late, booked)):
            dies(disburse, at="late")
    found += _kinds()["money without entry"]
    progress(f"kill -9, written after the commit instead of within: {found} of {2 * CONTROLS} found torn")
    return found


def _late(write: Callable[..., object], **told: object) -> None:
    """Write after the commit what belongs within; the process dies between."""

    def write_later() -> None:
        crashpoints.reach("late")
        write(**told)

    transaction.on_commit(write_later)


def _kinds() -> Counter[str]:
    return Counter(each.partition(":")[0] for each in problems())
