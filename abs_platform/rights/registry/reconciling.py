"""Comparing this database with the registry, both ways. What differs is told and never mended: somebody has to look."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from abs_platform.core import audit, clock, jobs
from abs_platform.core.subjects import SubjectRef
from abs_platform.integrations.chains import ChainError
from abs_platform.integrations.registries import NOBODY, RegistryClient
from abs_platform.parties import selectors as parties
from abs_platform.parties.actor import Actor
from abs_platform.parties.roles import Role
from abs_platform.rights.registry import alerts, contract
from abs_platform.rights.registry.comparing import Difference, DoneStep, Expected, differences, expected
from abs_platform.rights.registry.models import LIVE, Reconciliation, Registry, RegistryBatch, RegistryEntry
from abs_platform.rights.registry.states import EntryState

JOB = "rights.reconcile"
PAGE = 200
MOST_TOLD = 200  # differences that a run keeps and tells; there is no end to them when a chain was replaced
KEEP_UNEVENTFUL = timedelta(days=30)

Json = dict[str, Any]  # Any: JSON


# --- reads


def runs(*, actor: Actor) -> QuerySet[Reconciliation]:
    """Every reconciliation, for operators and the risk officers of the operating network. Raises Forbidden."""
    _require(actor)
    return Reconciliation.objects.all()


# --- writes


@transaction.atomic
def request(*, actor: Actor) -> Reconciliation:
    """Have both sides compared in the background. Raises Forbidden."""
    _require(actor)
    run = Reconciliation.objects.create()
    jobs.enqueue(JOB, payload={"run": str(run.id)})
    audit.record(actor=actor, verb="registry.reconciliation_requested", subject=SubjectRef("reconciliation", run.id))
    return run


def _require(actor: Actor) -> None:
    """A comparison goes across all networks, so the officers of one see their own alerts and no more."""
    operator = parties.operating_organisation()
    if actor.has(Role.RISK_OFFICER) and operator is not None and actor.network_id == operator.network_id:
        return
    actor.require(Role.OPERATOR)


def reconcile(*, run_id: UUID | None = None) -> Reconciliation | None:
    """Compare both sides, keep what was found and tell the officers. May be repeated: a run that has ended stays as it is.
    Returns None before there is a registry. Call it outside transactions.
    """
    row = contract.known()
    run = _begun(run_id) if row or run_id else None
    if run is None or run.state != "running":
        return run
    if row is None:
        return _ended(run, state="unreachable", detail="there is no registry yet; run setup_registry")
    try:
        comparison = _Comparison(row, contract.client_of(row))
        found = [each for digest in comparison.rights() for each in digest]
    except ChainError as error:
        return _ended(run, state="unreachable", detail=str(error))
    return _kept(run, comparison, found[:MOST_TOLD])


def _begun(run_id: UUID | None) -> Reconciliation | None:
    return Reconciliation.objects.filter(id=run_id).first() if run_id else Reconciliation.objects.create()


@transaction.atomic
def _kept(run: Reconciliation, comparison: "_Comparison", found: Sequence[tuple[bytes, Difference]]) -> Reconciliation:
    told = []
    for digest, difference in found:
        right_id = (
            RegistryEntry.objects.filter(kind="register", digest=digest).values_list("right_id", flat=True).first()
        )
        each = {"kind": difference.kind, "here": difference.here, "there": difference.there}
        told.append({**each, "right": str(right_id or ""), "digest": digest.hex()})
        alerts.differs(right_id, digest=digest.hex(), difference=each)
    old = Reconciliation.objects.filter(state="in_order", finished_at__lt=clock.now() - KEEP_UNEVENTFUL)
    old.delete()
    return _ended(
        run,
        state="differs" if told else "in_order",
        differences=told,
        rights=comparison.compared,
        pledges=comparison.pledges,
        fingerprints=comparison.fingerprints,
    )


def _ended(run: Reconciliation, **values: Any) -> Reconciliation:  # Any: the row's columns
    running = Reconciliation.objects.filter(id=run.id, state="running")
    running.update(finished_at=clock.now(), **values)
    run.refresh_from_db()
    return run


class _Comparison:
    """One pass over both sides. Rights with a step under way are left for the next one."""

    def __init__(self, row: Registry, client: RegistryClient) -> None:
        self._row = row
        self._client = client
        self.compared = self.pledges = self.fingerprints = 0

    def rights(self) -> Iterator[list[tuple[bytes, Difference]]]:
        """The differences of each page of rights: those that the registry names, then those that only we know."""
        yield self._of_batches()
        seen: set[bytes] = set()
        first = 0
        while page := self._client.registered(self._row.platform, first, PAGE):
            yield self._page(page)
            seen.update(page)
            first += len(page)
        only_here = [
            digest
            for digest in map(bytes, RegistryEntry.objects.filter(kind="register").values_list("digest", flat=True))
            if digest not in seen
        ]
        for start in range(0, len(only_here), PAGE):
            yield self._page(only_here[start : start + PAGE])

    def _of_batches(self) -> list[tuple[bytes, Difference]]:
        """Our account's transactions there, against those we know of."""
        here = RegistryBatch.objects.filter(contract=self._row.contract, state__in=LIVE).count()
        there = self._client.carried(self._row.platform)
        open_ones = RegistryBatch.objects.filter(contract=self._row.contract, state__in=LIVE).exclude(state="settled")
        if here - open_ones.count() <= there <= here:
            return []
        return [(NOBODY, Difference("batches", str(here), str(there)))]

    def _page(self, digests: Sequence[bytes]) -> list[tuple[bytes, Difference]]:
        """Two looks at what differs: whatever changed between them, or is changing, is for the next pass."""
        found = self._look(digests)
        self.compared += len(digests)
        if not found:
            return []
        again = self._look(sorted({digest for digest, _ in found}), count=False)
        return [each for each in again if each in found]

    def _look(self, digests: Sequence[bytes], *, count: bool = True) -> list[tuple[bytes, Difference]]:
        here = _expected_of(digests)
        held = sorted({each for right in here.values() for each in right.fingerprints})
        claimants = dict(zip(held, self._claimants(held), strict=True))
        there = dict(zip(digests, self._client.state(digests), strict=True))
        if count:
            self.fingerprints += len(held)
            self.pledges += sum(
                here[digest].pledge != NOBODY or there[digest].pledge != NOBODY for digest in digests if digest in here
            )
        return [
            (digest, each)
            for digest in digests
            if digest in here
            for each in differences(
                digest, here[digest], there[digest], platform=self._row.platform, claimants=claimants
            )
        ]

    def _claimants(self, fingerprints: Sequence[bytes]) -> list[bytes]:
        pages = (fingerprints[start : start + PAGE] for start in range(0, len(fingerprints), PAGE))
        return [each for page in pages for each in self._client.claimants(page)]


def _expected_of(digests: Sequence[bytes]) -> dict[bytes, Expected]:
    """How each right should stand, without those that have a step under way."""
    steps: dict[bytes, list[DoneStep]] = {digest: [] for digest in digests}
    under_way = set()
    # By right: of all a right's steps, its registration alone is found by digest.
    registered = RegistryEntry.objects.filter(kind="register", digest__in=list(digests))
    right_ids = list(registered.values_list("right_id", flat=True))
    for entry in RegistryEntry.objects.filter(right_id__in=right_ids, digest__in=list(digests)).order_by("id"):
        digest = bytes(entry.digest)
        if entry.state in (EntryState.PENDING, EntryState.SENT):
            under_way.add(digest)
        elif entry.state == EntryState.DONE:
            fingerprints = tuple(bytes(each) for each in entry.fingerprints or ())
            pledge = bytes(entry.pledge_digest) if entry.pledge_digest is not None else None
            steps[digest].append(DoneStep(entry.kind, entry.rung, pledge, fingerprints))
    return {digest: expected(done) for digest, done in steps.items() if digest not in under_way}
