"""The published trade (OASIS UBL 2.0) that lies beside the project: its files, and the members its parties become."""

from abs_platform.integrations import formats
from abs_platform.integrations.formats.model import Party
from tests.shared_data import shared
from tests.support.world import Member, World

FOLDER = "01_ubl/oasis_2.0_chain"


def published_files() -> dict[str, bytes]:
    """File name → content, by name. Skips the test where the data is missing."""
    return {path.name: path.read_bytes() for path in sorted(shared(FOLDER).glob("*.xml"))}


def published_parties() -> tuple[Party, Party]:
    """Seller and buyer, as the order names them."""
    for data in published_files().values():
        extracted = formats.parse(data)
        if extracted is not None and extracted.kind == "order":
            assert extracted.seller and extracted.buyer
            return extracted.seller, extracted.buyer
    raise AssertionError("the published trade has no order")


def enrol(world: World) -> tuple[Member, Member]:
    """Register the published trade's supplier and core enterprise."""
    seller, buyer = published_parties()
    return (
        world.member("consortial", None, "supplier", party=seller),
        world.member("iyt", None, "core_enterprise", party=buyer),
    )
