"""A signed transaction as it is stored before it is sent."""

from django.db import models
from django.db.models import Q

from abs_platform.core import clock


class ChainTransaction(models.Model):
    """Final bytes and the 32-byte id by which the chain knows them. `sequence` is the nonce: a second one of the same
    nonce replaces the first, which paid too little.
    """

    sequence = models.BigIntegerField()
    transaction = models.BinaryField()
    raw = models.BinaryField()
    created_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


def natural(name: str) -> models.CheckConstraint:
    """The nonce is not below zero."""
    return models.CheckConstraint(condition=Q(sequence__gte=0), name=name)
