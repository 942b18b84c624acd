/** The trust file: whom to believe. It is its reader's own and never taken from a bundle. */
import { fromHex } from "../../shared/crypto/bytes";
import { isEd25519Key } from "./ed25519";
import { Failed, Fields, HEX32 } from "./fields";
import type { HashName } from "../../shared/crypto/hash";
import { isPublicKey } from "../../shared/crypto/sm2";

export const TRUST_FORMAT = "abs-trust/v1";
export const MAX_TRUST_BYTES = 1 << 18;

/** No space and no plus sign. What counts as a space is spelled out where Python and browsers differ. */
export const NAME = /^[^\s+\x00-\x20\x7f-\x9f\ufeff]{1,100}$/u;
export const ORIGIN = /^[!-~]{1,200}$/;
export const ADDRESS = /^0x[0-9a-fA-F]{40}$/;
const SM2_PUBLIC = /^04[0-9a-f]{128}$/;
const URL_FORM = /^https?:\/\/[!-~]{1,2000}$/;
const MOST_REQUIRED = 64;

export type KeyType = "sm2-sm3" | "ed25519" | "cosignature/v1";

export interface TrustedKey {
  name: string;
  type: KeyType;
  public: Uint8Array;
  /** It counts below checkpoints of at most this size. */
  lastSize: number;
}

export interface TrustedChain {
  name: string;
  chainId: number;
  contract: string;
  rpc: string | null;
}

export interface Trust {
  origin: string;
  hash: HashName;
  keys: TrustedKey[];
  witnesses: TrustedKey[];
  chains: TrustedChain[];
  /** How many chains must hold. */
  required: number;
}

/** Raises Failed: there is no verdict on a wrong trust file. */
export function readTrust(value: unknown): Trust {
  const fields = new Fields(value);
  if (fields.raw("format") !== TRUST_FORMAT) throw fields.malformed("format");
  const hash = fields.raw("hash");
  if (hash !== "sm3" && hash !== "sha256") throw fields.malformed("hash");
  const keys = readKeys(fields.objects("keys"), ["sm2-sm3", "ed25519"]);
  if (keys.length === 0) throw fields.malformed("keys");
  const witnesses = fields.has("witnesses") ? readKeys(fields.objects("witnesses"), ["cosignature/v1"]) : [];
  const chains = readChains(fields.objects("chains"));
  if (new Set(chains.map((chain) => chain.name)).size !== chains.length) throw fields.malformed("chains");
  const required = fields.has("required") ? fields.integer("required", 1, MOST_REQUIRED) : 1;
  return { origin: fields.text("origin", ORIGIN), hash, keys, witnesses, chains, required };
}

/** A key of a type that this version does not know proves nothing to it, and is passed over. */
function readKeys(entries: readonly Fields[], types: readonly KeyType[]): TrustedKey[] {
  return entries.flatMap((entry) => {
    const found = entry.raw("type");
    const type = types.find((known) => known === found);
    if (type === undefined) return [];
    const name = entry.text("name", NAME);
    const publicKey = fromHex(entry.text("public", type === "sm2-sm3" ? SM2_PUBLIC : HEX32));
    if (!(type === "sm2-sm3" ? isPublicKey(publicKey) : isEd25519Key(publicKey))) throw new Failed("key_wrong", { key: name, type });
    const lastSize = entry.has("last_size") ? entry.integer("last_size") : Number.MAX_SAFE_INTEGER;
    return [{ name, type, public: publicKey, lastSize }];
  });
}

function readChains(entries: readonly Fields[]): TrustedChain[] {
  return entries.flatMap((entry) => {
    if (entry.raw("kind") !== "evm") return [];
    const name = entry.text("name", NAME);
    const contract = entry.text("contract", ADDRESS).toLowerCase();
    const rpc = entry.has("rpc") && entry.raw("rpc") !== null ? entry.text("rpc", URL_FORM) : null;
    return [{ name, chainId: entry.integer("chain_id"), contract, rpc }];
  });
}
