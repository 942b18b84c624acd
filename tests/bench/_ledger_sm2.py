"""SM2 by the product beside `openssl speed sm2`, in turn on one core. Both count the processor's time in user mode."""

import resource
import subprocess
from collections.abc import Callable

from abs_platform.crypto import sm2
from tests.bench._measuring import Figure, Progress, share

ROUNDS = 5
SECONDS = 1
MESSAGE = bytes(20)  # as long as that of `openssl speed`
PEER = "openssl speed sm2"


def figures(progress: Progress) -> list[Figure]:
    """sm2_sign, sm2_verify: by one key pair again and again, as `openssl speed` does."""
    pair = sm2.generate()
    signature = pair.sign(MESSAGE)
    signing, verifying = [], []
    sign_speed, verify_speed = [], []
    for number in range(1, ROUNDS + 1):
        progress(f"SM2: round {number} of {ROUNDS}")
        signing.append(_per_second(lambda: pair.sign(MESSAGE)))
        verifying.append(_per_second(lambda: sm2.verify(pair.public, MESSAGE, signature)))
        sign, verify = _openssl()
        sign_speed.append(sign)
        verify_speed.append(verify)
    return [
        share("sm2_sign", "signatures/s", signing, PEER, sign_speed, ">=0.85"),
        share("sm2_verify", "verifications/s", verifying, PEER, verify_speed, ">=0.85"),
    ]


def _per_second(work: Callable[[], object]) -> float:
    start, done, taken = _user_time(), 0, 0.0
    while taken < SECONDS:
        for _ in range(50):
            work()
        done += 50
        taken = _user_time() - start
    return done / taken


def _user_time() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_utime


def _openssl() -> tuple[float, float]:
    """Signatures and verifications a second, by the program's own count."""
    command = ["openssl", "speed", "-seconds", str(SECONDS), "-mr", "sm2"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    # +F7:0:256:CurveSM2:<signatures a second>:<verifications a second>
    fields = next(line for line in done.stdout.splitlines() if "CurveSM2" in line and line.startswith("+F")).split(":")
    return float(fields[-2]), float(fields[-1])
