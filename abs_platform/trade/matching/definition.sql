-- The matching of lines: the one definition, for all trades or for those that an event affects.
--
-- A row is an order line with all that joins it, or, where no order line is known, the first line that the others join.
-- A line joins by reference: the order line that it names; else the despatch, receipt or invoice line that it names, wherever
-- that one is. Where references are missing or name several, `placed_with` says what joining.py made of item, quantity and
-- price. Quantities are in the row's base unit; a line that states no unit is taken to mean the row's, one that states
-- another is left out.
--
-- How it is fast: the table is read once and joined once; what is not simply a line of the one order line that it names
-- (`loose`, `odd`) takes its own way, and only rows where several offer or use are laid end to end. What is read often stands
-- first in `line`, since a row is unpacked as far as is asked for.
WITH RECURSIVE
line AS MATERIALIZED (
    -- Every line beside the one order line that it names, if it names just one; an order line is beside itself.
    SELECT
        one.line_id AS row_id, line.line_id, line.level, line.spine, line.unit, one.unit AS row_unit, line.trade_id,
        line.counts, line.confirmed, line.factor, line.currency, line.quantity, line.accepted, line.rejected, line.short, line.amount,
        line.unit_price, line.quantity_tolerance, line.price_tolerance, line.amount_tolerance,
        one.factor AS row_factor, one.currency AS row_currency, one.unit_price AS order_price,
        line.order_key, line.order_line_key, line.own_ref, line.despatch_ref, line.receipt_ref, line.invoice_ref, line.placed_with,
        line.issue_date, line.number, line.document_id, line.position
    FROM trade_matchline line
    LEFT JOIN trade_matchline one
        ON one.sole AND $affected(one.trade_id) AND one.trade_id = line.trade_id AND one.order_line_key = line.order_line_key
        -- CASE, for the planner would take AND to narrow further what the keys have narrowed to one.
        AND CASE WHEN line.order_key IS NULL THEN true ELSE one.order_key = line.order_key END
    WHERE $affected(line.trade_id)
),
loose AS MATERIALIZED (
    -- Lines that do not name just one order line.
    SELECT
        line_id, trade_id, level, order_key, order_line_key, placed_with, ARRAY[despatch_ref, receipt_ref, invoice_ref] AS refs
    FROM line
    WHERE row_id IS NULL AND level > 1
),
names_several AS (
    SELECT loose.line_id
    FROM loose
    JOIN line one
        ON one.spine AND one.trade_id = loose.trade_id AND one.order_line_key = loose.order_line_key
        AND CASE WHEN loose.order_key IS NULL THEN true ELSE one.order_key = loose.order_key END
),
step AS MATERIALIZED (
    -- Which line of an earlier document each of them names, if it is one.
    SELECT DISTINCT ON (named.line_id) named.line_id, named.target, named.level, named.targets, named.own_level
    FROM (
        SELECT naming.line_id, other.level, min(other.line_id) AS target, count(*) AS targets, naming.level AS own_level
        FROM (SELECT loose.line_id, loose.trade_id, loose.level, unnest(loose.refs) AS ref FROM loose) naming
        JOIN line other ON other.own_ref = naming.ref AND other.trade_id = naming.trade_id AND other.level > 1
        WHERE naming.line_id NOT IN (SELECT line_id FROM names_several)
        GROUP BY naming.line_id, naming.level, other.level
    ) named
    ORDER BY named.line_id, named.level
),
sound_step AS MATERIALIZED (
    SELECT step.line_id, step.target FROM step WHERE step.targets = 1 AND step.level < step.own_level
),
reached AS (
    (
        SELECT loose.line_id, coalesce(loose.placed_with, loose.line_id) AS row_id
        FROM loose
        WHERE loose.line_id NOT IN (SELECT line_id FROM sound_step)
        UNION ALL
        SELECT target.line_id, target.row_id
        FROM line target
        WHERE target.row_id IS NOT NULL AND target.level > 1 AND target.line_id IN (SELECT target FROM sound_step)
    )
    UNION ALL
    SELECT sound_step.line_id, reached.row_id
    FROM reached JOIN sound_step ON sound_step.target = reached.line_id
),
odd AS MATERIALIZED (
    -- Lines of rows whose unit is not simply their order line's.
    SELECT reached.line_id, reached.row_id FROM reached JOIN loose ON loose.line_id = reached.line_id
    UNION ALL
    SELECT line_id, coalesce(row_id, line_id) FROM line
    WHERE coalesce(row_unit, unit) = '' AND (spine OR level > 1 AND row_id IS NOT NULL)
),
odd_line AS MATERIALIZED (
    SELECT odd.row_id AS odd_row_id, line.* FROM odd JOIN line ON line.line_id = odd.line_id
),
odd_row AS MATERIALIZED (
    -- The first line of each of these rows. `unit`: the first unit stated along the ladder.
    SELECT
        line.line_id AS row_id, line.trade_id,
        CASE WHEN simple THEN line.unit ELSE coalesce(stated.unit, '') END AS unit,
        CASE WHEN line.spine THEN line.unit ELSE coalesce(stated.unit, '') END AS value_unit,
        CASE WHEN simple THEN line.factor ELSE stated.factor END AS factor, line.factor AS order_factor,
        CASE WHEN simple THEN line.currency ELSE coalesce(nullif(line.currency, ''), trade.currency) END AS currency,
        line.spine, line.counts, line.confirmed, line.quantity, line.amount, CASE WHEN line.spine THEN line.unit_price END AS unit_price,
        simple
    FROM (SELECT DISTINCT odd.row_id FROM odd) each
    JOIN line ON line.line_id = each.row_id
    CROSS JOIN LATERAL (SELECT line.spine AND line.unit <> '' AS simple) as_ordered
    JOIN trade_trade trade ON trade.id = line.trade_id AND $affected(trade.id)
    LEFT JOIN (
        SELECT DISTINCT ON (odd_row_id) odd_row_id, unit, factor
        FROM odd_line
        WHERE unit <> ''
        ORDER BY odd_row_id, level, issue_date NULLS LAST, number, document_id, position
    ) stated ON stated.odd_row_id = each.row_id
),
row AS NOT MATERIALIZED (
    -- The first line of each row: the order's, or that of what no order line is known of.
    SELECT line_id AS row_id, trade_id, unit, factor, factor AS order_factor, spine, counts, confirmed, quantity, amount
    FROM line
    WHERE spine AND unit <> ''
    UNION ALL
    SELECT row_id, trade_id, unit, factor, order_factor, spine, counts, confirmed, quantity, amount FROM odd_row WHERE NOT simple
),
placed AS NOT MATERIALIZED (
    -- Every other line beside its row.
    SELECT
        row_id, level, counts, confirmed, amount, quantity, accepted, rejected, short, unit_price,
        counts AND unit IN ('', row_unit) AS adds_up, unit IN ('', row_unit) AS same_unit, unit = row_unit AS value_unit,
        currency IN ('', coalesce(nullif(row_currency, ''), currency)) AS own_currency, coalesce(factor, row_factor, 1) AS times,
        row_factor AS order_factor, order_price, quantity_tolerance, price_tolerance, coalesce(amount_tolerance, 1) AS amount_tolerance,
        line_id, trade_id, own_ref, receipt_ref, invoice_ref, issue_date, number, document_id, position
    FROM line
    WHERE row_unit <> '' AND level > 1
    UNION ALL
    SELECT
        row.row_id, line.level, line.counts, line.confirmed, line.amount, line.quantity, line.accepted, line.rejected, line.short, line.unit_price,
        line.counts AND (row.unit = '' OR line.unit IN ('', row.unit)), row.unit = '' OR line.unit IN ('', row.unit), line.unit = row.value_unit,
        line.currency IN ('', coalesce(nullif(row.currency, ''), line.currency)), coalesce(line.factor, row.factor, 1),
        row.order_factor, row.unit_price, line.quantity_tolerance, line.price_tolerance, coalesce(line.amount_tolerance, 1),
        line.line_id, line.trade_id, line.own_ref, line.receipt_ref, line.invoice_ref, line.issue_date, line.number, line.document_id, line.position
    FROM odd_line line
    JOIN odd_row row ON row.row_id = line.odd_row_id
    WHERE line.level > 1
),
measured AS NOT MATERIALIZED (
    -- In the row's unit. OFFSET 0: each is worked out once, however often it is summed. ORDER BY: row after row, for the sums of
    -- all rows side by side would take memory many times that of the lines.
    SELECT
        row_id, level, counts, confirmed, own_currency, amount, adds_up, line_id,
        quantity * times AS quantity, accepted * times AS accepted, rejected * times AS rejected, short * times AS short,
        counts AND confirmed AND value_unit AS is_sure,
        counts AND own_currency AND quantity > 0 AND amount IS NOT NULL AND value_unit AS has_worth,
        -- Prices per base unit, by cross multiplication so that nothing is rounded.
        level = 4 AND counts AND own_currency AND same_unit AND abs(unit_price * coalesce(order_factor, times) - order_price * times)
            > abs(order_price * times) * price_tolerance AS price_differs,
        quantity_tolerance, amount_tolerance
    FROM placed
    ORDER BY row_id
    OFFSET 0
),
sums AS (
    SELECT
        row_id,
        sum(quantity) FILTER (WHERE level = 2 AND adds_up) AS despatched,
        sum(quantity) FILTER (WHERE level = 3 AND adds_up) AS received,
        sum(rejected) FILTER (WHERE level = 3 AND adds_up) AS rejected,
        sum(short) FILTER (WHERE level = 3 AND adds_up) AS short,
        sum(accepted) FILTER (WHERE level = 3 AND adds_up) AS accepted,
        sum(accepted) FILTER (WHERE level = 3 AND is_sure) AS accepted_surely,
        min(quantity_tolerance) FILTER (WHERE level = 3 AND counts) AS receipt_tolerance,
        sum(quantity) FILTER (WHERE level = 4 AND adds_up) AS invoiced,
        sum(quantity) FILTER (WHERE level = 4 AND adds_up AND quantity > 0) AS claimed,
        sum(amount) FILTER (WHERE level = 4 AND counts AND own_currency) AS invoiced_amount,
        bool_or(price_differs) AS price_differs,
        min(quantity_tolerance) FILTER (WHERE level = 4 AND counts) AS invoice_tolerance,
        min(amount_tolerance) FILTER (WHERE level = 4 AND counts) AS amount_tolerance,
        -- What a unit is worth: sums of what states an amount, a quantity above zero and the row's very unit.
        sum(amount) FILTER (WHERE level = 4 AND has_worth) AS worth,
        sum(quantity) FILTER (WHERE level = 4 AND has_worth) AS worth_of,
        sum(amount) FILTER (WHERE level = 4 AND has_worth AND confirmed) AS confirmed_worth,
        sum(quantity) FILTER (WHERE level = 4 AND has_worth AND confirmed) AS confirmed_worth_of,
        sum(quantity) FILTER (WHERE level = 5 AND adds_up) AS credited,
        sum(amount) FILTER (WHERE level = 5 AND counts AND own_currency) AS credited_amount,
        -- What offers and what uses: how many lines, and which, where it is one.
        count(*) FILTER (WHERE level = 3 AND adds_up AND accepted > 0) AS receipt_lines,
        count(*) FILTER (WHERE level = 4 AND adds_up AND quantity > 0) AS invoice_lines,
        count(*) FILTER (WHERE level = 5 AND adds_up AND quantity > 0) AS credit_lines,
        min(line_id) FILTER (WHERE level = 3 AND adds_up AND accepted > 0) AS receipt_line,
        min(line_id) FILTER (WHERE level = 4 AND adds_up AND quantity > 0) AS invoice_line
    FROM measured
    GROUP BY row_id
),
summed AS MATERIALIZED (
    SELECT
        row.row_id, row.trade_id, row.unit, row.factor AS row_factor, row.spine AND row.counts AS is_ordered,
        CASE WHEN row.spine AND row.counts THEN row.quantity * coalesce(row.order_factor, row.factor, 1) END AS ordered,
        CASE WHEN row.spine AND row.counts THEN row.amount END AS ordered_amount,
        CASE WHEN row.spine AND row.counts AND row.confirmed AND row.quantity > 0 AND row.amount IS NOT NULL
            THEN row.amount / (row.quantity * coalesce(row.order_factor, row.factor, 1)) END AS order_worth,
        despatched, received, rejected, short, accepted, accepted_surely, receipt_tolerance, invoiced, claimed, invoiced_amount,
        price_differs, invoice_tolerance, sums.amount_tolerance, credited, credited_amount,
        worth / nullif(worth_of, 0) AS invoice_worth, confirmed_worth / nullif(confirmed_worth_of, 0) AS confirmed_worth,
        receipt_lines, invoice_lines, credit_lines, receipt_line, invoice_line
    FROM row
    LEFT JOIN sums ON sums.row_id = row.row_id
),
several AS (
    -- Rows where several use or offer.
    SELECT row_id FROM summed
    WHERE invoice_lines > 0 AND (credit_lines > 0 OR receipt_lines + invoice_lines > 2)
),
used AS MATERIALIZED (
    -- Their lines in sequence. A line offers to the next level what it has.
    SELECT
        row_id, trade_id, line_id, level, own_ref,
        CASE level WHEN 4 THEN receipt_ref WHEN 5 THEN invoice_ref END AS wanted,
        CASE level WHEN 3 THEN accepted ELSE quantity END * times AS quantity,
        quantity_tolerance AS tolerance,
        row_number() OVER (PARTITION BY row_id, level ORDER BY issue_date NULLS LAST, number, document_id, position) AS place
    FROM placed
    WHERE row_id IN (SELECT row_id FROM several) AND adds_up AND level > 2
        AND CASE level WHEN 3 THEN accepted ELSE quantity END > 0
),
named AS MATERIALIZED (
    -- First what names the very line that it uses, in sequence, as far as that goes.
    SELECT
        offer.row_id, offer.trade_id, offer.line_id AS of_id, claim.line_id AS by_id, offer.quantity AS available, claim.tolerance,
        claim.level, claim.place,
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
        each.row_id, each.trade_id, each.side, each.level, each.line_id, each.place, each.already, each.available, each.rest,
        sum(each.rest) OVER (PARTITION BY each.row_id, each.level, each.side ORDER BY each.place) - each.rest AS starts
    FROM (
        SELECT used.row_id, used.trade_id, 'offer' AS side, used.level, used.line_id, used.place, coalesce(gone.quantity, 0) AS already, used.quantity AS available, used.quantity - coalesce(gone.quantity, 0) AS rest
        FROM used
        LEFT JOIN (
            SELECT named.of_id, sum(least(named.after, named.available) - least(named.before, named.available)) AS quantity
            FROM named GROUP BY named.of_id
        ) gone ON gone.of_id = used.line_id
        WHERE used.level < 5
        UNION ALL
        SELECT used.row_id, used.trade_id, 'claim', used.level - 1, used.line_id, used.place, 0, used.quantity, used.quantity - coalesce(least(named.after, named.available) - least(named.before, named.available), 0)
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
piece AS (
    SELECT
        summed.receipt_line AS of_id, summed.invoice_line AS by_id, summed.trade_id,
        0::numeric AS starts, least(summed.accepted, summed.claimed) AS ends, summed.accepted AS available
    FROM summed
    WHERE summed.receipt_lines = 1 AND summed.invoice_lines = 1 AND summed.credit_lines = 0
    UNION ALL
    SELECT
        named.of_id, named.by_id, named.trade_id,
        least(named.before, named.available), least(named.after, named.available), named.available
    FROM named
    WHERE named.before < named.available
    UNION ALL
    SELECT
        offer.line_id, claim.line_id, offer.trade_id,
        offer.already + cut.at - offer.starts, offer.already + cut.until - offer.starts, offer.available
    FROM cut
    JOIN left_over offer
        ON offer.side = 'offer' AND offer.row_id = cut.row_id AND offer.level = cut.level AND offer.place = cut.offer_place
    JOIN left_over claim
        ON claim.side = 'claim' AND claim.row_id = cut.row_id AND claim.level = cut.level AND claim.place = cut.claim_place
    WHERE cut.at < cut.until AND cut.until <= offer.starts + offer.rest AND cut.until <= claim.starts + claim.rest
),
pieces AS MATERIALIZED (
    -- With as many digits as are kept. Rounded last, they still lie end to end; of what is less than that nobody uses any.
    SELECT of_id, by_id, trade_id, round(starts, 13) AS starts, round(ends, 13) AS ends, round(available, 13) AS available
    FROM piece
    WHERE round(starts, 13) < round(ends, 13)
),
used_too_much AS MATERIALIZED (
    -- Rows where several lines of a level together use more than there is.
    SELECT row_id, 4 AS level FROM summed
    WHERE received IS NOT NULL AND invoice_lines > 1 AND claimed > coalesce(accepted, 0) * (1 + invoice_tolerance)
    UNION ALL
    SELECT row_id, 3 FROM summed
    WHERE receipt_lines > 1 AND accepted > ordered * (1 + receipt_tolerance)
),
used_again AS MATERIALIZED (
    -- The line that uses what others had used up: of invoices before receipts before credit notes, who names a line that was
    -- used up, else the last.
    SELECT DISTINCT ON (row_id) row_id, line_id
    FROM (
        SELECT row_id, by_id AS line_id, level, true AS by_name, place
        FROM named
        WHERE before > 0 AND after > available * (1 + tolerance)
        UNION ALL
        SELECT
            placed.row_id, placed.line_id, placed.level, false,
            row_number() OVER (
                PARTITION BY placed.row_id, placed.level
                ORDER BY placed.issue_date NULLS LAST, placed.number, placed.document_id, placed.position
            )
        FROM placed
        JOIN used_too_much ON used_too_much.row_id = placed.row_id AND used_too_much.level = placed.level
        WHERE placed.adds_up AND CASE placed.level WHEN 3 THEN placed.accepted ELSE placed.quantity END > 0
    ) each
    ORDER BY row_id, CASE level WHEN 4 THEN 1 WHEN 3 THEN 2 ELSE 3 END, by_name DESC, place DESC
),
judged AS NOT MATERIALIZED (
    SELECT
        summed.*, used_again.line_id AS used_again_by,
        CASE WHEN received IS NULL THEN 0 ELSE greatest(coalesce(claimed, 0) - coalesce(accepted, 0), 0) END AS uncovered,
        CASE WHEN coalesce(order_worth, confirmed_worth) IS NOT NULL
            THEN least(order_worth, confirmed_worth, invoice_worth) END AS worth,
        -- Accepted counts as far as ordered.
        least(accepted_surely, ordered) AS due,
        greatest(invoiced, 0) AS billed
    FROM summed
    LEFT JOIN used_again ON used_again.row_id = summed.row_id
    OFFSET 0
),
derived AS MATERIALIZED (
    SELECT
        row_id AS line_id, trade_id, unit, round(ordered, 13) AS ordered, round(despatched, 13) AS despatched,
        round(received, 13) AS received, round(rejected, 13) AS rejected, round(short, 13) AS short,
        round(accepted, 13) AS accepted, round(invoiced, 13) AS invoiced, round(credited, 13) AS credited,
        ordered_amount, invoiced_amount, credited_amount, round(uncovered, 13) AS uncovered,
        CASE WHEN worth >= 0 AND worth < 1e15 THEN round(worth, 13) END AS unit_value,
        CASE WHEN worth >= 0 AND abs(due * worth) < 1e15 THEN round(due * worth, 13) END AS value_accepted,
        CASE WHEN worth >= 0 AND abs(due * worth) < 1e15 THEN round(least(due, billed) * worth, 13) END AS value_invoiced,
        used_again_by,
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
