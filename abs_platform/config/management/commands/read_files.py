"""`manage.py read_files FILE…`: what the files are and whom they name, without storing anything."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from abs_platform.integrations import formats
from abs_platform.integrations.formats.model import Party


class Command(BaseCommand):
    """One JSON object a line: {file, kind, number, order_number, seller, buyer, refused}; parties are {name, identifiers}."""

    help = "Tell what files are and whom they name, one JSON object a line; stores nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:  # Any: Django's own signature
        for file in options["files"]:
            self.stdout.write(json.dumps({"file": str(file), **_read(file)}, ensure_ascii=False))


def _read(file: Path) -> dict[str, object]:
    try:
        extracted = formats.parse(file.read_bytes())
    except formats.Refused as refused:
        return {"kind": None, "refused": {"code": refused.code, "detail": refused.detail}}
    if extracted is None:
        return {"kind": "attachment", "refused": None}
    return {
        "kind": extracted.kind,
        "number": extracted.number,
        "order_number": extracted.trade_order_number,
        "seller": _party(extracted.seller),
        "buyer": _party(extracted.buyer),
        "refused": None,
    }


def _party(party: Party | None) -> dict[str, object] | None:
    return {"name": party.name, "identifiers": party.identifiers()} if party else None
