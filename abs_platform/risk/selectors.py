"""Reads of alerts."""

from django.db.models import QuerySet

from abs_platform.parties.actor import Actor
from abs_platform.parties.roles import Role
from abs_platform.risk.models import Alert


def alerts(*, actor: Actor) -> QuerySet[Alert]:
    """The alerts of the actor's network, for its risk officers. Raises Forbidden for anybody else."""
    actor.require(Role.RISK_OFFICER)
    return Alert.objects.filter(network_id=actor.network)
