/**
 * The same inputs as the outside verifier got, and what comes of them: tests/verifier/test_parity.py writes the cases,
 * runs this file once with ABS_PARITY naming the folder, and compares. Skipped without it.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { digestFile } from "../../shared/hash/digestFile";
import { BUNDLE_FORMAT, formatOf, MAX_BUNDLE_BYTES, readBundle } from "./bundle";
import { fromBase64, fromHex } from "../../shared/crypto/bytes";
import { fetchRpc, NoAnswer, type Rpc } from "./chain";
import { verifyEd25519 } from "./ed25519";
import { Failed, rfc3339 } from "./fields";
import { createHashes, type Hashes } from "../../shared/crypto/hash";
import { rootFromInclusion } from "./merkle";
import { detailOf, labelOf, sentenceOf } from "./sentence";
import { verifySignature } from "../../shared/crypto/sm2";
import { readStrictly } from "./strictJson";
import { MAX_TRUST_BYTES, readTrust, type Trust } from "./trust";
import { verdictWords } from "./verdictWords";
import { verify } from "./verify";

const FOLDER = process.env.ABS_PARITY ?? "";

interface Case {
  /** Base64 of the bytes. */
  bundle: string;
  trust: string;
  file: string | null;
  /** What the chains answered: by JSON of [url, method, parameters]; null asks the real endpoints. */
  answers: Record<string, unknown> | null;
}

interface Primitives {
  sm2: [publicKey: string, message: string, signature: string][];
  ed25519: [publicKey: string, message: string, signature: string][];
  inclusion: [hash: "sm3" | "sha256", index: number, size: number, leaf: string, path: string[], root: string][];
}

const load = <T>(name: string) => JSON.parse(readFileSync(join(FOLDER, name), "utf8")) as T;
const bytesOf = (base64: string) => fromBase64(base64) ?? new Uint8Array();

function readInputs(each: Case): { bundle: unknown; trust: Trust } | null {
  const [bundleBytes, trustBytes] = [bytesOf(each.bundle), bytesOf(each.trust)];
  if (bundleBytes.length > MAX_BUNDLE_BYTES || trustBytes.length > MAX_TRUST_BYTES) return null;
  const [bundle, trust] = [readStrictly(bundleBytes), readStrictly(trustBytes)];
  if (!bundle.ok || !trust.ok || formatOf(bundle.value) !== BUNDLE_FORMAT) return null;
  try {
    return { bundle: bundle.value, trust: readTrust(trust.value) };
  } catch (error) {
    if (error instanceof Failed) return null;
    throw error;
  }
}

async function outcome(each: Case, hashes: Hashes) {
  const inputs = readInputs(each);
  if (inputs === null) return "unreadable";
  const { answers } = each;
  const recorded: Rpc = (url, method, parameters) => {
    const key = JSON.stringify([url, method, parameters]);
    return answers && Object.hasOwn(answers, key) ? Promise.resolve(answers[key]) : Promise.reject(new NoAnswer(`${key} was never answered`));
  };
  const file = each.file === null ? null : await digestFile(new Blob([bytesOf(each.file) as Uint8Array<ArrayBuffer>]));
  const verdict = await verify(inputs.bundle, inputs.trust, file, hashes, answers ? recorded : fetchRpc);
  return {
    verdict: verdict.verdict,
    since: verdict.since === null ? null : rfc3339(verdict.since),
    file_checked: verdict.fileChecked,
    disclosed: verdict.disclosed,
    sentences: [sentenceOf(verdict, "en"), sentenceOf(verdict, "zh")],
    chains: verdict.chains.map((chain) => [chain.name, chain.state, chain.chainId, chain.block, chain.time === null ? null : rfc3339(chain.time)]),
    links: verdict.links.map((link) => [
      link.name,
      link.ok,
      labelOf(link, "en"),
      labelOf(link, "zh"),
      // Why a chain could not be asked is said differently by every network library.
      link.text === "no_answer" ? "" : detailOf(link, "en"),
      link.text === "no_answer" ? "" : detailOf(link, "zh"),
    ]),
  };
}

describe.skipIf(!FOLDER)("beside the outside verifier", () => {
  it("gives its outcomes to be compared", { timeout: 240_000 }, async () => {
    const hashes = await createHashes();
    const outcomes = [];
    for (const each of load<Case[]>("cases.json")) outcomes.push(await outcome(each, hashes));
    const { sm2, ed25519, inclusion } = load<Primitives>("primitives.json");
    const results = {
      outcomes,
      words: verdictWords,
      sm2: sm2.map(([publicKey, message, signature]) => verifySignature(fromHex(publicKey), fromHex(message), fromHex(signature), hashes.sm3)),
      ed25519: ed25519.map(([publicKey, message, signature]) => verifyEd25519(fromHex(publicKey), fromHex(message), fromHex(signature))),
      inclusion: inclusion.map(([hash, index, size, leaf, path, root]) => {
        const found = rootFromInclusion(hashes[hash], index, size, fromHex(leaf), path.map(fromHex));
        return found !== null && Buffer.from(found).toString("hex") === root;
      }),
    };
    writeFileSync(join(FOLDER, "outcomes.json"), JSON.stringify(results));
    expect(outcomes.length).toBeGreaterThan(0);
  });
});

describe.skipIf(!FOLDER)("reading", () => {
  it("raises nothing but Failed, whatever it is given", () => {
    for (const text of load<string[]>("anything.json")) {
      const read = readStrictly(bytesOf(text));
      if (!read.ok) continue;
      for (const reading of [readBundle, readTrust]) {
        try {
          reading(read.value);
        } catch (error) {
          expect(error).toBeInstanceOf(Failed);
        }
      }
    }
  });
});
