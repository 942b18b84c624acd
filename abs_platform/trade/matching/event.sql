-- One event: the trades that it affects are matched anew, and only rows that became others are written.
-- Returns the lines, each with its trade, that use what others had used up: in these trades, or with them in others.
DROP FUNCTION IF EXISTS trade_match(uuid[]);
CREATE FUNCTION trade_match(affected uuid[]) RETURNS TABLE (trade_id uuid, line_id bigint)
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off  -- whatever the statistics say, an event reads a few trades
SET jit = off
AS $function$
#variable_conflict use_column
BEGIN
    $standing;
    $definition,
    merged AS (
        MERGE INTO trade_linematch stored USING derived ON stored.line_id = derived.line_id
        WHEN MATCHED AND ($stored_columns) IS DISTINCT FROM ($derived_columns) THEN UPDATE SET ($columns) = ($derived_columns)
        WHEN NOT MATCHED THEN INSERT (line_id, $columns) VALUES (derived.line_id, $derived_columns)
        RETURNING 1
    ),
    gone AS (
        -- An array, here and below: each is looked up, where a subquery makes the planner read all of a table of middle size.
        DELETE FROM trade_linematch
        WHERE line_id = ANY (ARRAY(
            SELECT line_id FROM trade_linematch WHERE trade_id = ANY (affected)
            UNION ALL
            SELECT line_id FROM trade_matchline WHERE trade_id = ANY (affected)
        )) AND line_id NOT IN (SELECT line_id FROM derived)
    ),
    merged_pieces AS (
        MERGE INTO trade_consumption stored
        USING pieces ON stored.of_id = pieces.of_id AND stored.starts = pieces.starts
        WHEN MATCHED AND (stored.by_id, stored.trade_id, stored.ends, stored.available)
            IS DISTINCT FROM (pieces.by_id, pieces.trade_id, pieces.ends, pieces.available)
            THEN UPDATE SET
                by_id = pieces.by_id, trade_id = pieces.trade_id, ends = pieces.ends, available = pieces.available
        WHEN NOT MATCHED THEN INSERT (of_id, starts, by_id, trade_id, ends, available)
            VALUES (pieces.of_id, pieces.starts, pieces.by_id, pieces.trade_id, pieces.ends, pieces.available)
        RETURNING 1
    ),
    gone_pieces AS (
        DELETE FROM trade_consumption
        WHERE of_id = ANY (ARRAY(
            SELECT of_id FROM trade_consumption WHERE trade_id = ANY (affected)
            UNION ALL
            SELECT line_id FROM trade_matchline WHERE trade_id = ANY (affected)
        )) AND (of_id, starts) NOT IN (SELECT of_id, starts FROM pieces)
    ),
    gone_trades AS (
        DELETE FROM trade_tradematch
        WHERE trade_id = ANY (affected) AND trade_id NOT IN (SELECT trade_id FROM derived)
    )
    INSERT INTO trade_tradematch (trade_id, $roll_up_columns)
    SELECT trade_id, $roll_up FROM derived GROUP BY trade_id
    ON CONFLICT (trade_id) DO UPDATE SET ($roll_up_columns) = ROW ($excluded);
    RETURN QUERY
    SELECT trade_id, used_again_by FROM trade_linematch WHERE trade_id = ANY (affected) AND used_again_by IS NOT NULL
    UNION
    ($elsewhere);
END
$function$
