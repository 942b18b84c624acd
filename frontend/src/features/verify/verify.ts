/**
 * The check of a proof bundle, in the browser and without this platform's word for anything: file → SM3 → salted
 * commitment → log entry → Merkle root → signed checkpoint → contract on each chain → block. The same links, in the same
 * order and with the same verdicts as the outside verifier (abs_platform/verifier/README.md).
 */
import { concat, equal, fromHex, lengthPrefixed, toHex, utf8 } from "./bytes";
import { checkChain, type ChainResult, type Rpc } from "./chain";
import { Failed } from "./fields";
import type { FileDigest, Hashes } from "./hash";
import { readBundle, type Bundle, type Trust } from "./inputs";
import { leafHash, rootFromInclusion } from "./merkle";
import { parseNote, trustedSigner, type Note } from "./note";
import type { Link, VerdictText } from "./verdictWords";

export type VerdictKind = "valid" | "pending" | "unreachable" | "invalid";

export interface Verdict {
  verdict: VerdictKind;
  links: Link[];
  chains: ChainResult[];
  fileChecked: boolean;
  /** The earliest verified block's time, seconds since 1970. */
  since: number | null;
  /** SM3 of the document as the bundle says. */
  digest: string;
  /** What the bundle says and nothing proves; null where the bundle could not be read. */
  claims: { filename: string; transactions: { chain: string; tx: string }[] } | null;
}

/** The verdict on a bundle, and on a file where its digest is given. `trust` comes from readTrust. */
export async function verify(value: unknown, trust: Trust, file: FileDigest | null, hashes: Hashes, rpc: Rpc): Promise<Verdict> {
  let bundle: Bundle;
  try {
    bundle = readBundle(value, trust);
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
    const link: Link = { name: "format", ok: false, text: error.text, values: error.values };
    return { verdict: "invalid", links: [link], chains: [], fileChecked: false, since: null, digest: "", claims: null };
  }
  const { links, note } = checkOffline(bundle, trust, file, hashes);
  const transactions = [...bundle.anchors].map(([chain, anchor]) => ({ chain, tx: anchor.tx }));
  const base = { fileChecked: file !== null, digest: bundle.digest, claims: { filename: bundle.filename, transactions } };
  if (links.some((link) => link.ok === false) || note === null || bundle.inclusion === null) {
    const verdict = links.some((link) => link.ok === false) ? "invalid" : "pending";
    return { ...base, verdict, links, chains: unasked(bundle, trust, "not_asked"), since: null };
  }
  const asked = trust.chains.flatMap((chain) => {
    const anchor = bundle.anchors.get(chain.name);
    return anchor ? [checkChain(chain, anchor, trust.origin, note, hashes.sm3, rpc)] : [];
  });
  const results = await Promise.all(asked);
  const chains = [...results.map((result) => result.chain), ...unasked(bundle, trust, null)];
  const times = chains.flatMap((chain) => (chain.state === "verified" && chain.time !== null ? [chain.time] : []));
  return {
    ...base,
    verdict: decide(results.map((result) => result.chain)),
    links: [...links, ...results.flatMap((result) => result.links)],
    chains,
    since: times.length ? Math.min(...times) : null,
  };
}

function decide(chains: readonly ChainResult[]): VerdictKind {
  if (chains.some((chain) => chain.state === "contradicted")) return "invalid";
  if (chains.length === 0) return "pending";
  return chains.some((chain) => chain.state === "verified") ? "valid" : "unreachable";
}

/** The chains that were not asked and why; `anchored` is the state of those that have an anchor, null leaves them out. */
function unasked(bundle: Bundle, trust: Trust, anchored: "not_asked" | null): ChainResult[] {
  const of = (name: string, state: ChainResult["state"], chainId: number | null): ChainResult => ({ name, state, chainId, block: null, time: null });
  const trusted = trust.chains.flatMap((chain) => {
    const state = bundle.anchors.has(chain.name) ? anchored : "no_anchor";
    return state ? [of(chain.name, state, chain.chainId)] : [];
  });
  return [...trusted, ...bundle.untrusted.map((name) => of(name, "not_trusted", null))];
}

/** All that needs no chain. Later links are looked at even where an earlier one fails: each failing one is named. */
function checkOffline(bundle: Bundle, trust: Trust, file: FileDigest | null, hashes: Hashes): { links: Link[]; note: Note | null } {
  const links: Link[] = [{ name: "format", ok: true, text: "format_holds", values: {} }];
  const hash = hashes[trust.hash];
  const leaf = leafHash(hash, utf8(bundle.entry));
  let note: Note | null = null;

  const check = (name: string, run: () => readonly [boolean | null, VerdictText, Link["values"]?]) => {
    try {
      const [ok, text, values = {}] = run();
      links.push({ name, ok, text, values });
    } catch (error) {
      if (!(error instanceof Failed)) throw error;
      links.push({ name, ok: false, text: error.text, values: error.values });
    }
  };

  check("file", () => {
    if (file === null) return [null, "file_none"];
    if (file.size !== bundle.size) throw new Failed("file_size", { expected: bundle.size });
    if (file.sm3 !== bundle.digest) throw new Failed("file_digest", { expected: bundle.digest, found: file.sm3 });
    return [true, "file_holds", { digest: bundle.digest }];
  });
  check("commitment", () => {
    const parts = [utf8("abs/document/v1"), bundle.salt, fromHex(bundle.digest)].map(lengthPrefixed);
    if (toHex(hashes.sm3(concat(...parts))) !== bundle.commitment) throw new Failed("commitment_differs");
    return [true, "commitment_holds"];
  });
  check("log", () => {
    if (bundle.origin !== trust.origin) throw new Failed("origin_differs", { expected: trust.origin, found: bundle.origin });
    if (bundle.hash !== trust.hash) throw new Failed("hash_differs", { expected: trust.hash, found: bundle.hash });
    return [true, "log_holds", { origin: trust.origin, hash: trust.hash }];
  });
  links.push({ name: "leaf", ok: true, text: "leaf_holds", values: { leaf: toHex(leaf) } });
  check("checkpoint", () => {
    if (bundle.checkpoint === null) return [null, "checkpoint_none"];
    const parsed = parseNote(bundle.checkpoint);
    if (parsed.origin !== trust.origin) throw new Failed("origin_differs", { expected: trust.origin, found: parsed.origin });
    note = parsed;
    return [true, "checkpoint_holds", { size: parsed.size }];
  });
  check("inclusion", () => {
    if (bundle.inclusion === null) return [null, "inclusion_none"];
    const { index, size, path } = bundle.inclusion;
    const root = rootFromInclusion(hash, index, size, leaf, path);
    if (root === null) throw new Failed("path_length", { index, size });
    if (note === null) return [null, "checkpoint_none"];
    if (size !== note.size || !equal(root, note.root)) throw new Failed("root_differs");
    return [true, "inclusion_holds", { index, size }];
  });
  check("signature", () => {
    if (note === null) return [null, "checkpoint_none"];
    return [true, "signature_holds", { key: trustedSigner(note, trust.keys, hashes.sm3) }];
  });
  return { links, note };
}
