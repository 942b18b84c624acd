"""`manage.py export_log FOLDER`: the log as files that any web server can serve. Repeat it to bring them up to date."""

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from abs_platform.core.errors import NotFound
from abs_platform.ledger import public_log, tiles
from abs_platform.ledger.services import MAIN


class Command(BaseCommand):
    help = (
        "Write a channel's public log (C2SP tlog-tiles) into FOLDER, byte for byte as /api/v1/log/CHANNEL serves it. What "
        "is there already is not written again; the checkpoint comes last, so that it never promises a file that is missing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="FOLDER")
        parser.add_argument("--channel", default=MAIN, help=f"the channel's name; {MAIN} if not given")

    def handle(self, *args: Any, **options: Any) -> None:  # Any: Django's signature
        folder: Path = options["folder"]
        try:
            channel = public_log.channel_named(options["channel"])
            checkpoint = public_log.checkpoint(channel)
        except NotFound:
            raise CommandError(
                f"channel {options['channel']!r} has no checkpoint: nothing is recorded in it yet, or it does not exist"
            ) from None
        written = 0
        for level in tiles.levels(checkpoint.size):
            for place in tiles.places(checkpoint.size, level=level):
                file = folder / "tile" / str(level) / str(place)
                if not file.exists():
                    _write(file, public_log.tile(channel, level, place))
                    written += 1
        for place in tiles.places(checkpoint.size):
            file = folder / "tile" / tiles.ENTRIES / str(place)
            if not file.exists():
                _write(file, public_log.entries(channel, place))
                written += 1
        _write(folder / "checkpoint", public_log.note_of(checkpoint).encode())
        self.stdout.write(f"{channel.name}: {checkpoint.size} records, {written} new files in {folder}")


def _write(file: Path, content: bytes) -> None:
    """Whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    draft.write_bytes(content)
    draft.replace(file)
