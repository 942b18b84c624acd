"""Importing through HTTP, as a person in a browser would."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from abs_platform.core import jobs
from tests.imports.sheets import Cell, as_csv
from tests.support.callers import Body, Caller, Form
from tests.support.world import READING

IMPORTING = ("imports.read", "imports.check", "imports.carry_out", "imports.withdraw", *READING)


def work() -> None:
    """Have the background do all that waits."""
    jobs.drain(kinds=IMPORTING)


@dataclass
class Import:
    """One import of a caller."""

    caller: Caller
    id: str

    @classmethod
    def of(
        cls,
        caller: Caller,
        data: bytes | Iterable[Sequence[Cell]],
        *,
        kind: str = "invoice",
        name: str = "table.csv",
        **more: Any,
    ) -> "Import":
        """Upload a table and have it read."""
        content = data if isinstance(data, bytes) else as_csv(data)
        body = caller.send("POST", "imports", Form({"file": SimpleUploadedFile(name, content), "kind": kind, **more}))
        assert body.status_code == 201, body.content
        work()
        return cls(caller, body.json()["id"])

    def seen(self) -> Body:
        """As it is now."""
        return self.caller.get(f"imports/{self.id}")

    def rows(self, **query: object) -> list[Body]:
        return self.caller.rows(f"imports/{self.id}/rows", **query)

    def entries(self) -> list[Body]:
        return self.caller.rows(f"imports/{self.id}/entries")

    def act(self, action: str, body: Body = None, *, status: int = 200) -> Body:
        """One request, and the background's answer to it."""
        found = self.caller.post(f"imports/{self.id}/{action}", body, status=status)
        work()
        return found

    def map(self, columns: dict[str, int], *, status: int = 200, **more: Any) -> Body:
        plan = {"defaults": {"currency": "CNY"}, "date_order": "ymd", "decimal_mark": ".", **more}
        return self.act("mapping", {"columns": columns, **plan}, status=status)

    def correct(self, row: int, column: int, value: str, *, status: int = 200) -> Body:
        return self.act(f"rows/{row}", {"column": column, "value": value}, status=status)
