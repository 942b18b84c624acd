"""What invoices are compared by."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length

from abs_platform.core import clock
from abs_platform.core.money import amount_field, within_limits
from abs_platform.parties.models import Organisation

KEY_BYTES = 16

models.BinaryField.register_lookup(Length)


class InvoiceTrace(models.Model):
    """An invoice that counts for itself. `pair_key`: keyed, of network, seller, buyer and currency: whoever reads the table
    without the key learns of nobody's business with anybody."""

    document = models.OneToOneField(
        "documents.Document", models.CASCADE, primary_key=True, related_name="trace", db_index=False
    )
    owner = models.ForeignKey(Organisation, models.PROTECT, db_index=False, related_name="+")
    pair_key = models.BinaryField(max_length=KEY_BYTES)
    number = models.CharField(max_length=200)  # letters and digits alone
    amount = amount_field()
    day = models.DateField()  # of issue, else of receipt
    traced_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pair_key__length=KEY_BYTES), name="invoice_trace_key_length"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="invoice_trace_positive"),
            within_limits("amount", "invoice_trace_amount"),
        ]
        indexes = [
            models.Index(fields=["pair_key", "amount"], name="invoice_trace_amount"),
            models.Index(fields=["pair_key", "day"], name="invoice_trace_day"),
            models.Index(fields=["traced_at"], name="invoice_trace_new"),
        ]
