-- The matching of lines: the one definition, for all trades or for those that an event affects.
--
-- A row is an order line with all that joins it, or, where no order line is known, the first line that the others join.
-- A line joins by reference: the order line that it names; else the despatch, receipt or invoice line that it names, wherever
-- that one is. Where references are missing or name several, `placed_with` says what joining.py made of item, quantity and
-- price. Quantities are in the row's base unit; a line that states no unit is taken to mean the row's, one that states
-- another is left out.
WITH RECURSIVE
loose AS MATERIALIZED (
    -- Lines that do not name just one order line.
    SELECT
        line.line_id, line.trade_id, line.level, line.placed_with,
        ARRAY[line.despatch_ref, line.receipt_ref, line.invoice_ref] AS refs,
        EXISTS (
            SELECT FROM trade_matchline one
            WHERE $affected(one.trade_id) AND one.trade_id = line.trade_id AND one.spine AND one.order_line_key = line.order_line_key
                AND (line.order_key IS NULL OR one.order_key = line.order_key)
        ) AS names_several
    FROM trade_matchline line
    WHERE $affected(line.trade_id) AND line.level > 1 AND NOT EXISTS (
        SELECT FROM trade_matchline one
        WHERE $affected(one.trade_id) AND one.trade_id = line.trade_id AND one.sole AND one.order_line_key = line.order_line_key
            AND (line.order_key IS NULL OR one.order_key = line.order_key)
    )
),
step AS MATERIALIZED (
    -- Which line of an earlier document each of them names, if it is one.
    SELECT DISTINCT ON (named.line_id) named.line_id, named.target, named.level, named.targets
    FROM (
        SELECT loose.line_id, other.level, min(other.line_id) AS target, count(*) AS targets, loose.level AS own_level
        FROM loose
        CROSS JOIN unnest(loose.refs) ref
        JOIN trade_matchline other ON other.own_ref = ref AND other.trade_id = loose.trade_id AND $affected(other.trade_id)
        WHERE NOT loose.names_several AND other.level > 1
        GROUP BY loose.line_id, loose.level, other.level
    ) named
    ORDER BY named.line_id, named.level
),
sound_step AS MATERIALIZED (
    SELECT step.line_id, step.target
    FROM step JOIN loose ON loose.line_id = step.line_id
    WHERE step.targets = 1 AND step.level < loose.level
),
reached AS (
    (
        SELECT loose.line_id, coalesce(loose.placed_with, loose.line_id) AS row_id
        FROM loose
        WHERE NOT EXISTS (SELECT FROM sound_step WHERE sound_step.line_id = loose.line_id)
        UNION ALL
        SELECT target.line_id, one.line_id
        FROM trade_matchline target
        JOIN trade_matchline one
            ON one.trade_id = target.trade_id AND one.sole AND one.order_line_key = target.order_line_key
            AND (target.order_key IS NULL OR one.order_key = target.order_key)
        WHERE $affected(target.trade_id) AND $affected(one.trade_id)
            AND target.level > 1 AND target.line_id IN (SELECT target FROM sound_step)
    )
    UNION ALL
    SELECT sound_step.line_id, reached.row_id
    FROM reached JOIN sound_step ON sound_step.target = reached.line_id
),
odd AS MATERIALIZED (
    -- Lines of rows whose unit is not simply their order line's.
    SELECT reached.line_id, reached.row_id FROM reached JOIN loose ON loose.line_id = reached.line_id
    UNION ALL
    SELECT line.line_id, line.line_id FROM trade_matchline line
    WHERE line.spine AND line.unit = '' AND $affected(line.trade_id)
    UNION ALL
    SELECT line.line_id, one.line_id
    FROM trade_matchline one
    JOIN trade_matchline line
        ON line.trade_id = one.trade_id AND line.level > 1 AND line.order_line_key = one.order_line_key
        AND (line.order_key IS NULL OR one.order_key = line.order_key)
    WHERE one.sole AND one.unit = '' AND $affected(one.trade_id) AND $affected(line.trade_id)
),
odd_unit AS MATERIALIZED (
    -- The first unit stated along the ladder.
    SELECT DISTINCT ON (odd.row_id) odd.row_id, line.unit, line.factor
    FROM odd JOIN trade_matchline line ON line.line_id = odd.line_id
    WHERE line.unit <> ''
    ORDER BY odd.row_id, line.level, line.issue_date NULLS LAST, line.number, line.document_id, line.position
),
row AS MATERIALIZED (
    -- The first line of each row: the order's, or that of what no order line is known of.
    SELECT
        line.line_id AS row_id, line.trade_id, line.unit, line.unit AS value_unit, line.factor, line.factor AS order_factor,
        line.currency, line.spine, line.counts, line.confirmed, line.quantity, line.amount, line.unit_price
    FROM trade_matchline line
    WHERE line.spine AND line.unit <> '' AND $affected(line.trade_id)
    UNION ALL
    SELECT
        line.line_id, line.trade_id, coalesce(odd_unit.unit, ''),
        CASE WHEN line.spine THEN line.unit ELSE coalesce(odd_unit.unit, '') END,
        odd_unit.factor, line.factor, coalesce(nullif(line.currency, ''), trade.currency),
        line.spine, line.counts, line.confirmed, line.quantity, line.amount, CASE WHEN line.spine THEN line.unit_price END
    FROM (SELECT DISTINCT odd.row_id FROM odd) each
    JOIN trade_matchline line ON line.line_id = each.row_id AND NOT (line.spine AND line.unit <> '')
    JOIN trade_trade trade ON trade.id = line.trade_id
    LEFT JOIN odd_unit ON odd_unit.row_id = each.row_id
),
placed AS NOT MATERIALIZED (
    -- Every other line beside its row.
    SELECT
        one.line_id AS row_id, one.unit AS row_unit, one.factor AS row_factor, one.unit AS value_unit,
        coalesce(nullif(one.currency, ''), line.currency) AS row_currency,
        one.unit_price AS order_price, one.factor AS order_factor, line.*
    FROM trade_matchline one
    JOIN trade_matchline line
        ON line.trade_id = one.trade_id AND line.order_line_key = one.order_line_key
        AND (line.order_key IS NULL OR one.order_key = line.order_key)
    WHERE one.sole AND one.unit <> '' AND line.level > 1 AND $affected(one.trade_id) AND $affected(line.trade_id)
    UNION ALL
    SELECT
        row.row_id, row.unit, row.factor, row.value_unit, coalesce(nullif(row.currency, ''), line.currency),
        row.unit_price, row.order_factor, line.*
    FROM odd
    JOIN row ON row.row_id = odd.row_id
    JOIN trade_matchline line ON line.line_id = odd.line_id AND line.level > 1
),
measured AS NOT MATERIALIZED (
    SELECT
        placed.*,
        counts AND (unit = '' OR row_unit = '' OR unit = row_unit) AS adds_up,
        currency IN ('', row_currency) AS own_currency,
        coalesce(factor, row_factor, 1) AS times
    FROM placed
),
despatches AS (
    SELECT row_id, sum(quantity * times) FILTER (WHERE adds_up) AS despatched
    FROM measured WHERE level = 2 GROUP BY row_id
),
receipts AS (
    SELECT
        row_id,
        sum(quantity * times) FILTER (WHERE adds_up) AS received,
        sum(rejected * times) FILTER (WHERE adds_up) AS rejected,
        sum(short * times) FILTER (WHERE adds_up) AS short,
        sum(accepted * times) FILTER (WHERE adds_up) AS accepted,
        sum(accepted * times) FILTER (WHERE counts AND confirmed AND unit = value_unit) AS accepted_surely,
        min(quantity_tolerance) FILTER (WHERE counts) AS receipt_tolerance,
        array_agg(line_id) FILTER (WHERE adds_up AND accepted > 0) AS lines
    FROM measured WHERE level = 3 GROUP BY row_id
),
invoices AS (
    SELECT
        row_id,
        sum(quantity * times) FILTER (WHERE adds_up) AS invoiced,
        sum(quantity * times) FILTER (WHERE adds_up AND quantity > 0) AS claimed,
        sum(amount) FILTER (WHERE counts AND own_currency) AS invoiced_amount,
        -- Prices per base unit, by cross multiplication so that nothing is rounded.
        bool_or(
            own_currency AND (unit = '' OR row_unit = '' OR unit = row_unit)
            AND abs(unit_price * coalesce(order_factor, times) - order_price * times)
                > abs(order_price * times) * price_tolerance
        ) AS price_differs,
        min(quantity_tolerance) FILTER (WHERE counts) AS invoice_tolerance,
        min(coalesce(amount_tolerance, 1)) FILTER (WHERE counts) AS amount_tolerance,
        -- What a unit is worth: sums of what states an amount, a quantity above zero and the row's very unit.
        sum(amount) FILTER (WHERE has_worth) AS worth,
        sum(quantity * times) FILTER (WHERE has_worth) AS worth_of,
        sum(amount) FILTER (WHERE has_worth AND confirmed) AS confirmed_worth,
        sum(quantity * times) FILTER (WHERE has_worth AND confirmed) AS confirmed_worth_of,
        array_agg(line_id) FILTER (WHERE adds_up AND quantity > 0) AS lines
    FROM (
        SELECT
            measured.*, counts AND own_currency AND quantity > 0 AND amount IS NOT NULL AND unit = value_unit AS has_worth
        FROM measured WHERE level = 4
    ) measured
    GROUP BY row_id
),
credits AS (
    SELECT
        row_id,
        sum(quantity * times) FILTER (WHERE adds_up) AS credited,
        sum(amount) FILTER (WHERE counts AND own_currency) AS credited_amount,
        array_agg(line_id) FILTER (WHERE adds_up AND quantity > 0) AS lines
    FROM measured WHERE level = 5 GROUP BY row_id
),
summed AS MATERIALIZED (
    SELECT
        row.row_id, row.trade_id, row.unit, row.factor AS row_factor, row.spine AS is_ordered,
        CASE WHEN row.spine AND row.counts THEN row.quantity * coalesce(row.order_factor, row.factor, 1) END AS ordered,
        CASE WHEN row.spine AND row.counts THEN row.amount END AS ordered_amount,
        CASE WHEN row.spine AND row.counts AND row.confirmed AND row.quantity > 0 AND row.amount IS NOT NULL
            THEN row.amount / (row.quantity * coalesce(row.order_factor, row.factor, 1)) END AS order_worth,
        despatches.despatched, receipts.received, receipts.rejected, receipts.short, receipts.accepted, receipts.accepted_surely,
        receipts.receipt_tolerance, invoices.invoiced, invoices.claimed, invoices.invoiced_amount, invoices.price_differs,
        invoices.invoice_tolerance, invoices.amount_tolerance,
        invoices.worth / nullif(invoices.worth_of, 0) AS invoice_worth,
        invoices.confirmed_worth / nullif(invoices.confirmed_worth_of, 0) AS confirmed_worth,
        credits.credited, credits.credited_amount,
        -- What offers and what uses.
        receipts.lines AS receipt_lines, invoices.lines AS invoice_lines, credits.lines AS credit_lines
    FROM row
    LEFT JOIN despatches ON despatches.row_id = row.row_id
    LEFT JOIN receipts ON receipts.row_id = row.row_id
    LEFT JOIN invoices ON invoices.row_id = row.row_id
    LEFT JOIN credits ON credits.row_id = row.row_id
),
used AS MATERIALIZED (
    -- Lines of rows where several use or offer, in sequence. A line offers to the next level what it has.
    SELECT
        summed.row_id, line.line_id, line.level, line.own_ref,
        CASE line.level WHEN 4 THEN line.receipt_ref WHEN 5 THEN line.invoice_ref END AS wanted,
        CASE line.level WHEN 3 THEN line.accepted ELSE line.quantity END
            * coalesce(line.factor, summed.row_factor, 1) AS quantity,
        line.quantity_tolerance AS tolerance,
        row_number() OVER (
            PARTITION BY summed.row_id, line.level
            ORDER BY line.issue_date NULLS LAST, line.number, line.document_id, line.position
        ) AS place
    FROM summed
    CROSS JOIN unnest(summed.receipt_lines || summed.invoice_lines || summed.credit_lines) using_line
    JOIN trade_matchline line ON line.line_id = using_line
    WHERE summed.invoice_lines IS NOT NULL AND (
        summed.credit_lines IS NOT NULL
        OR cardinality(summed.receipt_lines) + cardinality(summed.invoice_lines) > 2
    )
),
named AS MATERIALIZED (
    -- First what names the very line that it uses, in sequence, as far as that goes.
    SELECT
        offer.row_id, offer.level, offer.line_id AS of_id, offer.place AS offer_place, claim.line_id AS by_id, offer.quantity AS available, claim.tolerance,
        sum(claim.quantity) OVER so_far - claim.quantity AS before,
        sum(claim.quantity) OVER so_far AS after
    FROM used claim
    JOIN (
        SELECT DISTINCT ON (each.row_id, each.level, each.own_ref) each.*
        FROM used each
        WHERE each.own_ref IS NOT NULL
        ORDER BY each.row_id, each.level, each.own_ref, each.place
    ) offer ON offer.row_id = claim.row_id AND offer.level = claim.level - 1 AND offer.own_ref = claim.wanted
    WINDOW so_far AS (PARTITION BY offer.line_id ORDER BY claim.place)
),
left_over AS MATERIALIZED (
    -- What is left on either side, end to end. `already`: what of an offer is used above.
    SELECT
        each.row_id, each.side, each.level, each.line_id, each.place, each.already, each.available, each.rest,
        sum(each.rest) OVER (PARTITION BY each.row_id, each.level, each.side ORDER BY each.place) - each.rest AS starts
    FROM (
        SELECT used.row_id, 'offer' AS side, used.level, used.line_id, used.place, coalesce(gone.quantity, 0) AS already, used.quantity AS available, used.quantity - coalesce(gone.quantity, 0) AS rest
        FROM used
        LEFT JOIN (
            SELECT named.of_id, sum(least(named.after, named.available) - least(named.before, named.available)) AS quantity
            FROM named GROUP BY named.of_id
        ) gone ON gone.of_id = used.line_id
        WHERE used.level < 5
        UNION ALL
        SELECT used.row_id, 'claim', used.level - 1, used.line_id, used.place, 0, used.quantity, used.quantity - coalesce(least(named.after, named.available) - least(named.before, named.available), 0)
        FROM used LEFT JOIN named ON named.by_id = used.line_id
        WHERE used.level > 3
    ) each
    WHERE each.rest > 0
),
cut AS (
    -- Both sides laid on one line and cut wherever a piece of either begins or ends.
    SELECT
        edge.row_id, edge.level, edge.at,
        lead(edge.at) OVER (PARTITION BY edge.row_id, edge.level ORDER BY edge.at) AS until,
        max(edge.offer_place) OVER cuts AS offer_place,
        max(edge.claim_place) OVER cuts AS claim_place
    FROM (
        SELECT row_id, level, starts AS at, place AS offer_place, NULL::bigint AS claim_place FROM left_over WHERE side = 'offer'
        UNION ALL
        SELECT row_id, level, starts, NULL, place FROM left_over WHERE side = 'claim'
        UNION ALL
        SELECT row_id, level, sum(rest), NULL, NULL FROM left_over GROUP BY row_id, level, side
    ) edge
    WINDOW cuts AS (PARTITION BY edge.row_id, edge.level ORDER BY edge.at)
),
pieces AS MATERIALIZED (
    SELECT
        summed.receipt_lines[1] AS of_id, summed.invoice_lines[1] AS by_id, summed.trade_id,
        0::numeric AS starts, least(summed.accepted, summed.claimed) AS ends, summed.accepted AS available
    FROM summed
    WHERE cardinality(summed.receipt_lines) = 1 AND cardinality(summed.invoice_lines) = 1 AND summed.credit_lines IS NULL
    UNION ALL
    SELECT
        named.of_id, named.by_id, summed.trade_id,
        least(named.before, named.available), least(named.after, named.available), named.available
    FROM named JOIN summed ON summed.row_id = named.row_id
    WHERE named.before < named.available
    UNION ALL
    SELECT
        offer.line_id, claim.line_id, summed.trade_id,
        offer.already + cut.at - offer.starts, offer.already + cut.until - offer.starts, offer.available
    FROM cut
    JOIN left_over offer
        ON offer.side = 'offer' AND offer.row_id = cut.row_id AND offer.level = cut.level AND offer.place = cut.offer_place
    JOIN left_over claim
        ON claim.side = 'claim' AND claim.row_id = cut.row_id AND claim.level = cut.level AND claim.place = cut.claim_place
    JOIN summed ON summed.row_id = cut.row_id
    WHERE cut.at < cut.until AND cut.until <= offer.starts + offer.rest AND cut.until <= claim.starts + claim.rest
),
judged AS NOT MATERIALIZED (
    SELECT
        summed.*,
        CASE WHEN received IS NULL THEN 0 ELSE greatest(coalesce(claimed, 0) - coalesce(accepted, 0), 0) END AS uncovered,
        coalesce(summed.received IS NOT NULL AND summed.claimed > coalesce(summed.accepted, 0) * (1 + invoice_tolerance)
            AND cardinality(summed.invoice_lines) > 1, false)
            OR coalesce(summed.accepted > summed.ordered * (1 + receipt_tolerance) AND cardinality(summed.receipt_lines) > 1, false)
            OR summed.row_id IN (
                SELECT named.row_id FROM named
                WHERE named.before > 0 AND named.after > named.available * (1 + named.tolerance)
            ) AS consumed_twice,
        CASE WHEN coalesce(order_worth, confirmed_worth) IS NOT NULL
            THEN least(order_worth, confirmed_worth, invoice_worth) END AS worth,
        -- Accepted counts as far as ordered.
        least(accepted_surely, ordered) AS due
    FROM summed
),
derived AS MATERIALIZED (
    SELECT
        row_id AS line_id, trade_id, unit, ordered, despatched, received, rejected, short, accepted, invoiced, credited,
        ordered_amount, invoiced_amount, credited_amount, uncovered,
        CASE WHEN worth >= 0 AND worth < 1e15 THEN round(worth, 13) END AS unit_value,
        CASE WHEN worth >= 0 AND abs(due * worth) < 1e15 THEN round(due * worth, 13) END AS value_accepted,
        CASE WHEN worth >= 0 AND abs(due * worth) < 1e15 THEN round(least(due, greatest(invoiced, 0)) * worth, 13) END AS value_invoiced,
        consumed_twice,
        CASE
            WHEN is_ordered IS NOT TRUE THEN 'not_ordered'
            WHEN accepted > ordered * (1 + receipt_tolerance) THEN 'over_received'
            WHEN invoiced > CASE WHEN received IS NULL THEN ordered ELSE coalesce(accepted, 0) END * (1 + invoice_tolerance)
                THEN 'over_invoiced'
            WHEN price_differs THEN 'price_differs'
            WHEN amount_tolerance < 1 AND invoiced_amount > ordered_amount * (1 + amount_tolerance) THEN 'amount_differs'
            WHEN invoiced > 0 AND received IS NULL THEN 'invoice_first'
            WHEN received IS NULL THEN 'to_receive'
            WHEN rejected > 0 THEN 'rejected'
            WHEN accepted < ordered * (1 - receipt_tolerance) THEN 'short'
            WHEN coalesce(invoiced, 0) < coalesce(accepted, 0) * (1 - coalesce(invoice_tolerance, 0)) THEN 'to_invoice'
            ELSE 'matched'
        END AS status
    FROM judged
)
