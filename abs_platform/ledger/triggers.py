"""What the database checks of a row beside others when it comes in."""

import pgtrigger


def on_insert(name: str, body: str) -> pgtrigger.Trigger:
    """Runs `body` before each row that is inserted, which it may refuse."""
    return pgtrigger.Trigger(
        name=name, when=pgtrigger.Before, operation=pgtrigger.Insert, func=f"{body.rstrip()}\n    RETURN NEW;\n"
    )


FOLLOWS = """
    IF NEW.first <> COALESCE(
        (SELECT max(size) FROM ledger_checkpoint WHERE channel_id = NEW.channel_id), 0
    ) OR NEW.size <> 1 + (SELECT max(index) FROM ledger_leaf WHERE channel_id = NEW.channel_id) THEN
        RAISE EXCEPTION 'checkpoint % to % does not follow the log', NEW.first, NEW.size;
    END IF;
"""

KEYS_IN_FORCE = """
    IF (SELECT count(*) FROM ledger_publisherkey WHERE retired_at IS NULL AND
        (id, algorithm) IN ((NEW.sm2_key_id, 'sm2-sm3'), (NEW.ed25519_key_id, 'ed25519'))) <> 2
    THEN
        RAISE EXCEPTION 'checkpoint % is not signed by the two keys in force', NEW.size;
    END IF;
"""

OF_ITS_CHECKPOINT = """
    IF NOT EXISTS (
        SELECT FROM ledger_checkpoint WHERE (id, channel_id, size) = (NEW.checkpoint_id, NEW.channel_id, NEW.size)
    ) THEN
        RAISE EXCEPTION 'anchor of size % is not of its checkpoint', NEW.size;
    END IF;
"""
