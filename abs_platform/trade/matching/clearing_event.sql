-- One event: invoices of the trades that it affects are cleared anew, and only rows that became others are written.
-- Returns the items, each with the trade where it counts, that clear more than is billed; and, without an item, the other
-- trades in which something is paid by these, or that pay something in these: whoever filed or took away documents clears
-- them next.
DROP FUNCTION IF EXISTS trade_clear(uuid[]);
CREATE FUNCTION trade_clear(affected uuid[]) RETURNS TABLE (trade_id uuid, item_id bigint)
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off  -- whatever the statistics say, an event reads a few trades
SET jit = off
AS $function$
#variable_conflict use_column
DECLARE
    keys uuid[];
    elsewhere uuid[];
BEGIN
    -- Most trades pay nothing and are not paid yet.
    keys := ARRAY(
        SELECT item.invoice_key
        FROM trade_tradedocument filed JOIN trade_clearingitem item ON item.document_id = filed.document_id
        WHERE filed.trade_id = ANY (affected)
        UNION
        SELECT item.invoice_key
        FROM trade_tradedocument filed JOIN trade_clearingitem item ON item.invoice_key = filed.invoice_key
        WHERE filed.trade_id = ANY (affected)
        UNION
        SELECT item.invoice_key
        FROM trade_cleared stored JOIN trade_clearingitem item ON item.id = stored.item_id
        WHERE stored.trade_id = ANY (affected)
    );
    elsewhere := ARRAY(SELECT trade_id FROM trade_cleared WHERE filed_in = ANY (affected));
    IF cardinality(keys) = 0 AND cardinality(elsewhere) = 0
        AND NOT EXISTS (SELECT FROM trade_cleared WHERE trade_id = ANY (affected)) THEN
        RETURN;
    END IF;
    $clearing,
    merged AS (
        MERGE INTO trade_cleared stored USING cleared ON stored.item_id = cleared.item_id
        WHEN MATCHED AND (stored.filed_in, stored.trade_id, stored.invoice_id, stored.beyond)
            IS DISTINCT FROM (cleared.filed_in, cleared.trade_id, cleared.invoice_id, cleared.beyond)
            THEN UPDATE SET
                filed_in = cleared.filed_in, trade_id = cleared.trade_id, invoice_id = cleared.invoice_id, beyond = cleared.beyond
        WHEN NOT MATCHED THEN INSERT (item_id, filed_in, trade_id, invoice_id, beyond)
            VALUES (cleared.item_id, cleared.filed_in, cleared.trade_id, cleared.invoice_id, cleared.beyond)
        RETURNING 1
    ),
    gone AS (
        DELETE FROM trade_cleared
        WHERE item_id = ANY (ARRAY(SELECT item_id FROM trade_cleared WHERE trade_id = ANY (affected)))
            AND item_id NOT IN (SELECT item_id FROM cleared)
    ),
    gone_pieces AS (
        DELETE FROM trade_clearing
        WHERE invoice_id = ANY (ARRAY(
            SELECT invoice_id FROM trade_clearing WHERE trade_id = ANY (affected)
            UNION ALL
            SELECT document_id FROM bill
        )) AND (invoice_id, starts) NOT IN (SELECT invoice_id, starts FROM clearings)
    )
    MERGE INTO trade_clearing stored
    USING clearings ON stored.invoice_id = clearings.invoice_id AND stored.starts = clearings.starts
    WHEN MATCHED AND (stored.item_id, stored.trade_id, stored.ends, stored.billed)
        IS DISTINCT FROM (clearings.item_id, clearings.trade_id, clearings.ends, clearings.billed)
        THEN UPDATE SET
            item_id = clearings.item_id, trade_id = clearings.trade_id, ends = clearings.ends, billed = clearings.billed
    WHEN NOT MATCHED THEN INSERT (invoice_id, starts, item_id, trade_id, ends, billed)
        VALUES (clearings.invoice_id, clearings.starts, clearings.item_id, clearings.trade_id, clearings.ends, clearings.billed);
    RETURN QUERY
    SELECT trade_id, item_id FROM trade_cleared WHERE trade_id = ANY (affected) AND beyond > 0
    UNION
    SELECT filed.trade_id, NULL::bigint
    FROM (
        SELECT trade_id FROM unnest(elsewhere) each (trade_id)
        UNION
        SELECT trade_id FROM trade_tradedocument WHERE invoice_key = ANY (keys)
        UNION
        SELECT paper.trade_id
        FROM trade_clearingitem item JOIN trade_tradedocument paper ON paper.document_id = item.document_id
        WHERE item.invoice_key = ANY (keys)
    ) filed
    WHERE filed.trade_id <> ALL (affected);
END
$function$
