"""The log: its tree, its database, its chains, its keys, and records from REST to anchored on every chain.

Peers run in turn with the product, round by round, and every figure is a median:

- pymerkle's tree in memory under the same hash with the same entries. `verify_hashing` is what the calls of hashlib alone
  take in `verify`; `bulk_verify` takes the proofs of a run of neighbours, `bulk_verify_scattered` those of every tenth leaf.
- PostgreSQL's own COPY of as many leaf rows into the same table, with its indexes, checks and foreign keys, logged and
  committed.
- one transaction a document, on the same node. `openssl speed sm2`, on the same core.
- the same work at 10,000 records, for what must not grow with the log.
"""

from tests.bench import _ledger_chain, _ledger_database, _ledger_journey, _ledger_memory, _ledger_sm2
from tests.bench._measuring import Figure, Progress

NEEDS = ("postgres", "redis", "evm")


def figures(progress: Progress) -> list[Figure]:
    """See the parts."""
    parts = (_ledger_memory, _ledger_sm2, _ledger_chain, _ledger_database, _ledger_journey)
    return [figure for part in parts for figure in part.figures(progress)]
