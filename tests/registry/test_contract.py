"""The contract that is deployed is the one whose source is here; every function, by every wrong caller, in every state."""

import json
import secrets
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings

from abs_platform.integrations.chains import Rejected
from abs_platform.integrations.evm_registry import ARTEFACT, EvmRegistry
from abs_platform.integrations.registries import NOBODY, Kind, Step
from tests.ledger.nodes import Anvil
from tests.registry.conftest import Account

ROOT = Path(settings.BASE_DIR)


def digest() -> bytes:
    return secrets.token_bytes(32)


def number(value: int) -> bytes:
    return value.to_bytes(32, "big")


@dataclass
class Consortium:
    """A contract, its owner, two platforms and somebody who was not admitted."""

    owner: Account
    ours: Account
    theirs: Account
    stranger: Account

    def registered(self, *, by: Account | None = None, pledge: bytes = NOBODY, claims: tuple[bytes, ...] = ()) -> bytes:
        right = digest()
        account = by or self.ours
        account.call("register", right)
        if pledge != NOBODY:
            account.call("pledge", right, pledge, list(claims))
        return right


@pytest.fixture(scope="module")
def consortium() -> Iterator[Consortium]:
    chain = Anvil(31402)
    owner = Account.made(chain.url)
    contract = owner.client.establish()
    accounts = [Account.made(chain.url, contract) for _ in range(3)]
    for account in accounts[:2]:
        owner.call("admit", account.client.address)
    yield Consortium(owner, *accounts)
    chain.stop()


def refused(call: Callable[[], object], code: str) -> None:
    with pytest.raises(Rejected) as refusal:
        call()
    assert refusal.value.code == code


def test_the_committed_artefact_is_what_the_source_compiles_to() -> None:
    node = shutil.which("node") or shutil.which("node", path=ROOT / ".venv" / "bin")
    frontend = ROOT / "frontend"
    if node is None or not (frontend / "node_modules" / "solc").is_dir():
        pytest.skip("needs Node and the frontend's packages: run `npm ci` in frontend/, as `./abs test` does")
    script = ROOT / "abs_platform" / "ledger" / "contracts" / "compile.mjs"
    compiled = subprocess.run(
        [node, script, frontend, ARTEFACT.with_suffix(".sol")], capture_output=True, text=True, check=True, timeout=120
    )
    assert json.loads(compiled.stdout) == json.loads(ARTEFACT.read_text())


def test_only_the_owner_admits_and_dismisses(consortium: Consortium) -> None:
    for account in (consortium.ours, consortium.stranger):
        for function in ("admit", "dismiss", "nameSuccessor"):
            refused(lambda a=account, f=function: a.call(f, a.client.address), "NotOwner")  # type: ignore[misc]
        refused(lambda a=account: a.call("takeOver"), "NotSuccessor")  # type: ignore[misc]


def test_the_consortium_passes_on_and_both_sides_take_part(consortium: Consortium) -> None:
    old = Account.made(consortium.owner.client._web3.provider.endpoint_uri)  # type: ignore[attr-defined]
    contract = old.client.establish()
    new = Account.made(old.client._web3.provider.endpoint_uri, contract)  # type: ignore[attr-defined]
    old.call("nameSuccessor", new.client.address)
    new.call("takeOver")
    refused(lambda: old.call("admit", old.client.address), "NotOwner")
    new.call("admit", new.client.address)
    assert new.client.is_admitted() and not old.client.is_admitted()


STEPS = {
    "register": lambda right: ("register", right),
    "attest": lambda right: ("attest", right, 3),
    "pledge": lambda right: ("pledge", right, digest(), []),
    "claim": lambda right: ("claim", right, [digest()]),
    "release": lambda right: ("release", right, digest()),
    "settle": lambda right: ("settle", right),
}
NEEDS_ADMISSION = ("register", "attest", "pledge", "claim")


@pytest.mark.parametrize("function", STEPS)
def test_nobody_touches_another_platforms_right(function: str, consortium: Consortium) -> None:
    pledge = digest()
    right = consortium.registered(pledge=pledge)
    before = consortium.ours.state(right)
    refused(lambda: consortium.theirs.call(*STEPS[function](right)), "NotRegistrar")
    expected = "NotAdmitted" if function in NEEDS_ADMISSION else "NotRegistrar"
    refused(lambda: consortium.stranger.call(*STEPS[function](right)), expected)
    refused(lambda: consortium.theirs.call("release", right, pledge), "NotRegistrar")
    assert consortium.ours.state(right) == before


@pytest.mark.parametrize("function", [name for name in STEPS if name != "register"])
def test_nothing_is_done_to_a_right_that_nobody_registered(function: str, consortium: Consortium) -> None:
    refused(lambda: consortium.ours.call(*STEPS[function](digest())), "NotRegistered")


def test_a_right_is_pledged_once_at_a_time_and_a_pledge_serves_once(consortium: Consortium) -> None:
    ours, first, second = consortium.ours, digest(), digest()
    right = consortium.registered(pledge=first)
    refused(lambda: ours.call("pledge", right, second, []), "AlreadyPledged")
    ours.call("pledge", right, first, [])  # a repetition changes nothing
    assert ours.state(right).pledge == first
    refused(lambda: ours.call("release", right, second), "NotPledged")
    ours.call("release", right, first)
    ours.call("release", right, first)
    assert ours.state(right).pledge == NOBODY
    refused(lambda: ours.call("pledge", right, first, []), "PledgeSpent")
    ours.call("pledge", right, second, [])
    ours.call("release", right, first)  # late: it does not release the other one
    assert ours.state(right).pledge == second
    refused(lambda: ours.call("pledge", right, NOBODY, []), "NotPledged")


def test_a_rung_goes_up_and_down_and_no_higher_than_five(consortium: Consortium) -> None:
    right = consortium.registered()
    for rung in (3, 5, 4, 4, 0):
        consortium.ours.call("attest", right, rung)
        assert consortium.ours.state(right).rung == rung
    refused(lambda: consortium.ours.call("attest", right, 6), "UnknownRung")


def test_what_was_settled_is_never_pledged_again(consortium: Consortium) -> None:
    ours, pledge = consortium.ours, digest()
    right = consortium.registered(pledge=pledge)
    ours.call("settle", right)
    ours.call("settle", right)
    ours.call("release", right, pledge)
    assert ours.state(right).is_settled and ours.state(right).pledge == NOBODY
    refused(lambda: ours.call("pledge", right, digest(), []), "AlreadySettled")


def test_a_dismissed_platform_releases_and_settles_and_does_nothing_else(consortium: Consortium) -> None:
    leaving = Account.made(
        consortium.owner.client._web3.provider.endpoint_uri,  # type: ignore[attr-defined]
        consortium.ours.client._deployed.address,
    )
    consortium.owner.call("admit", leaving.client.address)
    pledge = digest()
    right = consortium.registered(by=leaving, pledge=pledge)
    consortium.owner.call("dismiss", leaving.client.address)
    for function in NEEDS_ADMISSION:
        refused(lambda f=function: leaving.call(*STEPS[f](right)), "NotAdmitted")  # type: ignore[misc]
    leaving.call("release", right, pledge)
    leaving.call("settle", right)


def test_a_second_platform_gets_taken_and_nothing_else(consortium: Consortium) -> None:
    ours, theirs = consortium.ours, consortium.theirs
    same, other = digest(), digest()
    pledge = digest()
    right = consortium.registered(pledge=pledge, claims=(same, other))
    assert ours.state(right).claims == 2
    rival = consortium.registered(by=theirs)
    assert theirs.client.taken(rival, [same, digest()]) == [True, False]
    refused(lambda: theirs.call("pledge", rival, digest(), [digest(), same]), "Taken")
    refused(lambda: theirs.call("claim", rival, [same]), "Taken")
    assert theirs.state(rival).pledge == NOBODY and theirs.state(rival).claims == 0, "all or nothing"
    ours.call("release", right, pledge)
    theirs.call("pledge", rival, digest(), [same])
    assert ours.client.claimants([same, other]) == [rival, right]
    assert (ours.state(right).claims, theirs.state(rival).claims) == (1, 1)
    refused(lambda: ours.call("pledge", right, digest(), [same]), "Taken")
    theirs.call("settle", rival)
    refused(lambda: ours.call("claim", right, [same]), "Taken")


def test_a_claim_without_a_pledge_holds_nobody_off(consortium: Consortium) -> None:
    """Else whoever registers first could keep everybody from financing."""
    print_ = digest()
    squatter = consortium.registered(by=consortium.theirs)
    consortium.theirs.call("claim", squatter, [print_])
    right = consortium.registered(pledge=digest(), claims=(print_,))
    assert consortium.ours.client.claimants([print_]) == [right]
    refused(lambda: consortium.theirs.call("pledge", squatter, digest(), [print_]), "Taken")
    refused(lambda: consortium.ours.call("claim", right, []), "NothingClaimed")


def test_many_steps_at_once_and_each_tells_what_became_of_it(consortium: Consortium) -> None:
    account = Account.made(
        consortium.owner.client._web3.provider.endpoint_uri,  # type: ignore[attr-defined]
        consortium.ours.client._deployed.address,
    )
    consortium.owner.call("admit", account.client.address)
    right, foreign, first, second = digest(), consortium.registered(), digest(), digest()
    steps = [
        Step(Kind.REGISTER, right),
        Step(Kind.ATTEST, right, number(3)),
        Step(Kind.ATTEST, right, number(2**200)),
        Step(Kind.PLEDGE, right, first, (digest(),)),
        Step(Kind.PLEDGE, right, second),
        Step(Kind.SETTLE, foreign),
        Step(Kind.RELEASE, right, first),
        Step(Kind.CLAIM, right, fingerprints=(digest(),)),
        Step(Kind.REGISTER, right),
    ]
    told = account.carry_out(0, steps)
    assert told == ["", "", "UnknownRung", "", "AlreadyPledged", "NotRegistrar", "", "", ""]
    found = account.state(right)
    assert (found.platform, found.rung, found.pledge, found.claims) == (account.client.address, 3, NOBODY, 2)
    assert account.client.registered(account.client.address, 0, 10) == [right]
    refused(lambda: account.client.draft(0, steps), "UnexpectedNumber")
    refused(lambda: account.client.draft(2, steps), "UnexpectedNumber")
    assert account.carry_out(1, []) == []
    assert account.client.carried(account.client.address) == 2


def test_rights_are_listed_page_by_page(consortium: Consortium) -> None:
    theirs: EvmRegistry = consortium.theirs.client
    before = len(theirs.registered(theirs.address, 0, 10_000))
    made = [consortium.registered(by=consortium.theirs) for _ in range(3)]
    assert theirs.registered(theirs.address, before, 2) == made[:2]
    assert theirs.registered(theirs.address, before + 2, 2) == made[2:]
    assert theirs.registered(theirs.address, before + 3, 2) == []
    assert theirs.registered(theirs.address, before, 2**256 - 1) == made


def test_a_full_batch_fits_below_the_gas_of_one_transaction(consortium: Consortium) -> None:
    """16,777,216, what EIP-7825 admits: 100 first pledges of two fingerprints each, about the weight of a batch."""
    account = Account.made(
        consortium.owner.client._web3.provider.endpoint_uri,  # type: ignore[attr-defined]
        consortium.ours.client._deployed.address,
    )
    consortium.owner.call("admit", account.client.address)
    rights = [digest() for _ in range(66)]
    account.carry_out(0, [Step(Kind.REGISTER, right) for right in rights])
    steps = [Step(Kind.PLEDGE, right, digest(), (digest(), digest())) for right in rights]
    assert account.client.draft(1, steps).fields["gas"] < 16_777_216
