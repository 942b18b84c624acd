/** The proof bundle: what is claimed. */
import { ANY_TEXT, Failed, Fields, HEX32 } from "./fields";
import { ADDRESS, NAME, ORIGIN } from "./trust";

export const BUNDLE_FORMAT = "abs-proof-bundle/v1";
export const MAX_BUNDLE_BYTES = 1 << 20;

const HASH = /^0x[0-9a-f]{64}$/;
const POINTER = /^(?:\/(?:[^~/]|~[01])*)+$/u;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const TEMPLATE = /^[!-~]{1,80}$/;
const RECORD_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const BLOCK_TIME = /^([1-9]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.0{1,9})?(Z|\+00:00)$/;
const STAMP_TIME = /^([1-9]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|\+00:00)$/;
const MAX_NOTE = 1 << 14;
const MAX_DISCLOSED = 400;
const MAX_FIELDS = 1 << 20;
const MAX_POINTER = 400;
const MAX_VALUE = 4000;

export interface DocumentClaim {
  kind: "document";
  /** As the bundle says; no record covers it. */
  filename: string;
  size: number;
  digest: string;
  salt: Uint8Array;
}

export interface FieldClaim {
  path: string;
  value: string;
  salt: Uint8Array;
  index: number;
  proof: Uint8Array[];
}

export interface Disclosure {
  kind: "fields";
  /** Of all fields, disclosed or not. */
  count: number;
  fields: FieldClaim[];
}

export interface AnchorClaim {
  /** For the reader to look up; it proves nothing that the contract does not say. */
  tx: string;
  chainId: number;
  contract: string;
  index: number;
  records: number;
  block: number;
  blockHash: string;
  /** Seconds since 1970. */
  time: number;
}

export interface Bundle {
  subject: DocumentClaim | Disclosure;
  template: string;
  commitment: string;
  /** The bytes that the record put into the log. */
  entry: string;
  origin: string;
  hash: string;
  inclusion: { index: number; size: number; path: Uint8Array[] } | null;
  checkpoint: string | null;
  /** By chain. */
  anchors: ReadonlyMap<string, AnchorClaim>;
  /** The time that each authority's token is said to tell, in seconds since 1970. */
  timestamps: ReadonlyMap<string, number>;
}

export function formatOf(value: unknown): string | null {
  const format = typeof value === "object" && value !== null && Object.hasOwn(value, "format") ? (value as { format: unknown }).format : null;
  return typeof format === "string" ? format : null;
}

/** Raises Failed for the first field that has not its form. */
export function readBundle(value: unknown): Bundle {
  const fields = new Fields(value);
  const subject = readSubject(fields);
  const record = fields.object("record");
  const log = fields.object("log");
  const id = record.text("id", UUID);
  const template = record.text("template", TEMPLATE);
  const time = record.text("time", RECORD_TIME);
  const commitment = record.text("commitment", HEX32);
  const origin = log.text("origin", ORIGIN);
  const hash = log.text("hash", NAME);
  const inclusion = readInclusion(fields);
  const checkpoint = fields.raw("checkpoint") === null ? null : fields.text("checkpoint", ANY_TEXT, MAX_NOTE);
  const anchors = readAnchors(fields.objects("anchors"), inclusion?.size ?? 0);
  const timestamps = fields.has("timestamps") ? readTimestamps(fields.objects("timestamps")) : new Map<string, number>();
  if (anchors.size + timestamps.size > 0 && (inclusion === null || checkpoint === null)) throw new Failed("anchored_without_proof");
  const entry = `abs-record/v1\n${id}\n${template}\n${time}\n${commitment}\n`;
  return { subject, template, commitment, entry, origin, hash, inclusion, checkpoint, anchors, timestamps };
}

function readSubject(fields: Fields): DocumentClaim | Disclosure {
  if (fields.has("document") === fields.has("fields")) throw new Failed("subject");
  if (fields.has("document")) {
    const document = fields.object("document");
    const filename = document.text("filename", ANY_TEXT);
    return { kind: "document", filename, size: document.integer("size"), digest: document.text("sm3", HEX32), salt: document.hex32("salt") };
  }
  const disclosure = fields.object("fields");
  const count = disclosure.integer("count", 1, MAX_FIELDS);
  const disclosed = disclosure.objects("disclosed", MAX_DISCLOSED);
  if (disclosed.length === 0) throw disclosure.malformed("disclosed");
  return {
    kind: "fields",
    count,
    fields: disclosed.map((field) => ({
      path: field.text("path", POINTER, MAX_POINTER),
      value: field.text("value", ANY_TEXT, MAX_VALUE),
      salt: field.hex32("salt"),
      index: field.integer("index"),
      proof: field.path("proof"),
    })),
  };
}

function readInclusion(fields: Fields): Bundle["inclusion"] {
  if (fields.raw("inclusion") === null) return null;
  const proof = fields.object("inclusion");
  return { index: proof.integer("index"), size: proof.integer("size"), path: proof.path("path") };
}

/** `size`: of the tree, which the chain cannot count fewer records than. */
function readAnchors(entries: readonly Fields[], size: number): Map<string, AnchorClaim> {
  const anchors = new Map<string, AnchorClaim>();
  for (const entry of entries) {
    const name = entry.text("chain", NAME);
    if (anchors.has(name)) throw new Failed("chain_twice", { name });
    anchors.set(name, {
      tx: entry.text("tx", HASH),
      chainId: entry.integer("chain_id"),
      contract: entry.text("contract", ADDRESS).toLowerCase(),
      index: entry.integer("index"),
      records: entry.integer("records", size),
      block: entry.integer("block"),
      blockHash: entry.text("block_hash", HASH),
      time: entry.time("time", BLOCK_TIME),
    });
  }
  return anchors;
}

function readTimestamps(entries: readonly Fields[]): Map<string, number> {
  const timestamps = new Map<string, number>();
  for (const entry of entries) {
    const name = entry.text("authority", NAME);
    if (timestamps.has(name)) throw new Failed("authority_twice", { name });
    timestamps.set(name, entry.time("time", STAMP_TIME));
    entry.base64("token");
  }
  return timestamps;
}
