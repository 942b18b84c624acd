"""One contract on any EVM chain by JSON-RPC: what talking to it takes, whatever the contract does."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests
import requests.adapters
import rlp
import urllib3
from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_account.typed_transactions.typed_transaction import TypedTransaction
from hexbytes import HexBytes
from web3 import HTTPProvider, Web3
from web3.contract import Contract
from web3.exceptions import (
    BadResponseFormat,
    BlockNotFound,
    ContractCustomError,
    ContractLogicError,
    ContractPanicError,
    TransactionNotFound,
    Web3Exception,
    Web3RPCError,
)
from web3.middleware import ExtraDataToPOAMiddleware
from web3.types import BlockData, RPCEndpoint

from abs_platform.core.transactions import assert_no_transaction
from abs_platform.integrations.chains import (
    Block,
    Draft,
    PublisherAccount,
    Receipt,
    Rejected,
    Signed,
    Unreachable,
    site_of,
)

MOST_BYTES = 1 << 22  # of one answer
MOST_BRACKETS = 1000  # lists and objects in it
GAS_MARGIN_PER_CENT = 125
LEAST_RAISE = (9, 8)  # nodes take a replacement only when it pays an eighth more
DEVELOPMENT_BALANCE = 10**21  # wei
DEPLOYMENT_PATIENCE = 60.0  # seconds
DEVELOPMENT_CLIENTS = ("anvil", "hardhat")

# What nodes say, in lower case, of bytes that they have already, and of a nonce that another transaction has used.
_KNOWN = ("already known", "already imported", "known transaction", "alreadyknown", "already exists")
_NONCE_USED = ("nonce too low", "nonce is too low", "nonce_too_low", "invalid nonce", "oldnonce")
_UNDERPRICED = ("underpriced", "transaction gas price too low")
_NO_FUNDS = ("insufficient funds", "upfront cost exceeds")


class EvmContract:
    """A contract of which the artefact (ABI, bytecode, as compile.mjs writes it) is in a file.

    `key` is the 32-byte secp256k1 key that signs, None for one that only reads; `timeout` bounds each request, in seconds.
    """

    def __init__(self, *, artefact: Path, url: str, contract: str, key: bytes | None, timeout: float) -> None:
        provider = HTTPProvider(
            url, request_kwargs={"timeout": timeout}, session=_session(timeout), exception_retry_configuration=None
        )
        self._web3 = Web3(provider)
        self._web3.middleware_onion.inject(ExtraDataToPOAMiddleware, layer=0)
        self._own: LocalAccount | None = Account.from_key(key) if key is not None else None
        compiled = json.loads(artefact.read_text())
        self._abi = compiled["abi"]
        self._bytecode = compiled["bytecode"]
        self._errors = {_selector(item): item["name"] for item in self._abi if item["type"] == "error"}
        self._site = site_of(url)
        self._chain_id: int | None = None
        self._use(contract)

    def _use(self, address: str) -> None:
        self._contract: Contract | None = None
        if address:
            self._contract = self._web3.eth.contract(address=Web3.to_checksum_address(address), abi=self._abi)

    @property
    def _account(self) -> LocalAccount:
        if self._own is None:
            raise Rejected("no_key", "this client only reads")
        return self._own

    @contextmanager
    def _talking(self) -> Iterator[None]:
        """Around every exchange: no open transaction before it, and the chain's errors in our terms after it."""
        assert_no_transaction()
        try:
            yield
        except (ContractCustomError, ContractPanicError, ContractLogicError) as error:
            data = str(error.data or "")
            raise Rejected(self._errors.get(data[:10], "refused"), f"the contract refused: {error.message}") from error
        except Web3RPCError as error:
            raise self._rejection(error) from error
        except (requests.RequestException, OSError, BadResponseFormat, json.JSONDecodeError) as error:
            raise Unreachable(f"no answer from {self._site}: {type(error).__name__}") from error
        except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, Web3Exception) as error:
            raise Unreachable(f"{self._site} answered nonsense: {type(error).__name__}: {error}") from error

    def _rejection(self, error: Web3RPCError) -> Rejected:
        response = error.rpc_response or {}
        details: Any = response.get("error", {})  # Any: JSON of the node
        data = details.get("data") if isinstance(details, Mapping) else None
        if isinstance(data, str) and data[:10] in self._errors:
            return Rejected(self._errors[data[:10]], str(error))
        message = str(error).lower()
        for code, phrases in (
            ("nonce_used", _NONCE_USED),
            ("known", _KNOWN),
            ("no_funds", _NO_FUNDS),
            ("underpriced", _UNDERPRICED),
        ):
            if any(phrase in message for phrase in phrases):
                return Rejected(code, str(error))
        return Rejected("refused", str(error))

    @property
    def _deployed(self) -> Contract:
        if self._contract is None:
            raise Rejected("no_contract", "the chain's contract is not known; run setup_ledger")
        return self._contract

    # --- reading

    def chain_id(self) -> int:
        if self._chain_id is None:
            with self._talking():
                self._chain_id = self._web3.eth.chain_id
        return self._chain_id

    def head(self) -> Block:
        with self._talking():
            return _block(self._web3.eth.get_block("latest"))

    def block(self, number: int) -> Block | None:
        with self._talking():
            try:
                return _block(self._web3.eth.get_block(number))
            except BlockNotFound:
                return None

    def receipt(self, transaction: bytes) -> Receipt | None:
        with self._talking():
            try:
                found = self._web3.eth.get_transaction_receipt(HexBytes(transaction))
            except TransactionNotFound:
                return None
            return Receipt(transaction, found["blockNumber"], bytes(found["blockHash"]), found["status"] == 1)

    def account(self) -> PublisherAccount:
        with self._talking():
            address = self._account.address
            return PublisherAccount(
                self._web3.eth.get_transaction_count(address, "latest"), self._web3.eth.get_balance(address, "latest")
            )

    # --- writing

    def _draft_call(self, function: str, *arguments: object) -> Draft:
        """A transaction that calls a function of the contract; refused when the chain would refuse it now."""
        with self._talking():
            contract = self._deployed
            return self._draft({"to": contract.address, "data": contract.encode_abi(function, args=list(arguments))})

    def raise_fees(self, raw: bytes) -> Draft:
        fields = _fields(raw)
        with self._talking():
            market = self._fees()
        for name in ("gasPrice", "maxFeePerGas", "maxPriorityFeePerGas"):
            if name in fields:
                numerator, denominator = LEAST_RAISE
                fields[name] = max(fields[name] * numerator // denominator + 1, market.get(name, 0))
        return Draft(fields["nonce"], fields)

    def sign(self, draft: Draft) -> Signed:
        signed = self._account.sign_transaction(dict(draft.fields))
        return Signed(bytes(signed.raw_transaction), bytes(signed.hash), draft.sequence)

    def send(self, raw: bytes) -> None:
        try:
            with self._talking():
                self._web3.eth.send_raw_transaction(raw)
        except Rejected as refusal:
            if refusal.code != "known":
                raise

    def _draft(self, fields: dict[str, Any]) -> Draft:  # Any: a transaction's fields
        """Complete a transaction with chain id, nonce, fees and gas. To be called while talking."""
        eth = self._web3.eth
        sequence = eth.get_transaction_count(self._account.address, "latest")
        fields = {"chainId": self.chain_id(), "from": self._account.address, "nonce": sequence, "value": 0, **fields}
        fields |= self._fees()
        fields["gas"] = eth.estimate_gas({key: fields[key] for key in ("from", "to", "data", "value") if key in fields})  # type: ignore[arg-type]
        fields["gas"] = fields["gas"] * GAS_MARGIN_PER_CENT // 100
        del fields["from"]
        return Draft(sequence, fields)

    def _fees(self) -> dict[str, int]:
        """What the chain asks now. To be called while talking."""
        eth = self._web3.eth
        base_fee = eth.get_block("latest").get("baseFeePerGas")
        if base_fee is None:
            return {"gasPrice": eth.gas_price}
        tip = eth.max_priority_fee
        return {"maxPriorityFeePerGas": tip, "maxFeePerGas": 2 * base_fee + tip}

    # --- setting up

    def _is_deployed(self) -> bool:
        """Whether there is any contract at the address."""
        if self._contract is None:
            return False
        with self._talking():
            return bool(self._web3.eth.get_code(self._contract.address))

    def establish(self) -> str:
        with self._talking():
            argument = self._account.address.removeprefix("0x").rjust(64, "0")
            signed = self.sign(self._draft({"data": self._bytecode + argument}))
            self._web3.eth.send_raw_transaction(signed.raw)
        deadline = time.monotonic() + DEPLOYMENT_PATIENCE
        while (receipt := self.receipt(signed.id)) is None:
            if time.monotonic() > deadline:
                raise Unreachable(f"{self._site} put the contract into no block within {DEPLOYMENT_PATIENCE:.0f} s")
            time.sleep(0.1)
        if not receipt.succeeded:
            raise Rejected("refused", "the contract could not be deployed")
        with self._talking():
            address = self._web3.eth.get_transaction_receipt(HexBytes(signed.id))["contractAddress"]
        self._use(str(address))
        return str(address)

    def fund(self) -> bool:
        with self._talking():
            if self._web3.eth.get_balance(self._account.address) > 0:
                return False
            version = self._web3.client_version.lower()
            if not version.startswith(DEVELOPMENT_CLIENTS):
                return False
            method = f"{version.split('/')[0]}_setBalance"
            self._web3.manager.request_blocking(RPCEndpoint(method), [self._account.address, hex(DEVELOPMENT_BALANCE)])
            return True


class _BoundedAnswers(requests.adapters.HTTPAdapter):
    """Reads answers no further than they may be long and for no longer than `timeout`, whatever the node sends.

    Brackets are counted before anything parses them: deep nesting takes from the C stack, and all of it is the end of
    the process, with every other chain's work in it.
    """

    def __init__(self, timeout: float) -> None:
        super().__init__()
        self._patience = timeout

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]  # Any: requests' own
        response = super().send(request, **{**options, "stream": True})
        deadline = time.monotonic() + self._patience
        body = bytearray()
        try:
            while piece := response.raw.read1(1 << 16, decode_content=True):
                body += piece
                if len(body) > MOST_BYTES or body.count(b"[") + body.count(b"{") > MOST_BRACKETS:
                    raise requests.exceptions.InvalidJSONError("the answer is larger than an honest one")
                if time.monotonic() > deadline:
                    raise requests.exceptions.ReadTimeout("the answer takes too long")
        except urllib3.exceptions.HTTPError as error:
            raise requests.exceptions.ConnectionError(error) from error
        except requests.RequestException:
            response.raw.close()
            raise
        response.raw.release_conn()
        response._content = bytes(body)
        return response


def _session(timeout: float) -> requests.Session:
    session = requests.Session()
    session.max_redirects = 0  # a node says nothing about where else on our network to ask
    session.headers["Accept-Encoding"] = "identity"
    for scheme in ("http://", "https://"):
        session.mount(scheme, _BoundedAnswers(timeout))
    return session


def _selector(error: dict[str, Any]) -> str:  # Any: an ABI's JSON
    """The first four bytes of a custom error's data, as hex with 0x."""
    types = ",".join(argument["type"] for argument in error["inputs"])
    return Web3.to_hex(Web3.keccak(text=f"{error['name']}({types})")[:4])


def _fields(raw: bytes) -> dict[str, Any]:  # Any: a transaction's fields
    """What a signed transaction says, without its signature."""
    if raw[0] < 0x80:  # EIP-2718: a typed transaction begins with its type, an older one with an RLP list
        found = TypedTransaction.from_bytes(HexBytes(raw)).as_dict()
        kept = ("chainId", "nonce", "to", "value", "data", "gas", "maxFeePerGas", "maxPriorityFeePerGas")
        return {name: found[name] for name in kept}
    nonce, gas_price, gas, to, value, data, v, _, _ = rlp.decode(raw)
    number = {"nonce": nonce, "gasPrice": gas_price, "gas": gas, "value": value}
    chain_id = (int.from_bytes(v, "big") - 35) // 2  # EIP-155
    fields = {name: int.from_bytes(encoded, "big") for name, encoded in number.items()}
    return {**fields, "chainId": chain_id, "to": Web3.to_checksum_address(to), "data": data}


def _block(found: BlockData) -> Block:
    return Block(found["number"], bytes(found["hash"]), datetime.fromtimestamp(found["timestamp"], UTC))
