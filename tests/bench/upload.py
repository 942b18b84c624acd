"""Upload to anchored: one document at a time through REST, on a stack of its own with one-second blocks."""

import statistics
import time

from abs_platform.launch.rest import Client
from tests.bench._measuring import Figure, Progress
from tests.bench._stack import stack

NEEDS = ()
ROUNDS = 15
LIMIT_SECONDS = 5.0


def figures(progress: Progress) -> list[Figure]:
    """upload_to_anchored: median seconds from the start of the upload until the document's page says anchored."""
    with stack(progress) as stage:
        median = statistics.median(_seconds(stage.supplier, progress))
    return [
        {
            "name": "upload_to_anchored",
            "value": round(median, 3),
            "unit": "s",
            "peer": "the limit",
            "peer_value": LIMIT_SECONDS,
            "ratio": round(median / LIMIT_SECONDS, 3),
            "goal": "<=1",
        }
    ]


def _seconds(supplier: Client, progress: Progress) -> list[float]:
    taken = []
    for number in range(ROUNDS):
        began = time.monotonic()
        document = supplier.upload(f"note-{number}.txt", f"delivery note {number}".encode())["documents"][0]["id"]
        while supplier.get(f"documents/{document}")["state"] != "anchored":
            time.sleep(0.05)
        taken.append(time.monotonic() - began)
        progress(f"document {number + 1} of {ROUNDS}: {taken[-1]:.2f} s")
        time.sleep(0.37)  # so that uploads meet blocks at different moments
    return taken
