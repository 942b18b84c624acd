/**
 * The check of a proof bundle, in the browser and without this platform's word for anything: file → SM3 → salted
 * commitment (or disclosed fields → their tree → commitment) → log entry → Merkle root → signed checkpoint → contract on
 * each chain → block. The same links, in the same order and with the same verdicts and sentences as the outside verifier
 * (abs_platform/verifier/README.md). Time-stamp tokens are not checked.
 */
import type { FileDigest } from "../../shared/hash/digestFile";
import { concat, equal, fromHex, lengthPrefixed, toHex, utf8 } from "../../shared/crypto/bytes";
import { readBundle, type Bundle, type Disclosure, type DocumentClaim } from "./bundle";
import { checkChain, type ChainResult, type Rpc } from "./chain";
import { Failed, rfc3339, type Values } from "./fields";
import type { Hash, Hashes } from "../../shared/crypto/hash";
import { leafHash, rootFromInclusion } from "./merkle";
import { cosignedAt, parseNote, trustedSigners, type Note } from "./note";
import type { Trust, TrustedKey } from "./trust";
import type { Link, VerdictText } from "./verdictWords";

export type VerdictKind = "valid" | "pending" | "unreachable" | "invalid";
export type VerdictSubject = "file" | "record" | "fields" | "fields_file";

export interface Verdict {
  verdict: VerdictKind;
  links: Link[];
  chains: ChainResult[];
  fileChecked: boolean;
  /** The time from which on as many chains show it as the trust file requires, seconds since 1970. */
  since: number | null;
  /** Path and value of each field that the record covers. */
  disclosed: { path: string; value: string }[];
  /** What the sentence is about. */
  subject: VerdictSubject;
  /** What its texts are filled with, beside names of chains. */
  facts: Values;
  /** What the bundle says and nothing proves; null where the bundle could not be read. */
  claims: { filename: string | null; transactions: { chain: string; tx: string }[] } | null;
}

/** The verdict on a bundle, and on a file where its digest is given. `trust` comes from readTrust. */
export async function verify(value: unknown, trust: Trust, file: FileDigest | null, hashes: Hashes, rpc: Rpc): Promise<Verdict> {
  let bundle: Bundle;
  try {
    bundle = readBundle(value);
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
    const link: Link = { name: "format", ok: false, text: error.text, values: error.values };
    return { verdict: "invalid", links: [link], chains: [], fileChecked: false, since: null, disclosed: [], subject: "record", facts: {}, claims: null };
  }
  const { links, note } = checkOffline(bundle, trust, file, hashes);
  const broken = links.some((link) => link.ok === false);
  const results = broken || note === null ? [] : await askChains(bundle, trust, note, hashes.sm3, rpc);
  const asked = results.map((result) => result.chain);
  return conclude(bundle, trust, [...links, ...results.flatMap((result) => result.links)], [...asked, ...notAsked(bundle, trust, asked)]);
}

/** All trusted chains that the bundle has an anchor on, at the same time. */
function askChains(bundle: Bundle, trust: Trust, note: Note, sm3: Hash, rpc: Rpc) {
  return Promise.all(
    trust.chains.flatMap((chain) => {
      const anchor = bundle.anchors.get(chain.name);
      return anchor ? [checkChain(chain, anchor, trust.origin, note, sm3, rpc)] : [];
    }),
  );
}

function notAsked(bundle: Bundle, trust: Trust, asked: readonly ChainResult[]): ChainResult[] {
  const rest = trust.chains.filter((chain) => !asked.some((each) => each.name === chain.name));
  const strangers = [...bundle.anchors.keys()].filter((name) => !trust.chains.some((chain) => chain.name === name));
  return [
    ...rest.map(({ name, chainId }): ChainResult => ({ name, state: bundle.anchors.has(name) ? "not_asked" : "no_anchor", chainId, block: null, time: null })),
    ...strangers.map((name): ChainResult => ({ name, state: "not_trusted", chainId: null, block: null, time: null })),
  ];
}

function conclude(bundle: Bundle, trust: Trust, links: Link[], chains: ChainResult[]): Verdict {
  const holds = new Map(links.map((link) => [link.name, link.ok]));
  const fileChecked = holds.get("file") !== null;
  const anchored = trust.chains.filter((chain) => bundle.anchors.has(chain.name)).length;
  const times = chains.flatMap((chain) => (chain.state === "verified" && chain.time !== null ? [chain.time] : [])).sort((a, b) => a - b);
  const kind: VerdictKind = links.some((link) => link.ok === false)
    ? "invalid"
    : anchored < trust.required
      ? "pending"
      : times.length < trust.required
        ? "unreachable"
        : "valid";
  const { subject } = bundle;
  const isDocument = subject.kind === "document";
  return {
    verdict: kind,
    links,
    chains,
    fileChecked,
    since: kind === "valid" ? (times[trust.required - 1] ?? null) : null,
    disclosed: !isDocument && holds.get("fields") ? subject.fields.map(({ path, value }) => ({ path, value })) : [],
    subject: isDocument ? (fileChecked ? "file" : "record") : fileChecked ? "fields_file" : "fields",
    facts: { anchored, required: trust.required, ...(isDocument ? { digest: subject.digest } : { shown: subject.fields.length, count: subject.count }) },
    claims: { filename: isDocument ? subject.filename : null, transactions: [...bundle.anchors].map(([chain, { tx }]) => ({ chain, tx })) },
  };
}

/** All that needs no chain. Later links are looked at even where an earlier one fails: each failing is named. */
function checkOffline(bundle: Bundle, trust: Trust, file: FileDigest | null, hashes: Hashes): { links: Link[]; note: Note | null } {
  const hash = hashes[trust.hash];
  const leaf = leafHash(hash, utf8(bundle.entry));
  const links: Link[] = [{ name: "format", ok: true, text: "format_holds", values: {} }];
  let note = null as Note | null;
  const check = (name: string, run: () => Said) => {
    try {
      const [ok, text, values = {}] = run();
      links.push({ name, ok, text, values });
    } catch (error) {
      if (!(error instanceof Failed)) throw error;
      links.push({ name, ok: false, text: error.text, values: error.values });
    }
  };
  const { subject } = bundle;
  check("file", () => checkFile(subject, file));
  if (subject.kind === "document") check("commitment", () => checkCommitment(subject, bundle.commitment, hashes.sm3));
  else check("fields", () => checkFields(subject, bundle, hashes.sm3));
  check("log", () => checkLog(bundle, trust));
  links.push({ name: "leaf", ok: true, text: "leaf_holds", values: { leaf: toHex(leaf) } });
  check("checkpoint", () => {
    if (bundle.checkpoint === null) return [null, "checkpoint_none"];
    const parsed = parseNote(bundle.checkpoint);
    if (parsed.origin !== trust.origin) throw new Failed("origin_differs", { expected: trust.origin, found: parsed.origin });
    note = parsed;
    return [true, "checkpoint_holds", { size: parsed.size }];
  });
  check("inclusion", () => checkInclusion(bundle, hash, leaf, note));
  check("signature", () => checkSignature(note, trust.keys, hashes.sm3));
  for (const name of new Set(trust.witnesses.map((witness) => witness.name))) {
    check(`witness/${name}`, () => checkWitness(note, trust.witnesses.filter((witness) => witness.name === name)));
  }
  for (const [name, time] of bundle.timestamps) links.push({ name: `timestamp/${name}`, ok: null, text: "timestamp_unchecked", values: { time: rfc3339(time) } });
  return { links, note };
}

type Said = readonly [boolean | null, VerdictText, Values?];

function checkFile(subject: DocumentClaim | Disclosure, file: FileDigest | null): Said {
  if (file === null) return [null, "file_none"];
  const expected = subject.kind === "document" ? subject.digest : subject.fields.find((field) => field.path === "/document/sm3")?.value;
  if (expected === undefined) return [null, "file_undisclosed"];
  if (subject.kind === "document" && file.size !== subject.size) throw new Failed("file_size", { expected: subject.size });
  if (file.sm3 !== expected) throw new Failed("file_digest", { expected, found: file.sm3 });
  return [true, "file_holds", { digest: file.sm3 }];
}

/** Each part behind its length in four bytes, then SM3. */
function commitmentOf(sm3: Hash, ...parts: readonly Uint8Array[]): Uint8Array {
  return sm3(concat(...parts.map(lengthPrefixed)));
}

function checkCommitment(document: DocumentClaim, commitment: string, sm3: Hash): Said {
  if (toHex(commitmentOf(sm3, utf8("abs/document/v1"), document.salt, fromHex(document.digest))) !== commitment) throw new Failed("commitment_differs");
  return [true, "commitment_holds"];
}

function checkFields(disclosure: Disclosure, bundle: Bundle, sm3: Hash): Said {
  const { fields, count } = disclosure;
  if (bundle.template !== "fields/v1") throw new Failed("fields_template", { found: bundle.template });
  if (new Set(fields.map((field) => field.path)).size < fields.length || new Set(fields.map((field) => field.index)).size < fields.length) throw new Failed("field_twice");
  const eightBytes = new Uint8Array(8);
  new DataView(eightBytes.buffer).setBigUint64(0, BigInt(count));
  for (const { path, salt, value, index, proof } of fields) {
    const leaf = leafHash(sm3, concat(...[utf8("abs/field/v1"), utf8(path), salt, utf8(value)].map(lengthPrefixed)));
    const root = rootFromInclusion(sm3, index, count, leaf, proof);
    if (root === null || toHex(commitmentOf(sm3, utf8("abs/fields/v1"), eightBytes, root)) !== bundle.commitment) throw new Failed("field_differs", { path });
  }
  return [true, "fields_hold", { shown: fields.length, count }];
}

function checkLog(bundle: Bundle, trust: Trust): Said {
  if (bundle.origin !== trust.origin) throw new Failed("origin_differs", { expected: trust.origin, found: bundle.origin });
  if (bundle.hash !== trust.hash) throw new Failed("hash_differs", { expected: trust.hash, found: bundle.hash });
  return [true, "log_holds", { origin: trust.origin, hash: trust.hash }];
}

function checkInclusion(bundle: Bundle, hash: Hash, leaf: Uint8Array, note: Note | null): Said {
  if (bundle.inclusion === null) return [null, "inclusion_none"];
  const { index, size, path } = bundle.inclusion;
  const root = rootFromInclusion(hash, index, size, leaf, path);
  if (root === null) throw new Failed("path_length", { index, size });
  if (note === null) return [null, "checkpoint_none"];
  if (size !== note.size || !equal(root, note.root)) throw new Failed("root_differs");
  return [true, "inclusion_holds", { index, size }];
}

function checkSignature(note: Note | null, keys: readonly TrustedKey[], sm3: Hash): Said {
  if (note === null) return [null, "checkpoint_none"];
  const signers = trustedSigners(note, keys, sm3);
  return [true, "signature_holds", { keys: signers.map((key) => `${key.name} (${key.type})`).join(", ") }];
}

function checkWitness(note: Note | null, keys: readonly TrustedKey[]): Said {
  if (note === null) return [null, "checkpoint_none"];
  const seconds = cosignedAt(note, keys);
  return seconds === null ? [null, "witness_silent"] : [true, "witness_holds", { time: rfc3339(seconds) }];
}
