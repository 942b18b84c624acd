"""What the registry gets to see: digests under keys. Nothing is written here, and no other platform is asked.

Rights and pledges are named under this platform's own key: nobody else can tell which right a digest is. Fingerprints are
made under the consortium's key, so that every platform of it makes the same one of the same invoice. Whoever stole that
key would have to guess numbers, parties and amounts together, at ITERATIONS of HMAC-SM3 a guess.
"""

from collections.abc import Iterable
from uuid import UUID

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from django.conf import settings

from abs_platform.crypto.sm3 import hmac_sm3
from abs_platform.integrations.formats.model import Extracted, Party
from abs_platform.integrations.kms import kms
from abs_platform.parties.models import Identifier
from abs_platform.rights.registry.fingerprints import BACKING, Combination, combinations, identified
from abs_platform.trade import selectors as trades
from abs_platform.trade.models import Trade

OWN_KEY, CONSORTIUM_KEY = "registry", "consortium"
ITERATIONS = 10_000  # 13 ms on one core of 2026


def of_right(right_id: UUID) -> bytes:
    """The right's name in the registry, 32 bytes."""
    return _own("abs/right/v1", str(right_id))


def of_pledge(*, right_id: UUID, pledge_id: UUID, holder_id: UUID) -> bytes:
    """The pledge's name in the registry, 32 bytes."""
    return _own("abs/pledge/v1", str(right_id), str(pledge_id), str(holder_id))


def fingerprints_of(trade: Trade) -> list[bytes]:
    """The fingerprints of everything that the trade's right rests on, in one order. Takes milliseconds for each: call it
    outside transactions.
    """
    known = _company_ids(trade)
    found = {
        fingerprint(combination)
        for said in trades.compared(trade).extracted.values()
        if said.kind in BACKING
        for combination in _of_document(trade, said, known)
    }
    return sorted(found)


def fingerprint(combination: Combination) -> bytes:
    """The keyed, stretched digest of a combination of fields, 32 bytes (PBKDF2, RFC 8018, over HMAC-SM3)."""
    keyed = hmac_sm3(_consortium_key(), "\n".join(combination).encode())
    stretch = PBKDF2HMAC(hashes.SM3(), length=32, salt=b"abs/fingerprint/v1", iterations=ITERATIONS)
    return stretch.derive(keyed)


def _own(*parts: str) -> bytes:
    return hmac_sm3(kms().mac_key(OWN_KEY), "\n".join(parts).encode())


def _consortium_key() -> bytes:
    """The key that the consortium's platforms share; this one's own where it is alone."""
    shared: str = settings.CONSORTIUM_KEY
    return bytes.fromhex(shared) if shared else kms().mac_key(CONSORTIUM_KEY)


def _of_document(trade: Trade, said: Extracted, known: dict[UUID, str]) -> Iterable[Combination]:
    """Parties that the platform knows count by their legal identifiers, however a file names them."""
    seller = identified(said.seller, known.get(trade.seller_id, ""))
    buyer = identified(
        said.buyer or Party(name=trade.buyer_name), known.get(trade.buyer_id, "") if trade.buyer_id else ""
    )
    return combinations(said, seller=seller, buyer=buyer)


def _company_ids(trade: Trade) -> dict[UUID, str]:
    rows = Identifier.objects.filter(
        organisation_id__in=[id for id in (trade.seller_id, trade.buyer_id) if id], scheme="company_id"
    )
    return dict(rows.order_by("-value").values_list("organisation_id", "value"))
