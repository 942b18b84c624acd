from django.db import migrations

# What the buyers had decided before documents were told of it.
BACKFILL = """
UPDATE documents_document SET buyer_decision = CASE filed.confirmation
    WHEN 'confirmed' THEN 'confirm' WHEN 'disputed' THEN 'dispute' ELSE 'payment' END
FROM trade_tradedocument filed
LEFT JOIN trade_paymentconfirmation payment ON payment.trade_id = filed.trade_id
WHERE filed.document_id = documents_document.id
AND (filed.confirmation IN ('confirmed', 'disputed') OR payment.id IS NOT NULL);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0005_review"),
        ("trade", "0001_initial"),
    ]

    operations = [migrations.RunSQL(BACKFILL, migrations.RunSQL.noop)]
