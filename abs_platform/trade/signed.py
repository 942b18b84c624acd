"""What every signed statement is kept as."""

from django.db import models

from abs_platform.core import clock
from abs_platform.core.ids import uuid7
from abs_platform.parties.models import Organisation


class Stated(models.Model):
    """A statement, whose it is, and with which key it was signed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    statement = models.TextField()
    public_key = models.BinaryField(max_length=65)
    custodial = models.BooleanField()
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    person = models.CharField(max_length=200)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        abstract = True


class Signed(Stated):
    """A statement with the signature over it, the key that made it, and the ledger record of its commitment."""

    signature = models.BinaryField(max_length=80)
    salt = models.BinaryField(max_length=32)
    record_id = models.UUIDField(unique=True)

    class Meta:
        abstract = True
