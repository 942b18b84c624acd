-- How lines stand follows their documents: where they are filed, whether they count, which order is the trade's, and what
-- tolerance is in force on their date. Python says the same in facts.DocumentFacts.counts, joining._spine and in_force.py.
UPDATE trade_matchline line
SET trade_id = now.trade_id,
    counts = now.counts,
    confirmed = now.confirmed,
    spine = now.spine,
    sole = now.spine AND now.orders = 1 AND line.distinct_id AND line.order_line_key IS NOT NULL,
    quantity_tolerance = now.quantity,
    price_tolerance = now.price,
    amount_tolerance = now.amount
FROM (
    SELECT
        filed.document_id,
        filed.trade_id,
        filed.confirmation <> 'disputed' AND coalesce(tax.status, '') NOT IN ('voided', 'lost_control', 'abnormal') AS counts,
        filed.confirmation IN ('confirmed', 'partial') AS confirmed,
        filed.kind = 'order' AND row_number() OVER versions = 1 AS spine,
        -- Orders of one trade whose numbers are written in one way are versions of one.
        dense_rank() OVER (PARTITION BY filed.trade_id, filed.kind ORDER BY filed.number COLLATE "C")
            + dense_rank() OVER (PARTITION BY filed.trade_id, filed.kind ORDER BY filed.number COLLATE "C" DESC) - 1 AS orders,
        coalesce(allowed.quantity, 0) AS quantity,
        coalesce(allowed.price, 0) AS price,
        allowed.amount
    FROM trade_tradedocument filed
    JOIN trade_trade trade ON trade.id = filed.trade_id
    LEFT JOIN documents_taxstatus tax ON tax.document_id = filed.document_id
    LEFT JOIN LATERAL (
        SELECT each.quantity, each.price, each.amount
        FROM trade_tolerance each
        WHERE each.seller_id = trade.seller_id AND each.buyer_id = trade.buyer_id
            AND each.effective_from <= filed.issue_date
        ORDER BY each.effective_from DESC
        LIMIT 1
    ) allowed ON true
    WHERE $affected(filed.trade_id)
    WINDOW versions AS (
        PARTITION BY filed.trade_id, filed.kind, filed.number
        ORDER BY
            CASE filed.confirmation WHEN 'confirmed' THEN 0 WHEN 'partial' THEN 0 WHEN 'disputed' THEN 2 ELSE 1 END,
            filed.issue_date NULLS LAST, filed.document_id
    )
) now
WHERE now.document_id = line.document_id
    AND (
        line.trade_id, line.counts, line.confirmed, line.spine, line.sole,
        line.quantity_tolerance, line.price_tolerance, line.amount_tolerance
    ) IS DISTINCT FROM (
        now.trade_id, now.counts, now.confirmed, now.spine,
        now.spine AND now.orders = 1 AND line.distinct_id AND line.order_line_key IS NOT NULL,
        now.quantity, now.price, now.amount
    )
