"""Reader of OpenSSL's evptests format: stanzas of `key = value`, parted by blank lines."""

import gzip
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Stanza:
    """The first key says what is tested; `Ctrl` may come more than once."""

    fields: list[tuple[str, str]] = field(default_factory=list)

    @property
    def operation(self) -> str:
        return next(key for key, _ in self.fields if key not in ("Title", "Availablein"))

    def get(self, key: str) -> str | None:
        return next((value for name, value in self.fields if name == key), None)

    def data(self, key: str) -> bytes:
        """A value in hex, or text in quotes."""
        value = self.get(key) or ""
        return value[1:-1].encode() if value.startswith('"') else bytes.fromhex(value)


def read(path: Path) -> list[Stanza]:
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode()
    stanzas = []
    for block in text.split("\n\n"):
        stanza = Stanza()
        for line in block.splitlines():
            if line.startswith(("#", "-----")) or "=" not in line:
                continue
            key, _, value = line.partition("=")
            stanza.fields.append((key.strip(), value.strip()))
        if any(key not in ("Title", "Availablein") for key, _ in stanza.fields):
            stanzas.append(stanza)
    return stanzas
