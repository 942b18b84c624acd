-- Receipt lines that invoices of several trades with one buyer name, for more together than was accepted: of each the last line
-- that does so, with its own trade. Receipts are numbered by those who receive, so that each buyer has an R-1.
-- A trade's own rows know nothing of other trades; whoever bills one receipt under two orders is found here.
SELECT DISTINCT ON (receipt.line_id) claim.trade_id, claim.line_id
FROM (
    SELECT line.receipt_ref AS ref, trade.buyer_key
    FROM trade_matchline line
    JOIN trade_trade trade ON trade.id = line.trade_id
    WHERE line.level = 4 AND line.receipt_ref IS NOT NULL AND $affected(line.trade_id)
    UNION
    SELECT line.own_ref, trade.buyer_key
    FROM trade_matchline line
    JOIN trade_trade trade ON trade.id = line.trade_id
    WHERE line.level = 3 AND line.own_ref IS NOT NULL AND $affected(line.trade_id)
) concerned
JOIN LATERAL (
    -- One that states no unit is of its order line's, as in its row.
    SELECT
        each.line_id, coalesce(nullif(each.unit, ''), one.unit, '') AS unit, each.accepted,
        coalesce(each.factor, one.factor, 1) AS factor
    FROM trade_matchline each
    JOIN trade_trade trade ON trade.id = each.trade_id AND trade.buyer_key = concerned.buyer_key
    LEFT JOIN trade_matchline one
        ON one.sole AND one.trade_id = each.trade_id AND one.order_line_key = each.order_line_key
        AND CASE WHEN each.order_key IS NULL THEN true ELSE one.order_key = each.order_key END
    WHERE each.own_ref = concerned.ref AND each.level = 3 AND each.counts
    ORDER BY each.line_id
    LIMIT 1
) receipt ON true
JOIN LATERAL (
    SELECT
        each.trade_id, each.line_id, each.issue_date, each.number, each.document_id, each.position,
        sum(each.quantity * coalesce(each.factor, receipt.factor)) OVER () AS quantity,
        min(each.quantity_tolerance) OVER () AS tolerance,
        min(each.trade_id::text) OVER () <> max(each.trade_id::text) OVER () AS in_several
    FROM trade_matchline each
    JOIN trade_trade trade ON trade.id = each.trade_id AND trade.buyer_key = concerned.buyer_key
    WHERE each.receipt_ref = concerned.ref AND each.level = 4 AND each.counts AND each.quantity > 0
        AND each.unit IN ('', receipt.unit)
) claim ON claim.in_several AND claim.quantity > receipt.accepted * receipt.factor * (1 + claim.tolerance)
ORDER BY receipt.line_id, claim.issue_date DESC NULLS FIRST, claim.number DESC, claim.document_id DESC, claim.position DESC
