/** What one chain says of an anchored checkpoint, asked by JSON-RPC. */
import { concat, toHex, utf8 } from "../../shared/crypto/bytes";
import type { AnchorClaim } from "./bundle";
import { Failed, rfc3339, type Values } from "./fields";
import type { Hash } from "../../shared/crypto/hash";
import type { Note } from "./note";
import { readStrictly } from "./strictJson";
import type { TrustedChain } from "./trust";
import type { Link, VerdictText } from "./verdictWords";

/** First four bytes of Keccak-256 of count(bytes32) and checkpoint(bytes32,uint256). */
const SELECTOR_COUNT = "7937354c";
const SELECTOR_CHECKPOINT = "52c11eea";

/** A chain that could not be asked, or whose answer makes no sense. */
export class NoAnswer extends Error {}

/** Calls a JSON-RPC method; the result, or NoAnswer. */
export type Rpc = (url: string, method: string, parameters: readonly unknown[], signal?: AbortSignal) => Promise<unknown>;

const REQUEST_MS = 10_000;
const CHAIN_MS = 30_000;
const MAX_REPLY_BYTES = 1 << 22;

export const fetchRpc: Rpc = async (url, method, parameters, signal) => {
  const limit = AbortSignal.timeout(REQUEST_MS);
  let answer: unknown;
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params: parameters }),
      credentials: "omit",
      redirect: "error",
      referrerPolicy: "no-referrer",
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
    if (!response.ok) throw new NoAnswer(`HTTP ${response.status}`);
    answer = await readReply(response);
  } catch (error) {
    if (error instanceof NoAnswer) throw error;
    throw new NoAnswer(error instanceof Error ? error.message : String(error));
  }
  if (typeof answer !== "object" || answer === null || !("id" in answer) || answer.id !== 1) throw new NoAnswer("the answer is not JSON-RPC");
  if (!("result" in answer) || ("error" in answer && answer.error !== null)) throw new NoAnswer(`the endpoint refused ${method}`);
  return answer.result;
};

/** The reply's JSON, read as strictly as a bundle, and no further than it may be long. */
async function readReply(response: Response): Promise<unknown> {
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = response.body?.getReader();
  for (;;) {
    const piece = await reader?.read();
    if (!piece || piece.done) break;
    size += piece.value.length;
    if (size > MAX_REPLY_BYTES) {
      await reader?.cancel();
      throw new NoAnswer(`the answer is larger than ${MAX_REPLY_BYTES} bytes`);
    }
    parts.push(piece.value);
  }
  const read = readStrictly(concat(...parts));
  if (!read.ok) throw new NoAnswer("the answer is not JSON that can be read");
  return read.value;
}

export type ChainState = "verified" | "contradicted" | "unreachable" | "not_asked" | "no_anchor" | "not_trusted";

export interface ChainResult {
  name: string;
  state: ChainState;
  chainId: number | null;
  block: number | null;
  /** Seconds since 1970, as the block says. */
  time: number | null;
}

function quantity(value: unknown): bigint {
  if (typeof value !== "string" || !/^0x[0-9a-fA-F]{1,64}$/.test(value)) throw new NoAnswer("a number has not the expected form");
  return BigInt(value);
}

function words(value: unknown, count: number): bigint[] {
  if (typeof value !== "string" || !new RegExp(`^0x[0-9a-fA-F]{${count * 64}}$`).test(value)) throw new NoAnswer("the contract's answer has not the expected form");
  return Array.from({ length: count }, (_, at) => BigInt(`0x${value.slice(2 + at * 64, 66 + at * 64)}`));
}

type Step = "id" | "contract" | "record" | "block";
type Said = readonly [VerdictText, Values] | null;

/** One chain's links, in order; the contract that is asked is the trust file's, whatever the bundle says. */
export async function checkChain(
  chain: TrustedChain,
  anchor: AnchorClaim,
  origin: string,
  note: Note,
  sm3: Hash,
  rpc: Rpc,
): Promise<{ chain: ChainResult; links: Link[] }> {
  const log = toHex(sm3(utf8(origin)));
  const signal = AbortSignal.timeout(CHAIN_MS);
  const ask = (method: string, ...parameters: unknown[]) => {
    if (chain.rpc === null) throw new NoAnswer("no endpoint is known");
    return rpc(chain.rpc, method, parameters, signal);
  };
  const read = async (data: string, count: number) => words(await ask("eth_call", { to: chain.contract, data: `0x${data}` }, "latest"), count);
  let stored: { block: bigint; time: bigint } = { block: 0n, time: 0n };

  const steps: readonly (readonly [Step, () => Said | Promise<Said>])[] = [
    [
      "id",
      () => {
        if (anchor.chainId !== chain.chainId) throw new Failed("chain_id_bundle", { expected: chain.chainId, found: anchor.chainId });
        return null;
      },
    ],
    [
      "contract",
      () => {
        if (anchor.contract !== chain.contract) throw new Failed("contract_bundle", { expected: chain.contract, found: anchor.contract });
        return null;
      },
    ],
    [
      "id",
      async () => {
        const answered = quantity(await ask("eth_chainId"));
        if (answered !== BigInt(chain.chainId)) throw new Failed("chain_id_endpoint", { expected: chain.chainId, found: String(answered) });
        return ["chain_id_holds", { id: chain.chainId }];
      },
    ],
    [
      "contract",
      async () => {
        const code = await ask("eth_getCode", chain.contract, "latest");
        if (typeof code !== "string" || !/^0x([0-9a-fA-F]{2})*$/.test(code)) throw new NoAnswer("the contract's code has not the expected form");
        if (code === "0x") throw new Failed("contract_none", { contract: chain.contract });
        return ["contract_holds", { contract: chain.contract }];
      },
    ],
    [
      "record",
      async () => {
        const [count = 0n] = await read(SELECTOR_COUNT + log, 1);
        if (BigInt(anchor.index) >= count) throw new Failed("record_none", { index: anchor.index, count: String(count) });
        const [size, root, block = 0n, time = 0n, records] = await read(SELECTOR_CHECKPOINT + log + anchor.index.toString(16).padStart(64, "0"), 5);
        if (size !== BigInt(note.size) || root !== BigInt(`0x${toHex(note.root)}`)) throw new Failed("record_differs", { index: anchor.index });
        if (records !== BigInt(anchor.records)) throw new Failed("records_differ", { expected: String(records), found: anchor.records });
        stored = { block, time };
        return ["record_holds", { index: anchor.index, size: note.size }];
      },
    ],
    [
      "block",
      async () => {
        if (stored.block !== BigInt(anchor.block)) throw new Failed("block_number", { expected: String(stored.block), found: anchor.block });
        const answer = await ask("eth_getBlockByNumber", `0x${stored.block.toString(16)}`, false);
        if (answer === null) throw new Failed("block_none", { block: anchor.block });
        const block: { hash?: unknown; number?: unknown; timestamp?: unknown } = typeof answer === "object" && !Array.isArray(answer) ? answer : {};
        if (typeof block.hash !== "string") throw new NoAnswer("the block has not the expected form");
        if (quantity(block.number) !== stored.block || block.hash.toLowerCase() !== anchor.blockHash) throw new Failed("block_hash", { block: anchor.block });
        if (quantity(block.timestamp) !== stored.time || stored.time !== BigInt(anchor.time)) throw new Failed("block_time", { block: anchor.block });
        return ["block_holds", { block: anchor.block, time: rfc3339(anchor.time) }];
      },
    ],
  ];

  const links: Link[] = [];
  const result: ChainResult = { name: chain.name, state: "verified", chainId: chain.chainId, block: null, time: null };
  for (const [step, check] of steps) {
    const name = `chain/${chain.name}/${step}`;
    try {
      const said = await check();
      if (said) links.push({ name, ok: true, text: said[0], values: said[1] });
    } catch (error) {
      if (error instanceof Failed) {
        links.push({ name, ok: false, text: error.text, values: error.values });
        return { chain: { ...result, state: "contradicted" }, links };
      }
      if (error instanceof NoAnswer) {
        links.push({ name, ok: null, text: "no_answer", values: { reason: error.message.slice(0, 200) } });
        return { chain: { ...result, state: "unreachable" }, links };
      }
      throw error;
    }
  }
  return { chain: { ...result, block: anchor.block, time: anchor.time }, links };
}
