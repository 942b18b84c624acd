"""What the tests of verdicts share."""

import io
import socket
from typing import Any

from abs_platform.verifier import abs_verify
from abs_platform.verifier.abs_verify import Verdict
from tests.verifier.builder import CONTENT, Case, Json
from tests.verifier.chain import FakeChain

Chains = dict[str, FakeChain]


def verify(case: Case, bundle: Json | None = None, content: bytes | None = CONTENT, **options: Any) -> Verdict:
    file = None if content is None else io.BytesIO(content)
    return abs_verify.verify(bundle or case.bundle, options.pop("trust", case.trust), file, **options)


def failing(verdict: Verdict) -> list[str]:
    return [link.name for link in verdict.links if link.ok is False]


def state(verdict: Verdict, name: str) -> str:
    return next(chain.state for chain in verdict.chains if chain.name == name)


def closed_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}/"
