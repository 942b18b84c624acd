"""Seeded changes to a ledger's rows, as whoever owns the database can make them: triggers, foreign keys and checks are gone.

Each says in words what it does and which row an auditor must name, any of several where it cannot be told which one of
them was changed.
"""

import random
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, models

from abs_platform.ledger.models import Anchor, Checkpoint, Leaf, PendingRecord, PublisherKey, Record, Tile
from tests.ledger.evidence import EVIDENCE

SEED = 20261126
FEW, SOME, MANY = 10, 24, 64
WEIGHTS = {
    "Tile.hashes": MANY, "Leaf.hash": MANY, "Record.commitment": MANY, "Checkpoint.note": 48, "Leaf.record_id": SOME,
    "Leaf.index": SOME, "Record.time": SOME, "Record.template": SOME, "Record.id": SOME, "Tile.root": SOME,
    "Cosignature.line": SOME,
}  # fmt: skip
WORDS = {
    "hash": ["sm3", "sha256"],
    "algorithm": ["sm2-sm3", "ed25519", "secp256k1"],
    "kind": ["evm", "rfc3161"],
    "state": ["anchored", "abandoned"],
}


@dataclass(frozen=True)
class Mutation:
    """`apply` changes the rows; the auditor names one of `rows` (each the beginning of a name), with `detail` in it."""

    what: str
    apply: Callable[[], None]
    rows: tuple[str, ...] = ("",)
    detail: str = ""


def run(sql: str, *parameters: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        assert cursor.rowcount > 0, sql


def unprotect() -> None:
    """Take away all that stands in the way of whoever owns the tables, until the transaction ends; but primary keys."""
    tables = [model._meta.db_table for model in EVIDENCE]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT conrelid::regclass::text, quote_ident(conname) FROM pg_constraint
            WHERE conrelid::regclass::text = ANY(%(tables)s) AND contype IN ('c', 'f', 'u')
               OR confrelid::regclass::text = ANY(%(tables)s) AND contype = 'f'
            """,
            {"tables": tables},
        )
        for table, name in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name} CASCADE")
        cursor.execute(
            "SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid::regclass::text = ANY(%s)"
            " AND indisunique AND NOT indisprimary",
            [tables],
        )
        for (index,) in cursor.fetchall():
            cursor.execute(f"DROP INDEX {index}")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")


@dataclass
class Mutations:
    """The changes to one ledger, drawn from a seed."""

    other_channel: uuid.UUID
    other_chain: uuid.UUID
    chain: str
    rng: random.Random = field(default_factory=lambda: random.Random(SEED))
    index: dict[uuid.UUID, int] = field(init=False)
    sizes: list[int] = field(init=False)
    checkpoints: dict[uuid.UUID, int] = field(init=False)
    pending: set[uuid.UUID] = field(init=False)
    tables: dict[type[models.Model], list[Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.index = dict(Leaf.objects.values_list("record_id", "index"))
        self.checkpoints = dict(Checkpoint.objects.values_list("id", "size"))
        self.sizes = sorted(self.checkpoints.values())
        self.pending = set(PendingRecord.objects.values_list("record_id", flat=True))

    def all(self) -> list[Mutation]:
        """Of columns by their weight, then of rows, order, and whole suffixes."""
        found: list[Mutation] = []
        for model, columns in EVIDENCE.items():
            for column in columns:
                count = WEIGHTS.get(f"{model.__name__}.{column}", FEW)
                found += [self.column(model, column) for _ in range(count)]
        found += [make() for make in (self.deletion, self.exchange) for _ in range(50)]
        found += [make() for make in (self.insertion, self.rollback) for _ in range(30)]
        return found

    # --- one value

    def column(self, model: type[models.Model], column: str) -> Mutation:
        """Change one value of one row."""
        row = self.rng.choice([row for row in self._all(model) if self._may_change(row, column)])
        old = getattr(row, column)
        new, byte = self._other(model, column, old)
        key = {f.column: getattr(row, f.column) for f in model._meta.pk_fields}
        where = " AND ".join(f'"{name}" = %s' for name in key)
        sql = f'UPDATE {model._meta.db_table} SET "{column}" = %s WHERE {where}'
        values = [new, *key.values()]
        shown = f"{model.__name__}.{column} of {list(key.values())}: {_short(old)} → {_short(new)}"
        names = tuple(self._names(row)) + tuple(self._names_after(row, column, new))
        detail = f"byte {byte} " if isinstance(row, Tile) and column == "hashes" else ""
        return Mutation(shown, lambda: run(sql, *values), names, detail)

    def _all(self, model: type[models.Model]) -> list[Any]:
        """A table's rows, ordered by their keys; read once."""
        if model not in self.tables:
            self.tables[model] = list(model._default_manager.order_by("pk"))
        return self.tables[model]

    def _may_change(self, row: Any, column: str) -> bool:
        """Not what is there only to be pointed to; and to retire a key is no tampering."""
        return row.pk not in (self.other_channel, self.other_chain) and (
            column != "retired_at" or row.retired_at is not None
        )

    def _other(self, model: type[models.Model], column: str, old: Any) -> tuple[Any, int]:
        """Another value of the same kind, and the byte that differs."""
        rng = self.rng
        if column in WORDS and model.__name__ != "Record":
            return rng.choice([word for word in WORDS[column] if word != old]), 0
        if isinstance(old, bytes | memoryview):
            data = bytearray(old)
            byte = rng.randrange(len(data))
            data[byte] ^= 1 << rng.randrange(8)
            return bytes(data), byte
        if isinstance(old, datetime):
            unit = rng.choice([timedelta(milliseconds=1), timedelta(seconds=1), timedelta(days=1)])
            return old + unit * rng.choice([-1, 1]), 0
        if isinstance(old, uuid.UUID):
            return self._other_id(model, column, old), 0
        if isinstance(old, int):
            return self._other_number(model, column, old), 0
        place = rng.randrange(len(old))
        letter = rng.choice([c for c in "ab1/+=. \n" if c != old[place]])
        return old[:place] + letter + old[place + 1 :], place

    def _other_id(self, model: type[models.Model], column: str, old: uuid.UUID) -> uuid.UUID:
        known: dict[str, list[uuid.UUID]] = {
            "channel_id": [self.other_channel],
            "chain_id": [self.other_chain],
            "checkpoint_id": list(self.checkpoints),
            "record_id": [*self.index, *self.pending],
            "sm2_key_id": list(PublisherKey.objects.values_list("id", flat=True)),
            "ed25519_key_id": list(PublisherKey.objects.values_list("id", flat=True)),
        }
        choices = [id for id in known.get(column, []) if id != old]
        return self.rng.choice(sorted(choices)) if choices else uuid.UUID(int=self.rng.getrandbits(128))

    def _other_number(self, model: type[models.Model], column: str, old: int) -> int:
        rng = self.rng
        if model is Leaf:
            return rng.choice([-1, 700, old + 1000])
        if model is Tile and column == "index":
            return rng.choice([-1, old + 5, old + 1000])
        if model is Tile:
            return rng.randrange(1, 8)
        return max(0, old + rng.choice([-1, 1, 2, 7])) if old else rng.choice([1, 5])

    # --- what the auditor must say

    def _names(self, row: Any) -> Iterator[str]:
        """How the row is called."""
        match row:
            case Record():
                yield f"record {row.id}"
            case PendingRecord():
                yield f"record {row.record_id}"
            case Leaf():
                yield f"leaf {row.index}"
            case Tile():
                yield f"tile {row.level}/{row.index}"
            case Checkpoint():
                yield f"checkpoint {row.size}"
            case PublisherKey():
                yield f"key {row.name}"
            case Anchor():
                yield f"anchor {row.index} on {self.chain}"
            case _:
                yield {"Channel": "channel main", "Chain": f"chain {self.chain}"}.get(
                    type(row).__name__, "cosignature of "
                )

    def _names_after(self, row: Any, column: str, new: Any) -> Iterator[str]:
        """Names under which the same change may rightly be told: rows that the changed value now points to, or misses."""
        key = (type(row).__name__, column)
        if key in {("Leaf", "record_id"), ("PendingRecord", "record_id"), ("Record", "id")}:
            yield f"record {new}"
        if key == ("Checkpoint", "channel_id"):  # its successor follows nothing, or its leaves lie beyond
            yield from self._gap(row.size)
        if key == ("Checkpoint", "size"):
            yield f"checkpoint {new}"
        if key == ("Anchor", "index"):
            yield f"anchor {new} on {self.chain}"
        if key == ("Channel", "id"):  # everything is another's now
            yield f"checkpoint {self.sizes[-1]}"

    def _gap(self, size: int) -> Iterator[str]:
        """What shows that the checkpoint of that size is not there."""
        at = self.sizes.index(size)
        if size == self.sizes[-1]:
            yield f"leaf {self.sizes[at - 1]}"
            yield "tile "
        else:
            yield f"checkpoint {self.sizes[at + 1]}"

    # --- rows

    def deletion(self) -> Mutation:
        """Take one row away."""
        models_ = [Record, PendingRecord, Leaf, Tile, Checkpoint, PublisherKey, Anchor]
        model = self.rng.choice(models_)
        row: Any = self.rng.choice(self._all(model))
        key = {f.column: getattr(row, f.column) for f in model._meta.pk_fields}
        where = " AND ".join(f'"{name}" = %s' for name in key)
        sql = f"DELETE FROM {model._meta.db_table} WHERE {where}"
        names = tuple(self._names(row)) + (tuple(self._gap(row.size)) if isinstance(row, Checkpoint) else ())
        return Mutation(f"without {names[0]}", lambda: run(sql, *key.values()), names)

    def exchange(self) -> Mutation:
        """Two rows trade places."""
        table, columns, rows = self.rng.choice(
            [
                ("ledger_leaf", ("record_id", "hash"), self._all(Leaf)),
                ("ledger_leaf", ("hash",), self._all(Leaf)),
                ("ledger_record", ("commitment",), self._all(Record)),
                ("ledger_tile", ("hashes", "root"), self._all(Tile)),
                ("ledger_checkpoint", ("root", "note"), sorted(self._all(Checkpoint), key=lambda row: row.size)),
            ]
        )
        one, two = sorted(self.rng.sample(range(len(rows)), 2))
        first, second = rows[one], rows[two]
        place = {"ledger_leaf": "index", "ledger_tile": "index"}.get(table, "id")

        def apply() -> None:
            for to, source in ((first, second), (second, first)):
                values = [getattr(source, column) for column in columns]
                assignments = ", ".join(f'"{column}" = %s' for column in columns)
                run(f'UPDATE {table} SET {assignments} WHERE "{place}" = %s', *values, getattr(to, place))

        names = [*self._names(first), *self._names(second)]
        if columns == ("record_id", "hash"):  # they fit each other; the tile or the root above tells
            names = [f"tile 0/{first.index // 256}", f"checkpoint {self._over(first.index)}"]
        return Mutation(f"{table} {names} exchanged", apply, tuple(names))

    def _over(self, index: int) -> int:
        return next(size for size in self.sizes if size > index)

    def insertion(self) -> Mutation:
        """A row more: a copy of one, in another place."""
        leaf, tile, record = self._all(Leaf)[-1], self._all(Tile)[0], self._all(Record)[0]
        anchor = max(self._all(Anchor), key=lambda row: row.index)
        checkpoint = max(self._all(Checkpoint), key=lambda row: row.size)
        more = self.rng.randrange(1, 50)
        new_id = uuid.UUID(int=self.rng.getrandbits(128))
        copies: list[tuple[str, Any, dict[str, Any], str]] = [
            ("leaf", leaf, {"index": leaf.index + more}, f"leaf {leaf.index + more}"),
            ("tile", tile, {"index": more + 1}, f"tile 0/{more + 1}"),
            ("tile", tile, {"level": 1 + more % 7, "index": more}, f"tile {1 + more % 7}/{more}"),
            ("record", record, {"id": new_id}, f"record {new_id}"),
            (
                "checkpoint",
                checkpoint,
                {"id": new_id, "size": checkpoint.size + more},
                f"checkpoint {checkpoint.size + more}",
            ),
            ("checkpoint", checkpoint, {"id": new_id, "size": checkpoint.size - 1}, "checkpoint "),
            ("anchor", anchor, {"id": new_id, "index": anchor.index + more}, f"anchor {anchor.index + more} on"),
            ("anchor", anchor, {"id": new_id}, f"anchor {anchor.index} on"),
        ]
        name, row, changes, named = self.rng.choice(copies)
        fields = [f.column for f in row._meta.concrete_fields if f.column]
        values = [changes.get(column, getattr(row, column)) for column in fields]
        listed = ", ".join(f'"{column}"' for column in fields)
        sql = f"INSERT INTO ledger_{name} ({listed}) VALUES ({', '.join(['%s'] * len(fields))})"
        return Mutation(f"one more {name}: {changes}", lambda: run(sql, *values), (named,))

    def rollback(self) -> Mutation:
        """The whole ledger as it was at an earlier checkpoint; at 0, with nothing in it."""
        size = self.rng.choice([0, *self.sizes[:-1]])

        def apply() -> None:
            for sql in (
                "DELETE FROM ledger_pendingrecord",
                "DELETE FROM ledger_cosignature c USING ledger_checkpoint p WHERE p.id = c.checkpoint_id AND p.size > %s",
                "DELETE FROM ledger_anchor WHERE size > %s",
                "DELETE FROM ledger_checkpoint WHERE size > %s",
                "DELETE FROM ledger_leaf WHERE index >= %s",
                "DELETE FROM ledger_tile WHERE 256 * (index + 1) > %s",
                "DELETE FROM ledger_record r WHERE NOT EXISTS (SELECT FROM ledger_leaf l WHERE l.record_id = r.id)",
            ):
                with connection.cursor() as cursor:
                    cursor.execute(sql, [size] if "%s" in sql else [])

        return Mutation(f"rolled back to {size}", apply, (f"checkpoint {self.sizes[-1]}", f"chain {self.chain}"))


def _short(value: Any) -> str:
    text = value.hex() if isinstance(value, bytes) else str(value)
    return text if len(text) < 40 else f"{text[:36]}…"
