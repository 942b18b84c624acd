-- How lines stand follows their documents: where they are filed, whether they count, which order is the trade's, and what
-- tolerance is in force on their date. Python says the same in facts.DocumentFacts.counts, joining._spine and in_force.py.
UPDATE trade_matchline line
SET trade_id = now.trade_id,
    counts = now.counts,
    confirmed = now.confirmed,
    spine = now.spine,
    sole = now.sole AND line.distinct_id AND line.order_line_key IS NOT NULL,
    quantity_tolerance = now.quantity,
    price_tolerance = now.price,
    amount_tolerance = now.amount
FROM (
    SELECT
        filed.document_id,
        filed.trade_id,
        filed.confirmation <> 'disputed' AND coalesce(tax.status, '') NOT IN ('voided', 'lost_control', 'abnormal') AS counts,
        filed.confirmation IN ('confirmed', 'partial') AS confirmed,
        coalesce(version.is_first, false) AS spine,
        coalesce(version.is_first AND version.is_of_one, false) AS sole,
        coalesce(allowed.quantity, 0) AS quantity,
        coalesce(allowed.price, 0) AS price,
        allowed.amount
    FROM trade_tradedocument filed
    JOIN trade_trade trade ON trade.id = filed.trade_id
    LEFT JOIN documents_taxstatus tax ON tax.document_id = filed.document_id
    LEFT JOIN (
        -- Orders of one trade whose numbers are written in one way are versions of one.
        SELECT
            document_id,
            row_number() OVER (
                PARTITION BY trade_id, number
                ORDER BY
                    CASE confirmation WHEN 'confirmed' THEN 0 WHEN 'partial' THEN 0 WHEN 'disputed' THEN 2 ELSE 1 END,
                    issue_date NULLS LAST, document_id
            ) = 1 AS is_first,
            min(number) OVER of_trade = max(number) OVER of_trade AS is_of_one
        FROM trade_tradedocument
        WHERE kind = 'order' AND $affected(trade_id)
        WINDOW of_trade AS (PARTITION BY trade_id)
    ) version ON version.document_id = filed.document_id
    LEFT JOIN LATERAL (
        SELECT each.quantity, each.price, each.amount
        FROM trade_tolerance each
        WHERE each.seller_id = trade.seller_id AND each.buyer_id = trade.buyer_id
            AND each.effective_from <= filed.issue_date
        ORDER BY each.effective_from DESC
        LIMIT 1
    ) allowed ON true
    WHERE $affected(filed.trade_id)
) now
WHERE now.document_id = line.document_id
    AND (
        line.trade_id, line.counts, line.confirmed, line.spine, line.sole,
        line.quantity_tolerance, line.price_tolerance, line.amount_tolerance
    ) IS DISTINCT FROM (
        now.trade_id, now.counts, now.confirmed, now.spine,
        now.sole AND line.distinct_id AND line.order_line_key IS NOT NULL,
        now.quantity, now.price, now.amount
    )
