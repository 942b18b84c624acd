import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0005_hand_over"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="checkpoint",
            name="follows",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="checkpoint",
            name="keys_in_force",
        ),
        migrations.RemoveConstraint(
            model_name="anchor",
            name="anchor_placed_has_block",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="anchor",
            trigger=pgtrigger.compiler.Trigger(
                name="stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."channel_id" IS DISTINCT FROM (NEW."channel_id") OR OLD."chain_id" IS DISTINCT FROM (NEW."chain_id") OR OLD."checkpoint_id" IS DISTINCT FROM (NEW."checkpoint_id") OR OLD."contract" IS DISTINCT FROM (NEW."contract") OR OLD."index" IS DISTINCT FROM (NEW."index") OR OLD."first" IS DISTINCT FROM (NEW."first") OR OLD."size" IS DISTINCT FROM (NEW."size") OR OLD."records" IS DISTINCT FROM (NEW."records") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="22c0e261b08f67fa16adf64988590c8fc0759002",
                    operation="UPDATE",
                    pgid="pgtrigger_stays_c8603",
                    table="ledger_anchor",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="anchor",
            trigger=pgtrigger.compiler.Trigger(
                name="of_its_checkpoint",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF NOT EXISTS (\n        SELECT FROM ledger_checkpoint WHERE (id, channel_id, size) = (NEW.checkpoint_id, NEW.channel_id, NEW.size)\n    ) THEN\n        RAISE EXCEPTION 'anchor of size % is not of its checkpoint', NEW.size;\n    END IF;\n    RETURN NEW;\n",
                    hash="190f2bb93198bbb7a044da1535bd2b68f83f5369",
                    operation="INSERT",
                    pgid="pgtrigger_of_its_checkpoint_17aa0",
                    table="ledger_anchor",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="channel",
            trigger=pgtrigger.compiler.Trigger(
                name="stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."origin" IS DISTINCT FROM (NEW."origin") OR OLD."hash" IS DISTINCT FROM (NEW."hash"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="a8bac668870bba98211dc48d40b86a1ae334ddc0",
                    operation="UPDATE",
                    pgid="pgtrigger_stays_1eb5c",
                    table="ledger_channel",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="checkpoint",
            trigger=pgtrigger.compiler.Trigger(
                name="follows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF NEW.first <> COALESCE(\n        (SELECT max(size) FROM ledger_checkpoint WHERE channel_id = NEW.channel_id), 0\n    ) OR NEW.size <> 1 + (SELECT max(index) FROM ledger_leaf WHERE channel_id = NEW.channel_id) THEN\n        RAISE EXCEPTION 'checkpoint % to % does not follow the log', NEW.first, NEW.size;\n    END IF;\n    RETURN NEW;\n",
                    hash="d695883890ca1a6f570182383534553847796336",
                    operation="INSERT",
                    pgid="pgtrigger_follows_3c4d3",
                    table="ledger_checkpoint",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="checkpoint",
            trigger=pgtrigger.compiler.Trigger(
                name="keys_in_force",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF (SELECT count(*) FROM ledger_publisherkey WHERE retired_at IS NULL AND\n        (id, algorithm) IN ((NEW.sm2_key_id, 'sm2-sm3'), (NEW.ed25519_key_id, 'ed25519'))) <> 2\n    THEN\n        RAISE EXCEPTION 'checkpoint % is not signed by the two keys in force', NEW.size;\n    END IF;\n    RETURN NEW;\n",
                    hash="0ff0b0e97e2968646e635cb20024c842a3bdbb7c",
                    operation="INSERT",
                    pgid="pgtrigger_keys_in_force_b58f0",
                    table="ledger_checkpoint",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="anchor",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["included", "anchored"]), _negated=True),
                    models.Q(
                        ("block__isnull", False),
                        ("block_hash__isnull", False),
                        ("block_time__isnull", False),
                        ("transaction__isnull", False),
                        ("token", None),
                    ),
                    models.Q(
                        ("block", None),
                        ("block_hash", None),
                        ("block_time__isnull", False),
                        ("transaction", None),
                        ("token__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="anchor_placed_has_block",
            ),
        ),
    ]
