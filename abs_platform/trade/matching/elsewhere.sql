-- Receipt lines that invoices of several trades name, for more together than was accepted: of each the last line that does so.
-- A trade's own rows know nothing of other trades; whoever bills one receipt under two orders is found here.
SELECT DISTINCT ON (receipt.line_id) claim.line_id
FROM (
    SELECT line.receipt_ref AS ref FROM trade_matchline line
    WHERE line.level = 4 AND line.receipt_ref IS NOT NULL AND $affected(line.trade_id)
    UNION
    SELECT line.own_ref FROM trade_matchline line WHERE line.level = 3 AND line.own_ref IS NOT NULL AND $affected(line.trade_id)
) concerned
JOIN LATERAL (
    SELECT each.line_id, each.accepted, coalesce(each.factor, 1) AS factor FROM trade_matchline each
    WHERE each.own_ref = concerned.ref AND each.level = 3 AND each.counts
    ORDER BY each.line_id
    LIMIT 1
) receipt ON true
JOIN LATERAL (
    SELECT
        sum(each.quantity * coalesce(each.factor, receipt.factor)) AS quantity,
        min(each.trade_id::text) <> max(each.trade_id::text) AS in_several
    FROM trade_matchline each
    WHERE each.receipt_ref = concerned.ref AND each.level = 4 AND each.counts AND each.quantity > 0
) claimed ON claimed.in_several AND claimed.quantity > receipt.accepted * receipt.factor
JOIN trade_matchline claim
    ON claim.receipt_ref = concerned.ref AND claim.level = 4 AND claim.counts AND claim.quantity > 0
ORDER BY receipt.line_id, claim.issue_date DESC NULLS FIRST, claim.number DESC, claim.position DESC
