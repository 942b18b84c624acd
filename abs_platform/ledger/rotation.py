"""Changing the keys that sign checkpoints: the change itself stands in every log, under the old key's last checkpoint."""

from django.db import transaction

from abs_platform.core import audit, clock
from abs_platform.core.subjects import SubjectRef
from abs_platform.ledger import keys, services, setup
from abs_platform.ledger.key_models import PublisherKey
from abs_platform.ledger.models import Channel
from abs_platform.parties.actor import PLATFORM, Actor
from abs_platform.parties.roles import Role


def rotate(*, algorithm: str, actor: Actor) -> PublisherKey:
    """Retire the key that signs checkpoints by this algorithm and let a new one sign from now on.

    Each channel gets a record that announces the change, and the old key's last checkpoint covers it. Nothing is sealed
    while the key changes, so that the size up to which the old key counts is fixed with it. The trust files are written
    anew: readers with the old one refuse what comes after. Raises Forbidden; ValueError for an algorithm that signs none.
    """
    if actor is not PLATFORM:
        actor.require(Role.OPERATOR)
    if algorithm not in keys.FIRST_NAMES:
        raise ValueError(f"{algorithm!r} signs no checkpoints")
    for name in Channel.objects.values_list("name", flat=True):
        _seal_all(name)  # what waits is sealed before the locks are taken, so that they are held briefly
    with transaction.atomic():
        channels = list(Channel.objects.select_for_update(no_key=True).order_by("name"))
        old = PublisherKey.objects.select_for_update().get(algorithm=algorithm, retired_at=None)
        new = keys.next_key(algorithm)
        commitment = keys.announcement(algorithm=algorithm, public=bytes(new.public), predecessor=bytes(old.public))
        for channel in channels:
            services.append(
                subject=SubjectRef("publisher_key", new.id),
                template=keys.CHANGE_TEMPLATE,
                commitment=commitment,
                actor=actor,
                channel=channel.name,
            )
            _seal_all(channel.name)
        old.retired_at = clock.now()
        old.save(update_fields=["retired_at"])
        new.save(force_insert=True)
        audit.record(
            actor=actor,
            verb="ledger.key_rotated",
            subject=SubjectRef("publisher_key", new.id),
            detail={"algorithm": algorithm, "name": new.name, "predecessor": old.name},
        )
        transaction.on_commit(setup.write_trust_files)
    return new


def _seal_all(channel: str) -> None:
    while services.seal(channel=channel) is not None:
        pass
