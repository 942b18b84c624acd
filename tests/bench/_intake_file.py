"""One gigabyte on its way in, as the web server's upload handler takes it: SM3, SM4-GCM in authenticated segments, stored.

The peer is what the two primitives allow: each alone on one core, in the same round, on the same bytes; with every core
busy all the time, a file could pass at cores × the harmonic limit. Ours includes receiving, writing and the flush to the
disk.
"""

import contextlib
import hashlib
import os
import secrets
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.test import override_settings

from abs_platform.crypto import sm3, sm4
from abs_platform.documents import custody
from abs_platform.documents.sealing import CORES
from abs_platform.documents.uploads import CustodyUploadHandler
from abs_platform.integrations.storage import storage
from tests.bench._measuring import Figure, Progress, plain, share, timed

ROUNDS = 5
FILE_SIZE = 1 << 30
SAMPLE_SIZE = 128 << 20
BLOCK_SIZE = 32 << 20
MEMORY_LIMIT_MB = 100.0
SEGMENT = sm4.SEGMENT_SIZE


def figures_of(progress: Progress) -> list[Figure]:
    """file, file_memory, file_sm3, file_sm4_gcm, file_read."""
    block = memoryview(secrets.token_bytes(BLOCK_SIZE))
    ours, limits, hashing, sealing, memory, reading = ([] for _ in range(6))  # type: tuple[list[float], ...]
    with _storage_folder():
        for number in range(1, ROUNDS + 1):
            progress(f"1 GB: round {number} of {ROUNDS}")
            # The primitives before and after, so that a machine that slows down in a round slows both sides.
            before = _primitives(block)
            with _peak_memory(memory):
                seconds, incoming = _received(block)
            after = _primitives(block)
            sm3_speed, sm4_speed = ((a + b) / 2 for a, b in zip(before, after, strict=True))
            hashing.append(sm3_speed)
            sealing.append(sm4_speed)
            limits.append(CORES / (1 / sm3_speed + 1 / sm4_speed))
            ours.append(FILE_SIZE / seconds / 1e6)
            if number == ROUNDS:
                reading.append(FILE_SIZE / timed(lambda: _read_back(incoming, block)) / 1e6)  # noqa: B023
            incoming.discard()
    peer = f"{CORES} cores × harmonic limit"
    return [
        share("file", "MB/s", ours, peer, limits, ">=0.9"),
        {
            "name": "file_memory",
            "value": max(memory),
            "unit": "MB",
            "peer": "the limit",
            "peer_value": MEMORY_LIMIT_MB,
            "ratio": max(memory) / MEMORY_LIMIT_MB,
            "goal": "<=1",
        },
        plain("file_sm3", sorted(hashing)[ROUNDS // 2], "MB/s"),
        plain("file_sm4_gcm", sorted(sealing)[ROUNDS // 2], "MB/s"),
        plain("file_read", reading[0], "MB/s"),
    ]


def _received(block: memoryview) -> tuple[float, custody.Incoming]:
    """Seconds until an upload of 1 GB lies durable in storage, and where it lies."""
    handler = CustodyUploadHandler()
    handler.new_file("files", "large.bin", "application/octet-stream", FILE_SIZE)
    step = CustodyUploadHandler.chunk_size
    began = time.perf_counter()
    for start in range(0, FILE_SIZE, step):
        at = start % BLOCK_SIZE
        handler.receive_data_chunk(bytes(block[at : at + step]), start)
    incoming = handler.file_complete(FILE_SIZE).incoming
    seconds = time.perf_counter() - began
    if incoming is None or incoming.sealed is None or incoming.size != FILE_SIZE:
        raise RuntimeError("the file was not taken")
    return seconds, incoming


def _read_back(incoming: custody.Incoming, block: memoryview) -> None:
    """Raises unless storage holds exactly the bytes that came in, and the digest is theirs."""
    sealed = incoming.sealed
    if sealed is None:
        raise RuntimeError("the file was not taken")
    digest = hashlib.new("sm3")
    position = 0
    for chunk in sm4.decrypt_segments(storage().get(sealed.storage_name), sealed.key):
        at = position % BLOCK_SIZE
        if block[at : at + len(chunk)] != chunk:
            raise RuntimeError(f"the stored file differs after {position} bytes")
        digest.update(chunk)
        position += len(chunk)
    if position != FILE_SIZE or digest.hexdigest() != sealed.digest:
        raise RuntimeError("the stored file is another")


def _primitives(block: memoryview) -> tuple[float, float]:
    """MB/s of SM3 and of SM4-GCM in segments, each alone on one core, with nothing around the libraries' calls."""
    pieces = [block[at % BLOCK_SIZE :][:SEGMENT] for at in range(0, SAMPLE_SIZE, SEGMENT)]
    return tuple(SAMPLE_SIZE / timed(lambda: work(pieces)) / 1e6 for work in (_hash, _seal))  # type: ignore[return-value]  # noqa: B023


def _hash(pieces: list[memoryview]) -> None:
    state = sm3.new()
    for piece in pieces:
        state.update(piece)


def _seal(pieces: list[memoryview]) -> None:
    key = secrets.token_bytes(16)
    sealed = bytearray(SEGMENT + 16)
    for number, piece in enumerate(pieces):
        encryptor = Cipher(algorithms.SM4(key), modes.GCM(number.to_bytes(12, "big"))).encryptor()
        encryptor.update_into(piece, sealed)
        encryptor.finalize()


@contextlib.contextmanager
def _peak_memory(peaks: list[float]) -> Iterator[None]:
    """Appends by how many MB this process's resident memory grew at most, looked at a hundred times a second."""
    idle = peak = _resident()
    over = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not over.wait(0.01):
            peak = max(peak, _resident())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
        peaks.append((peak - idle) / 1e6)


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


@contextlib.contextmanager
def _storage_folder() -> Iterator[None]:
    with tempfile.TemporaryDirectory(prefix="abs-bench-") as folder:
        with override_settings(STORAGE_DIR=Path(folder), MAX_FILE_BYTES=FILE_SIZE):
            storage.cache_clear()
            yield
        storage.cache_clear()
