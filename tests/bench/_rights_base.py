"""A base of orders with receipts and invoices, filed and noted for matching, of any size.

Four lines an order. Every tenth line is received twice, in parts; three in a hundred are received short, three have rejects,
four are billed above what was accepted, two at another price; two in a hundred invoice lines name no order line and are placed
by what was weighed at their filing. Rows are written by SQL with the foreign keys away, which come back unchecked.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from django.db import connection, transaction

from abs_platform.core.ids import uuid7
from abs_platform.documents.models import Document
from abs_platform.integrations.formats.model import Extracted, Line, to_json
from abs_platform.parties import services as parties
from abs_platform.parties.actor import PLATFORM
from abs_platform.parties.models import Organisation
from abs_platform.trade.matching.lines import digest
from abs_platform.trade.models import TradeDocument

LINES = 4
TABLES = ("trade_trade", "trade_tradedocument", "trade_tradeline", "trade_matchline")

# Ids in the order in which they were made, as the product's are (UUIDv7), here of the number of an order.
_IDS = """
    CREATE OR REPLACE FUNCTION pg_temp.id_of(what text, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE
    RETURN (lpad(to_hex(n), 12, '0') || '7000' || 'b' || right(md5(what || n), 15))::uuid
"""
_TRADES = """
    INSERT INTO trade_trade (id, network_id, seller_id, buyer_id, buyer_key, buyer_name, order_number, provisional, encumbered, currency,
        mismatches, created_at, updated_at)
    SELECT pg_temp.id_of('trade', n), %(network)s, %(seller)s, %(buyer)s, %(buyer)s, 'bench', 'PO' || n, false, false, 'CNY', 0, now(), now()
    FROM generate_series(%(first)s, %(last)s) n
"""
_DOCUMENTS = """
    INSERT INTO trade_tradedocument (document_id, trade_id, kind, number, issue_date, currency, total, invoice_key, confirmation,
        rest_disputed, deadline, decided_at, filed_at)
    SELECT pg_temp.id_of(kind, n), pg_temp.id_of('trade', n),
        CASE kind WHEN 'later_receipt' THEN 'receipt_advice' ELSE kind END, left(kind, 1) || n, date '2026-01-01' + n %% 300, 'CNY', 1000,
        CASE kind WHEN 'invoice' THEN md5('invoice' || n)::uuid END, 'confirmed', false, now(), now(), now()
    FROM generate_series(%(first)s, %(last)s) n, unnest(ARRAY['order', 'receipt_advice', 'later_receipt', 'invoice']) kind
"""
# One row for every line; `part`: of a line that is received in two parts, which.
_LINES = """
    CREATE TEMP TABLE fresh ON COMMIT DROP AS
    SELECT
        row_number() OVER () + (SELECT coalesce(max(id), 0) FROM trade_tradeline) AS id,
        n, k, kind, part, (n * 4 + k) AS each,
        round((50 + (n * 7 + k * 13) %% 950)::numeric / 10, 1) AS ordered,
        round((100 + (n * 11 + k * 5) %% 900)::numeric / 100, 2) AS price
    FROM generate_series(%(first)s, %(last)s) n, generate_series(1, 4) k,
        (VALUES ('order', 1), ('receipt_advice', 1), ('later_receipt', 2), ('invoice', 1)) kinds (kind, part)
    WHERE kind <> 'later_receipt' OR (n * 4 + k) %% 10 = 0
"""
_FIGURES = """
    ALTER TABLE fresh ADD quantity numeric, ADD rejected numeric, ADD billed_price numeric;
    UPDATE fresh SET
        quantity = CASE
            WHEN kind LIKE '%receipt%' AND each % 10 = 0 THEN CASE part WHEN 1 THEN round(ordered / 2, 1) ELSE ordered - round(ordered / 2, 1) END
            WHEN kind LIKE '%receipt%' AND each % 33 = 1 THEN ordered - 1
            WHEN kind = 'invoice' AND each % 25 = 3 THEN ordered + 1
            ELSE ordered END,
        rejected = CASE WHEN kind = 'receipt_advice' AND each % 33 = 2 THEN 0.5 ELSE 0 END,
        billed_price = CASE WHEN kind = 'invoice' AND each % 50 = 7 THEN price + 1 ELSE price END
"""
_FILED_LINES = """
    INSERT INTO trade_tradeline (id, document_id, position, line_id, item_name, item_description, buyer_item_id, seller_item_id,
        standard_item_id, unit, quantity, rejected, short, oversupply, backorder, price, price_base_quantity, allowances, charges,
        amount, order_number, order_line_id, despatch_number, despatch_line_id, receipt_number, receipt_line_id, invoice_number,
        invoice_line_id, note)
    SELECT id, pg_temp.id_of(kind, n), k - 1, k::text, 'item ' || each % 997, '', '', '', '', 'KGM', quantity, rejected, 0, 0, 0,
        billed_price, 1, 0, 0, round(quantity * billed_price, 2), 'PO' || n, k::text, '', '', '', '', '', '', ''
    FROM fresh
"""
_MATCH_LINES = """
    INSERT INTO trade_matchline (line_id, document_id, trade_id, level, position, number, issue_date, currency, counts, confirmed,
        spine, sole, distinct_id, placed_with, order_key, order_line_key, own_ref, receipt_ref, unit, factor, quantity, accepted,
        rejected, short, unit_price, amount, quantity_tolerance, price_tolerance)
    SELECT fresh.id, pg_temp.id_of(kind, n), pg_temp.id_of('trade', n),
        CASE kind WHEN 'order' THEN 1 WHEN 'invoice' THEN 4 ELSE 3 END, k - 1, left(kind, 1) || n, date '2026-01-01' + n %% 300, 'CNY',
        true, true, kind = 'order', kind = 'order', true,
        CASE WHEN kind = 'invoice' AND each %% 50 = 11 THEN first_value(fresh.id) OVER (PARTITION BY n, k ORDER BY kind <> 'order') END,
        md5('order' || n)::uuid,
        CASE WHEN kind = 'invoice' AND each %% 50 = 11 THEN NULL ELSE keys.key END,
        CASE WHEN kind <> 'order' THEN md5(kind || n || '/' || k)::uuid END,
        CASE WHEN kind = 'invoice' AND each %% 2 = 0 THEN md5('receipt_advice' || n || '/' || k)::uuid END,
        'KGM', 1, quantity, CASE WHEN kind LIKE '%%receipt%%' THEN quantity - rejected END, rejected, 0, billed_price,
        round(quantity * billed_price, 2), 0, 0
    FROM fresh JOIN unnest(%(ids)s::text[], %(keys)s::uuid[]) keys (line, key) ON keys.line = k::text
"""


@dataclass
class Base:
    """Between which two, and how many orders there are."""

    seller: Organisation
    buyer: Organisation
    orders: int = 0

    def trade_of(self, number: int) -> UUID:
        """The trade of the number-th order, counted from 1."""
        with connection.cursor() as cursor:
            cursor.execute(_IDS)  # a connection's own
            cursor.execute("SELECT pg_temp.id_of('trade', %s)", [number])
            found: UUID = cursor.fetchone()[0]
        return found

    def grow(self, order_lines: int) -> None:
        """More orders, until there are so many lines of orders."""
        if order_lines // LINES <= self.orders:
            return
        first, self.orders = self.orders + 1, order_lines // LINES
        ids = [str(each + 1) for each in range(LINES)]
        values = {
            "network": self.seller.network_id,
            "seller": self.seller.id,
            "buyer": self.buyer.id,
            "first": first,
            "last": self.orders,
        }
        keys = {"ids": ids, "keys": [digest(self.seller.id, "order_line", each) for each in ids]}
        with _without_foreign_keys(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")  # more at once than the product ever asks for
            cursor.execute(_IDS)
            for statement in (_TRADES, _DOCUMENTS, _LINES):
                cursor.execute(statement, values)
            cursor.execute(_FIGURES)
            cursor.execute(_FILED_LINES)
            cursor.execute(_MATCH_LINES, keys)
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence('trade_tradeline', 'id'), (SELECT max(id) FROM fresh))"
            )

    def write_documents(self, trades: Sequence[UUID]) -> None:
        """The documents of these trades, with what they say, so that everything about the trades can be read."""
        there = Document.objects.values("id")
        rows = TradeDocument.objects.filter(trade__in=trades).exclude(document_id__in=there)
        for filed in rows.select_related("trade").prefetch_related("lines"):
            lines = tuple(
                Line(
                    id=row.line_id, item_name=row.item_name, unit=row.unit, quantity=row.quantity, rejected=row.rejected,
                    price=row.price, amount=row.amount, order_number=row.order_number, order_line_id=row.order_line_id,
                )
                for row in filed.lines.all()
            )  # fmt: skip
            said = Extracted(
                kind=filed.kind, number=filed.number, issue_date=filed.issue_date, currency=filed.currency,
                order_number=filed.trade.order_number, lines=lines,
            )  # fmt: skip
            Document.objects.create(
                id=filed.document_id, owner=self.seller, counterparty=self.buyer, uploaded_by="bench", filename="x", size=1,
                media_type="application/xml", digest="0" * 64, salt=bytes(32), record_id=uuid7(), storage_name=str(uuid7()),
                wrapped_key=b"", key_version=1, extraction="extracted", verdict="accepted", kind=filed.kind,
                number=filed.number, content=to_json(said),
            )  # fmt: skip


@cache
def the_base() -> Base:
    """Two who trade, at first nothing; one base for all parts, which only grows."""
    network = parties.create_network(actor=PLATFORM, name=f"bench {uuid7()}")
    seller, buyer = (
        parties.create_organisation(
            actor=PLATFORM, network_id=network.id, name=f"bench {role}", roles=[role], listed=False, identifiers=[]
        )
        for role in ("supplier", "core_enterprise")
    )
    return Base(seller, buyer)


@contextmanager
def _without_foreign_keys() -> Iterator[None]:
    """Within one transaction; they come back for what is written from then on."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE contype = 'f' AND conrelid::regclass::text = ANY (%s)",
            [list(TABLES)],
        )
        keys = cursor.fetchall()
        for table, name, _ in keys:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        yield
        for table, name, text in keys:
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {text.removesuffix(' NOT VALID')} NOT VALID")
