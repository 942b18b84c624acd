"""A revocation counts at once, whoever is looking at that moment."""

import threading
from collections.abc import Callable

from django.db import connection

from abs_platform.consent import services
from abs_platform.consent.models import Access, Grant
from abs_platform.core.errors import NotFound
from abs_platform.documents import services as documents
from tests.support.papers import Papers
from tests.support.stage import request_and_grant
from tests.support.world import World


def in_threads(*works: Callable[[], None]) -> None:
    """Run all at once; each in a connection of its own."""
    barrier = threading.Barrier(len(works))

    def run(work: Callable[[], None]) -> None:
        try:
            barrier.wait()
            work()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_in_a_race_a_look_comes_before_the_revocation_or_not_at_all(committed_world: World) -> None:
    """Several lookers and one who revokes, round after round: no look is logged, or shown, after the revocation."""
    world = committed_world
    [document] = world.supplier.submit({"o": Papers().order()})
    shown_after: list[str] = []
    outcomes = {"seen": 0, "refused": 0}
    for _ in range(6):
        grant = request_and_grant(world, world.bank, trades=[document.trade_id])
        begun, revoked = threading.Event(), threading.Event()

        def look(begun: threading.Event = begun, revoked: threading.Event = revoked) -> None:
            for _ in range(500):
                begun_after = revoked.is_set()
                try:
                    documents.look(actor=world.bank.actor, document_id=document.id, action="viewed")
                except NotFound:
                    outcomes["refused"] += 1
                    return
                else:
                    outcomes["seen"] += 1
                    begun.set()
                    if begun_after:
                        shown_after.append("shown after the revocation was done")

        def revoke(grant: Grant = grant, begun: threading.Event = begun, revoked: threading.Event = revoked) -> None:
            begun.wait(10)
            services.revoke(actor=world.supplier.actor, grant_id=grant.id)
            revoked.set()

        in_threads(look, look, revoke)
        grant.refresh_from_db()
        assert not Access.objects.filter(grant=grant, at__gt=grant.revoked_at).exists()
    assert shown_after == []
    assert Access.objects.count() == outcomes["seen"]
    assert outcomes["refused"] == 12, "each looker was refused in the end"
    assert outcomes["seen"] >= 6, "the race was none"
