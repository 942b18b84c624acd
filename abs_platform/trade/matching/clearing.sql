-- The clearing of invoices: the one definition, for all trades or for those that an event affects.
--
-- An item (a payment, a credit note) that names an invoice clears that one, in whichever trade of the two parties it is; where
-- several bear the number in its currency, the one of the item's own trade, else the first. What names none clears the invoices
-- of its trade, those due first before the others (民法典560), as far as what names them left anything. Items follow each other
-- by date. A payment none of whose invoices is on record clears none, and counts where it is filed.
-- An invoice that the tax office took out bills nothing; one that states no amount bounds nothing.
WITH
bill AS MATERIALIZED (
    -- The invoices that something names, and those of trades where something names none.
    SELECT
        filed.document_id, filed.trade_id, filed.invoice_key, filed.due_date, filed.issue_date, filed.number COLLATE "C" AS number,
        CASE WHEN tax.status IN ('voided', 'lost_control', 'abnormal') OR filed.total < 0 THEN 0 ELSE filed.total END AS billed,
        coalesce(nullif(filed.currency, ''), trade.currency) AS currency,
        coalesce(allowed.amount, 0) AS tolerance
    FROM trade_tradedocument filed
    JOIN trade_trade trade ON trade.id = filed.trade_id
    LEFT JOIN documents_taxstatus tax ON tax.document_id = filed.document_id
    LEFT JOIN LATERAL (
        SELECT each.amount
        FROM trade_tolerance each
        WHERE each.seller_id = trade.seller_id AND each.buyer_id = trade.buyer_id
            AND each.effective_from <= filed.issue_date
        ORDER BY each.effective_from DESC
        LIMIT 1
    ) allowed ON true
    WHERE filed.invoice_key IS NOT NULL AND $affected(filed.trade_id) AND (
        EXISTS (SELECT FROM trade_clearingitem item WHERE item.invoice_key = filed.invoice_key)
        OR EXISTS (
            SELECT
            FROM trade_tradedocument paper JOIN trade_clearingitem item ON item.document_id = paper.document_id
            WHERE paper.trade_id = filed.trade_id AND item.invoice_key IS NULL
        )
    )
),
meant AS (
    -- What names these invoices' numbers, and which invoice each means of all that bear it.
    SELECT DISTINCT ON (item.id) item.id, invoice.document_id AS invoice_id
    FROM (SELECT DISTINCT invoice_key FROM bill) known
    JOIN trade_clearingitem item ON item.invoice_key = known.invoice_key
    JOIN trade_tradedocument paper ON paper.document_id = item.document_id
    JOIN trade_trade own ON own.id = paper.trade_id
    JOIN trade_tradedocument invoice ON invoice.invoice_key = item.invoice_key
    JOIN trade_trade trade ON trade.id = invoice.trade_id AND trade.buyer_key = own.buyer_key
    WHERE '' IN (paper.currency, invoice.currency || trade.currency)
        OR paper.currency = coalesce(nullif(invoice.currency, ''), trade.currency)
    ORDER BY item.id, invoice.trade_id <> paper.trade_id, invoice.issue_date NULLS LAST, invoice.document_id
),
named AS MATERIALIZED (
    SELECT
        item.id AS item_id, paper.trade_id AS filed_in, bill.trade_id, bill.document_id AS invoice_id, bill.billed, bill.tolerance,
        item.amount, sum(item.amount) OVER so_far - item.amount AS starts, sum(item.amount) OVER so_far AS ends
    FROM meant
    JOIN bill ON bill.document_id = meant.invoice_id
    JOIN trade_clearingitem item ON item.id = meant.id
    JOIN trade_tradedocument paper ON paper.document_id = item.document_id
    WINDOW so_far AS (
        PARTITION BY bill.document_id
        ORDER BY paper.issue_date NULLS LAST, paper.number COLLATE "C", item.document_id, item.position
    )
),
unnamed AS MATERIALIZED (
    -- End to end, in their trade and currency.
    SELECT
        item.id AS item_id, trade.id AS trade_id, coalesce(nullif(paper.currency, ''), trade.currency) AS currency, item.amount,
        sum(item.amount) OVER so_far - item.amount AS starts, sum(item.amount) OVER so_far AS ends
    FROM trade_clearingitem item
    JOIN trade_tradedocument paper ON paper.document_id = item.document_id
    JOIN trade_trade trade ON trade.id = paper.trade_id
    WHERE item.invoice_key IS NULL AND $affected(paper.trade_id) AND (paper.currency IN ('', trade.currency) OR trade.currency = '')
    WINDOW so_far AS (
        PARTITION BY trade.id, coalesce(nullif(paper.currency, ''), trade.currency)
        ORDER BY paper.issue_date NULLS LAST, paper.number COLLATE "C", item.document_id, item.position
    )
),
unplaced AS (
    SELECT item.id AS item_id, own.id AS trade_id
    FROM trade_tradedocument paper
    JOIN trade_trade own ON own.id = paper.trade_id
    JOIN trade_clearingitem item ON item.document_id = paper.document_id AND item.invoice_key IS NOT NULL
    WHERE $affected(paper.trade_id) AND paper.kind = 'remittance_advice' AND (paper.currency IN ('', own.currency) OR own.currency = '')
        AND NOT EXISTS (
            -- By the keys first (hence the array, and OFFSET 0): a trade may have thousands of invoices.
            SELECT
            FROM trade_tradedocument invoice
            CROSS JOIN LATERAL (SELECT buyer_key, currency FROM trade_trade WHERE id = invoice.trade_id OFFSET 0) trade
            WHERE invoice.invoice_key = ANY (ARRAY(
                SELECT invoice_key FROM trade_clearingitem WHERE document_id = paper.document_id AND invoice_key IS NOT NULL
            )) AND trade.buyer_key = own.buyer_key AND (
                '' IN (paper.currency, invoice.currency || trade.currency)
                OR paper.currency = coalesce(nullif(invoice.currency, ''), trade.currency)
            )
        )
),
left_over AS MATERIALIZED (
    -- What is left of the invoices of their trades, end to end. `already`: what is cleared by name.
    SELECT
        each.document_id, each.trade_id, each.currency, each.billed, each.already, each.billed - each.already AS rest,
        sum(each.billed - each.already) OVER in_turn - (each.billed - each.already) AS starts,
        sum(each.billed - each.already) OVER in_turn AS ends
    FROM (
        SELECT bill.*, least(coalesce(gone.amount, 0), bill.billed) AS already
        FROM bill
        LEFT JOIN (SELECT invoice_id, sum(amount) AS amount FROM named GROUP BY invoice_id) gone
            ON gone.invoice_id = bill.document_id
        WHERE bill.trade_id IN (SELECT trade_id FROM unnamed) AND bill.billed IS NOT NULL
    ) each
    WINDOW in_turn AS (
        PARTITION BY each.trade_id, each.currency
        ORDER BY each.due_date NULLS LAST, each.issue_date NULLS LAST, each.number, each.document_id
    )
),
bounded AS (
    -- How much there is for them, where every invoice of the trade says what it bills.
    SELECT bill.trade_id, bill.currency, max(left_over.ends) AS ends
    FROM bill LEFT JOIN left_over ON left_over.document_id = bill.document_id
    GROUP BY bill.trade_id, bill.currency
    HAVING bool_and(bill.billed IS NOT NULL)
),
cleared AS MATERIALIZED (
    SELECT
        item_id, filed_in, trade_id, invoice_id,
        CASE WHEN ends > billed * (1 + tolerance) THEN least(ends - billed, amount) ELSE 0 END AS beyond
    FROM named
    UNION ALL
    SELECT
        unnamed.item_id, unnamed.trade_id, unnamed.trade_id, NULL,
        coalesce(least(greatest(unnamed.ends - bounded.ends, 0), unnamed.amount), 0)
    FROM unnamed
    LEFT JOIN bounded ON bounded.trade_id = unnamed.trade_id AND bounded.currency = unnamed.currency
    UNION ALL
    SELECT item_id, trade_id, trade_id, NULL, 0 FROM unplaced
),
clearings AS MATERIALIZED (
    SELECT invoice_id, item_id, trade_id, starts, least(ends, billed) AS ends, billed
    FROM named
    WHERE starts < billed
    UNION ALL
    SELECT
        bill.document_id, paid.item_id, bill.trade_id,
        bill.already + greatest(paid.starts, bill.starts) - bill.starts, bill.already + least(paid.ends, bill.ends) - bill.starts, bill.billed
    FROM left_over bill
    JOIN unnamed paid
        ON paid.trade_id = bill.trade_id AND paid.currency = bill.currency AND paid.starts < bill.ends AND bill.starts < paid.ends
    WHERE bill.rest > 0
)
