/** All that a trust file decides, to compare one with another: names alone would be the same in a forged one. */
import { toHex } from "../../shared/crypto/bytes";
import { clean } from "./sentence";
import type { Trust, TrustedKey } from "./trust";

export interface TrustFacts {
  origin: string;
  keys: string[];
  witnesses: string[];
  chains: { name: string; id: number; contract: string; rpc: string }[];
  required: number;
}

export function factsOfTrust({ origin, hash, keys, witnesses, chains, required }: Trust): TrustFacts {
  return {
    origin: `${origin} (${hash})`,
    keys: keys.map(keyLine),
    witnesses: witnesses.map(keyLine),
    chains: chains.map(({ name, chainId, contract, rpc }) => ({ name: clean(name), id: chainId, contract, rpc: clean(rpc ?? "–", 2010) })),
    required,
  };
}

function keyLine({ name, type, public: key, lastSize }: TrustedKey): string {
  return `${clean(name)} · ${type} · ${toHex(key)}${lastSize === Number.MAX_SAFE_INTEGER ? "" : ` · ≤ ${lastSize}`}`;
}
