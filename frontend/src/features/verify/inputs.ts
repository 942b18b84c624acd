/** The two inputs of a check: the trust file (whom to believe) and the proof bundle (what is claimed). */
import { fromHex } from "./bytes";
import { Failed, Fields } from "./fields";
import type { HashName } from "./hash";
import { isPublicKey } from "./sm2";

export const BUNDLE_FORMAT = "abs-proof-bundle/v1";
export const TRUST_FORMAT = "abs-trust/v1";
export const MAX_BUNDLE_BYTES = 1 << 20;
export const MAX_TRUST_BYTES = 1 << 18;

const HEX32 = /^[0-9a-f]{64}$/;
const HASH = /^0x[0-9a-f]{64}$/;
const ADDRESS = /^0x[0-9a-fA-F]{40}$/;
const NAME = /^[^\s+]{1,100}$/;
const ORIGIN = /^[!-~]{1,200}$/;
const PUBLIC = /^04[0-9a-f]{128}$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const TEMPLATE = /^[!-~]{1,80}$/;
const RECORD_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const BLOCK_TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.0{1,9})?(Z|\+00:00)$/;
const URL_FORM = /^https?:\/\/[!-~]{1,2000}$/;
const MAX_NOTE = 1 << 14;

export interface TrustedKey {
  name: string;
  public: Uint8Array;
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
  chains: TrustedChain[];
}

export interface AnchorClaim {
  /** For the reader to look up; it proves nothing that the contract does not say. */
  tx: string;
  chainId: number;
  contract: string;
  index: number;
  block: number;
  blockHash: string;
  /** Seconds since 1970. */
  time: number;
}

export interface Bundle {
  /** As the bundle says; no record covers it. */
  filename: string;
  size: number;
  digest: string;
  salt: Uint8Array;
  commitment: string;
  /** The bytes that the record put into the log. */
  entry: string;
  origin: string;
  hash: string;
  inclusion: { index: number; size: number; path: Uint8Array[] } | null;
  checkpoint: string | null;
  /** By the names of trusted chains. */
  anchors: ReadonlyMap<string, AnchorClaim>;
  /** Chains with an anchor that the trust file does not name. */
  untrusted: string[];
}

export function formatOf(value: unknown): string | null {
  const format = typeof value === "object" && value !== null && "format" in value ? value.format : null;
  return typeof format === "string" ? format : null;
}

/** Raises Failed: a trust file is its reader's own, so there is no verdict on a wrong one. */
export function readTrust(value: unknown): Trust {
  const fields = new Fields(value);
  if (fields.raw("format") !== TRUST_FORMAT) throw new Failed("malformed", { field: "format" });
  const hash = fields.raw("hash");
  if (hash !== "sm3" && hash !== "sha256") throw new Failed("malformed", { field: "hash" });
  const keys = fields
    .objects("keys")
    .filter((key) => key.raw("type") === "sm2-sm3") // a type that this version does not know proves nothing to it
    .map((key) => ({ name: key.text("name", NAME), public: fromHex(key.text("public", PUBLIC)) }));
  if (keys.length === 0 || !keys.every((key) => isPublicKey(key.public))) throw new Failed("malformed", { field: "keys" });
  const chains = fields
    .objects("chains")
    .filter((chain) => chain.raw("kind") === "evm")
    .map((chain) => ({
      name: chain.text("name", NAME),
      chainId: chain.integer("chain_id"),
      contract: chain.text("contract", ADDRESS).toLowerCase(),
      rpc: chain.optional("rpc") === null ? null : chain.text("rpc", URL_FORM),
    }));
  if (new Set(chains.map((chain) => chain.name)).size !== chains.length) throw new Failed("malformed", { field: "chains" });
  return { origin: fields.text("origin", ORIGIN), hash, keys, chains };
}

/** Raises Failed. */
export function readBundle(value: unknown, trust: Trust): Bundle {
  const fields = new Fields(value);
  const document = fields.object("document");
  const record = fields.object("record");
  const log = fields.object("log");
  const filename = document.raw("filename");
  if (typeof filename !== "string") throw new Failed("malformed", { field: "document.filename" });
  const checkpoint = fields.raw("checkpoint");
  if (checkpoint !== null && (typeof checkpoint !== "string" || checkpoint.length > MAX_NOTE)) throw new Failed("malformed", { field: "checkpoint" });
  const inclusion = readInclusion(fields);
  const { anchors, untrusted } = readAnchors(fields, new Set(trust.chains.map((chain) => chain.name)));
  if (anchors.size + untrusted.length > 0 && (inclusion === null || checkpoint === null)) throw new Failed("anchored_without_proof");
  const commitment = record.text("commitment", HEX32);
  const id = record.text("id", UUID);
  const template = record.text("template", TEMPLATE);
  const time = record.text("time", RECORD_TIME);
  return {
    filename,
    size: document.integer("size"),
    digest: document.text("sm3", HEX32),
    salt: fromHex(document.text("salt", HEX32)),
    commitment,
    entry: `abs-record/v1\n${id}\n${template}\n${time}\n${commitment}\n`,
    origin: log.text("origin", ORIGIN),
    hash: log.text("hash", NAME),
    inclusion,
    checkpoint,
    anchors,
    untrusted,
  };
}

function readInclusion(fields: Fields): Bundle["inclusion"] {
  if (fields.raw("inclusion") === null) return null;
  const proof = fields.object("inclusion");
  const path = proof.items("path").map((node) => {
    if (typeof node !== "string" || !HEX32.test(node)) throw new Failed("malformed", { field: "inclusion.path" });
    return fromHex(node);
  });
  return { index: proof.integer("index"), size: proof.integer("size"), path };
}

function readAnchors(fields: Fields, trusted: ReadonlySet<string>) {
  const anchors = new Map<string, AnchorClaim>();
  const untrusted: string[] = [];
  for (const anchor of fields.objects("anchors")) {
    const name = anchor.text("chain", NAME);
    if (anchors.has(name) || untrusted.includes(name)) throw new Failed("chain_twice", { name });
    if (!trusted.has(name)) {
      untrusted.push(name);
      continue;
    }
    anchors.set(name, {
      tx: anchor.text("tx", HASH),
      chainId: anchor.integer("chain_id"),
      contract: anchor.text("contract", ADDRESS).toLowerCase(),
      index: anchor.integer("index"),
      block: anchor.integer("block"),
      blockHash: anchor.text("block_hash", HASH),
      time: unixTime(anchor.text("time", BLOCK_TIME)),
    });
  }
  return { anchors, untrusted };
}

/** Seconds since 1970 of a block's RFC 3339 time in UTC. */
function unixTime(text: string): number {
  const plain = BLOCK_TIME.exec(text)?.[1] ?? "";
  const milliseconds = Date.parse(`${plain}Z`);
  // Date.parse carries 02-30 over to March: the time must read back as it was written.
  if (Number.isNaN(milliseconds) || !new Date(milliseconds).toISOString().startsWith(plain)) throw new Failed("malformed", { field: "anchors.time" });
  return milliseconds / 1000;
}
