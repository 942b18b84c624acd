import http.client
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from abs_platform.launch.ports import HOST
from tests.support.fixtures import committed_world, module_world, storage_folder, world

__all__ = ["committed_world", "module_world", "storage_folder", "world"]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def served(committed_platform: None, tmp_path: Path) -> Iterator[int]:
    """The port of a web server of its own process, as `./abs up` starts it, on the test's database."""
    options = connection.settings_dict
    database = (
        f"postgres://{options['USER']}:{options['PASSWORD']}@{options['HOST']}:{options['PORT']}/{options['NAME']}"
    )
    with (tmp_path / "web.log").open("wb") as log:
        for port in range(47110, 47200):
            argv = [sys.executable, "-m", "granian", "--interface", "asgi", "--host", HOST, "--port", str(port)]
            argv += ["--workers", "1", "--workers-kill-timeout", "1", "--no-ws", "abs_platform.config.asgi:application"]
            web = subprocess.Popen(argv, cwd=ROOT, env={**os.environ, "DATABASE_URL": database}, stdout=log, stderr=log)
            if _answers(port, web):
                break
        else:
            pytest.fail((tmp_path / "web.log").read_text())
    try:
        yield port
    finally:
        web.terminate()
        web.wait(20)


def _answers(port: int, web: "subprocess.Popen[bytes]") -> bool:
    patience = time.monotonic() + 40
    while web.poll() is None and time.monotonic() < patience:
        asking = http.client.HTTPConnection(HOST, port, timeout=5)
        try:
            asking.request("GET", "/api/v1/health")
            if asking.getresponse().status == 200:
                return True
        except OSError:
            time.sleep(0.2)
        finally:
            asking.close()
    web.kill()
    web.wait()
    return False
