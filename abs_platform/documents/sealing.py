"""A file on its way into storage, read once: SM3 and SM4-GCM side by side, in bounded memory.

A segment of 1 MiB is sealed by whichever core is free, hashed by one thread in the file's order, and written by another;
the libraries release the interpreter's lock meanwhile. So a large file takes about as long as the two primitives need
when every core is busy, whichever of them is the slower. A file of one segment needs no threads.
"""

import os
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from abs_platform.crypto import sm3
from abs_platform.crypto.sm4 import SEGMENT_SIZE, Bytes, SegmentSealer

CORES = len(os.sched_getaffinity(0))
WINDOW = 2 * CORES + 2
"""Segments under way at once. Each holds its plaintext and its ciphertext: 12 MiB in all on two cores."""


class Sealing:
    """Takes a file's bytes as they come, and gives its ciphertext to `write`, in order and in one thread at a time."""

    def __init__(self, key: bytes, write: Callable[[Bytes], object]) -> None:
        self._sealer = SegmentSealer(key)
        self._write = write
        self._digest = sm3.new()
        self._index = 0
        self._segment = bytearray()
        self._under_way: deque[Future[None]] = deque()
        self._threads: _Threads | None = None

    def take(self, chunk: Bytes) -> None:
        """The file's next bytes. Raises what `write` raised for earlier ones."""
        left = memoryview(chunk)
        while left:
            if len(self._segment) == SEGMENT_SIZE:  # and more comes, so it is not the last
                self._dispatch()
            room = SEGMENT_SIZE - len(self._segment)
            self._segment += left[:room]
            left = left[room:]

    def finish(self) -> bytes:
        """The file ends here. Returns its SM3 digest when all its ciphertext is written. Raises what `write` raised."""
        try:
            while self._under_way:
                self._under_way.popleft().result()
        finally:
            self.stop()
        self._digest.update(self._segment)
        if self._index == 0:
            self._write(self._sealer.header)
        self._write(self._sealer.seal(self._index, self._segment, last=True))
        return self._digest.digest()

    def stop(self) -> None:
        """End the threads; when this returns, nothing is written any more."""
        if self._threads:
            self._threads.stop()
            self._threads = None

    def _dispatch(self) -> None:
        if self._threads is None:
            self._threads = _Threads()
            self._write(self._sealer.header)
        threads, segment = self._threads, self._segment
        hashed = threads.hashing.submit(self._digest.update, segment)
        sealed = threads.sealing.submit(self._sealer.seal, self._index, segment, last=False)
        self._under_way.append(threads.writing.submit(self._settle, hashed, sealed))
        self._index += 1
        self._segment = bytearray()
        if len(self._under_way) >= WINDOW:
            self._under_way.popleft().result()

    def _settle(self, hashed: Future[None], sealed: Future[memoryview]) -> None:
        self._write(sealed.result())
        hashed.result()


class _Threads:
    """One thread that hashes, one that writes, and as many that encrypt as there are cores."""

    def __init__(self) -> None:
        self.hashing = ThreadPoolExecutor(1, "hashing")
        self.sealing = ThreadPoolExecutor(CORES, "sealing")
        self.writing = ThreadPoolExecutor(1, "writing")

    def stop(self) -> None:
        for pool in (self.sealing, self.hashing, self.writing):
            pool.shutdown(cancel_futures=True)
