/** A log, its publisher and a chain for the tests: written independently of the code under test. */
import { toBase64, toHex, utf8 } from "../../shared/crypto/bytes";
import { NoAnswer, type Rpc } from "./chain";
import { messageDigest, SM2 } from "../../shared/crypto/sm2";
import type { Hash, Hashes } from "../../shared/crypto/hash";

export const ORIGIN = "abs.test/main";
export const CONTRACT = "0x5fbdb2315678afecb367f032d93f642f64180aa3";
export const CHAIN_ID = 31_337;

function join(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** RFC 9162 section 2.1.1, straight from its recursive definition. */
export function treeRoot(hash: Hash, leaves: Uint8Array[]): Uint8Array {
  if (leaves.length === 1) return hash(join(Uint8Array.of(0), leaves[0] as Uint8Array));
  const k = split(leaves.length);
  return hash(join(Uint8Array.of(1), treeRoot(hash, leaves.slice(0, k)), treeRoot(hash, leaves.slice(k))));
}

/** RFC 9162 section 2.1.3.1. */
export function inclusionPath(hash: Hash, index: number, leaves: Uint8Array[]): Uint8Array[] {
  if (leaves.length === 1) return [];
  const k = split(leaves.length);
  return index < k
    ? [...inclusionPath(hash, index, leaves.slice(0, k)), treeRoot(hash, leaves.slice(k))]
    : [...inclusionPath(hash, index - k, leaves.slice(k)), treeRoot(hash, leaves.slice(0, k))];
}

function split(size: number): number {
  let k = 1;
  while (k * 2 < size) k *= 2;
  return k;
}

function derInteger(value: bigint): number[] {
  let hex = value.toString(16);
  if (hex.length % 2) hex = `0${hex}`;
  const bytes = hex.match(/../g)?.map((pair) => Number.parseInt(pair, 16)) ?? [];
  if ((bytes[0] ?? 0) & 0x80) bytes.unshift(0);
  return [2, bytes.length, ...bytes];
}

const { n } = SM2.CURVE();

function mod(value: bigint): bigint {
  return ((value % n) + n) % n;
}

function inverse(value: bigint): bigint {
  let result = 1n;
  let base = mod(value);
  for (let exponent = n - 2n; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % n;
    base = (base * base) % n;
  }
  return result;
}

/** SM2 signature, GB/T 32918.2 section 6.1, with a fixed k: for tests only. */
export function sign(secret: bigint, message: Uint8Array, sm3: Hash, k = 0x1234_5678_9abc_def0_1234n): Uint8Array {
  const publicKey = SM2.BASE.multiply(secret).toBytes(false);
  const r = mod(messageDigest(publicKey, message, sm3) + SM2.BASE.multiply(k).x);
  const s = mod(inverse(1n + secret) * (k - r * secret));
  const content = [...derInteger(r), ...derInteger(s)];
  return Uint8Array.of(0x30, content.length, ...content);
}

export interface World {
  bundle: Record<string, any>; // any: a test bends single fields at will
  trust: Record<string, any>;
  rpc: Rpc;
  /** What the chain answers; tests change it. */
  chain: { id: number; code: string; size: number; root: string; block: number; hash: string; time: number; records: number; count: number; down: boolean };
  file: { size: number; sm3: string };
}

const SECRET = 0x0123_4567_89ab_cdef_fedc_ba98_7654_3210n;
const NAME = ORIGIN;

function prefixed(part: Uint8Array): Uint8Array {
  return join(Uint8Array.of(0, 0, 0, part.length), part);
}

/** A record at `index` of a log of `size`, anchored on one chain. */
export function world(hashes: Hashes, index: number, size: number, hash: "sm3" | "sha256" = "sm3"): World {
  const h = hashes[hash];
  const content = utf8("<Invoice>100</Invoice>");
  const digest = hashes.sm3(content);
  const salt = new Uint8Array(32).fill(7);
  const commitment = toHex(hashes.sm3(join(prefixed(utf8("abs/document/v1")), prefixed(salt), prefixed(digest))));
  const record = { id: "01900000-0000-7000-8000-000000000001", template: "document/v1", time: "2026-03-04T05:06:07.123Z", commitment };
  const leaves = Array.from({ length: size }, (_, at) =>
    at === index ? utf8(`abs-record/v1\n${record.id}\n${record.template}\n${record.time}\n${commitment}\n`) : utf8(`other ${at}`),
  );
  const root = treeRoot(h, leaves);
  const body = `${ORIGIN}\n${size}\n${toBase64(root)}\n`;
  const publicKey = SM2.BASE.multiply(SECRET).toBytes(false);
  const id = hashes.sha256(join(utf8(NAME), Uint8Array.of(10, 255), utf8("sm2-sm3"), publicKey)).slice(0, 4);
  const signature = join(id, sign(SECRET, utf8(body), hashes.sm3));
  const time = 1_772_600_800;
  const chain = { id: CHAIN_ID, code: "0x60", size, root: toHex(root), block: 42, hash: `0x${"ab".repeat(32)}`, time, records: size + 1, count: 3, down: false };

  const word = (value: bigint | number) => value.toString(16).padStart(64, "0");
  const rpc: Rpc = (_, method, parameters) => {
    if (chain.down) return Promise.reject(new NoAnswer("connection refused"));
    if (method === "eth_chainId") return Promise.resolve(`0x${chain.id.toString(16)}`);
    if (method === "eth_getCode") return Promise.resolve(chain.code);
    if (method === "eth_getBlockByNumber") {
      return Promise.resolve({ number: `0x${chain.block.toString(16)}`, hash: chain.hash, timestamp: `0x${chain.time.toString(16)}` });
    }
    const { data } = parameters[0] as { data: string };
    const log = toHex(hashes.sm3(utf8(ORIGIN)));
    if (data === `0x7937354c${log}`) return Promise.resolve(`0x${word(chain.count)}`);
    if (data === `0x52c11eea${log}${word(2)}`) {
      return Promise.resolve(`0x${word(chain.size)}${chain.root}${word(chain.block)}${word(chain.time)}${word(chain.records)}`);
    }
    return Promise.reject(new NoAnswer(`unexpected call ${data}`));
  };

  return {
    chain,
    rpc,
    file: { size: content.length, sm3: toHex(digest) },
    trust: {
      format: "abs-trust/v1",
      origin: ORIGIN,
      hash,
      keys: [{ name: NAME, type: "sm2-sm3", public: toHex(publicKey) }],
      chains: [{ name: "business", kind: "evm", chain_id: CHAIN_ID, contract: CONTRACT, rpc: "http://127.0.0.1:8545" }],
    },
    bundle: {
      format: "abs-proof-bundle/v1",
      document: { filename: "invoice.xml", size: content.length, sm3: toHex(digest), salt: toHex(salt) },
      record,
      log: { origin: ORIGIN, hash },
      inclusion: { index, size, path: inclusionPath(h, index, leaves).map(toHex) },
      checkpoint: `${body}\n\u2014 ${NAME} ${toBase64(signature)}\n`,
      anchors: [
        { chain: "business", chain_id: CHAIN_ID, contract: CONTRACT, index: 2, records: size + 1, tx: `0x${"cd".repeat(32)}`, block: 42, block_hash: chain.hash, time: "2026-03-04T05:06:40Z" },
      ],
    },
  };
}
