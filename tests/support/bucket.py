"""An S3-compatible server on this machine, with one bucket."""

import xml.etree.ElementTree as ET  # requests of our own client
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import localbucket
import pytest

NAME = "files"


@dataclass(frozen=True)
class Bucket:
    """Where it answers, and the folder that it keeps everything in."""

    endpoint: str
    folder: Path

    @property
    def url(self) -> str:
        return f"s3://{NAME}/custody"

    def objects(self) -> list[Path]:
        """What can be got."""
        return [path for path in (self.folder / NAME).rglob("*") if path.is_file()]

    def leftovers(self) -> list[Path]:
        """Parts of uploads that were neither finished nor given up."""
        return [path for path in (self.folder / ".localbucket-uploads").rglob("*") if path.is_file()]


@contextmanager
def bucket(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    """Serve it; credentials for it are in the environment."""

    class Handler(localbucket.S3Handler):  # type: ignore[misc]  # localbucket ships no types
        data_root = folder

        def log_message(self, format: str, *args: object) -> None:
            pass

        def _post_request(self, bucket: str, key: str) -> None:
            """DeleteObjects, which the server lacks, beside what it has."""
            if "delete" not in self.query:
                super()._post_request(bucket, key)
                return
            asked = ET.fromstring(self._read_body())  # as above
            result = ET.Element("DeleteResult", xmlns="http://s3.amazonaws.com/doc/2006-03-01/")
            for name in (each.text or "" for each in asked.iter() if each.tag.rpartition("}")[2] == "Key"):
                self._object_path(bucket, name).unlink(missing_ok=True)
                ET.SubElement(ET.SubElement(result, "Deleted"), "Key").text = name
            self._send(HTTPStatus.OK, ET.tostring(result), {"Content-Type": "application/xml"})

    (folder / NAME).mkdir(parents=True)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield Bucket(f"http://127.0.0.1:{server.server_port}", folder)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
