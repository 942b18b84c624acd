import { keccak_256 } from "@noble/hashes/sha3.js";
import { beforeAll, describe, expect, it } from "vitest";

import { digestFile } from "../../shared/hash/digestFile";
import { fromHex, toHex, utf8 } from "../../shared/crypto/bytes";
import { createHashes, type Hashes } from "../../shared/crypto/hash";
import { leafHash, rootFromInclusion } from "./merkle";
import { verifySignature } from "../../shared/crypto/sm2";
import { inclusionPath, sign, treeRoot, world, type World } from "./testbed";
import { readTrust } from "./trust";
import { verify } from "./verify";

let hashes: Hashes;
beforeAll(async () => {
  hashes = await createHashes();
});

const run = (at: World, file: World["file"] | null = at.file) => verify(at.bundle, readTrust(at.trust), file, hashes, at.rpc);
const failing = (result: Awaited<ReturnType<typeof run>>) => result.links.filter((link) => link.ok === false).map((link) => link.name);

describe("SM3 and SM2", () => {
  it("follow the standard's examples", () => {
    // GB/T 32905 A.1
    expect(toHex(hashes.sm3(utf8("abc")))).toBe("66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
    // GM/T 0003.5 A.2
    const publicKey = fromHex("0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13");
    const signature = fromHex("3046022100f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3022100b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa");
    expect(verifySignature(publicKey, utf8("message digest"), signature, hashes.sm3)).toBe(true);
    expect(verifySignature(publicKey, utf8("message digesT"), signature, hashes.sm3)).toBe(false);
  });

  it("refuse other encodings of a right signature", () => {
    const secret = 77n;
    const message = utf8("text");
    const right = sign(secret, message, hashes.sm3);
    const publicKey = fromHex(readTrust(world(hashes, 0, 1).trust).keys[0] ? world(hashes, 0, 1).trust.keys[0].public : "");
    expect(verifySignature(publicKey, message, right, hashes.sm3)).toBe(false); // another's key
    expect(verifySignature(publicKey, message, Uint8Array.of(...right, 0), hashes.sm3)).toBe(false);
    expect(verifySignature(publicKey, message, new Uint8Array(), hashes.sm3)).toBe(false);
  });

  it("hash a file in pieces", async () => {
    const seen: number[] = [];
    const digest = await digestFile(new Blob(["a", "bc"]), (share) => seen.push(share));
    expect(digest).toEqual({ size: 3, sm3: "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0" });
    expect(seen.at(-1)).toBe(1);
  });
});

describe("selectors", () => {
  it("are Keccak-256 of the contract's functions", () => {
    const selector = (signature: string) => toHex(keccak_256(utf8(signature))).slice(0, 8);
    expect(selector("count(bytes32)")).toBe("7937354c");
    expect(selector("checkpoint(bytes32,uint256)")).toBe("52c11eea");
  });
});

describe("inclusion", () => {
  it("leads from every leaf of every small tree to its root, and from no other index", () => {
    for (let size = 1; size <= 18; size += 1) {
      const leaves = Array.from({ length: size }, (_, at) => utf8(`leaf ${at}`));
      const root = toHex(treeRoot(hashes.sm3, leaves));
      for (let index = 0; index < size; index += 1) {
        const leaf = leafHash(hashes.sm3, leaves[index] as Uint8Array);
        const path = inclusionPath(hashes.sm3, index, leaves);
        const reached = (at: number, of: number, along: Uint8Array[]) => {
          const found = rootFromInclusion(hashes.sm3, at, of, leaf, along);
          return found && toHex(found);
        };
        expect(reached(index, size, path)).toBe(root);
        expect(reached(index, size, [...path, leaf])).toBeNull();
        if (size > 1) expect(reached(index, size, path.slice(1))).not.toBe(root);
        if (size > 1) expect(reached((index + 1) % size, size, path)).not.toBe(root);
      }
    }
  });
});

describe("verdict", () => {
  it.each([
    [0, 1],
    [0, 2],
    [4, 5],
    [6, 13],
  ])("is valid for record %i of %i", async (index, size) => {
    const at = world(hashes, index, size);
    const result = await run(at);
    expect(failing(result)).toEqual([]);
    expect(result.verdict).toBe("valid");
    expect(result.since).toBe(at.chain.time);
    expect(result.chains).toEqual([{ name: "business", state: "verified", chainId: 31_337, block: 42, time: at.chain.time }]);
  });

  it("is valid for a SHA-256 log", async () => {
    expect((await run(world(hashes, 2, 6, "sha256"))).verdict).toBe("valid");
  });

  it("says when no file was compared", async () => {
    const result = await run(world(hashes, 1, 3), null);
    expect(result.verdict).toBe("valid");
    expect(result.fileChecked).toBe(false);
  });

  it("is pending while not in the log, not signed or not anchored", async () => {
    const fresh = world(hashes, 1, 3);
    Object.assign(fresh.bundle, { inclusion: null, checkpoint: null, anchors: [] });
    expect((await run(fresh)).verdict).toBe("pending");
    const recorded = world(hashes, 1, 3);
    recorded.bundle.anchors = [];
    expect((await run(recorded)).verdict).toBe("pending");
    const elsewhere = world(hashes, 1, 3);
    elsewhere.bundle.anchors[0].chain = "unknown";
    const result = await run(elsewhere);
    expect(result.verdict).toBe("pending");
    expect(result.chains.map((chain) => chain.state)).toEqual(["no_anchor", "not_trusted"]);
  });

  it("is unreachable, not invalid, when the chain cannot be asked", async () => {
    const at = world(hashes, 1, 3);
    at.chain.down = true;
    const result = await run(at);
    expect(result.verdict).toBe("unreachable");
    expect(failing(result)).toEqual([]);
  });

  it("stays valid when one of two chains cannot be asked", async () => {
    const at = world(hashes, 1, 3);
    at.trust.chains.push({ ...at.trust.chains[0], name: "second", rpc: undefined });
    delete at.trust.chains[1].rpc;
    at.bundle.anchors.push({ ...at.bundle.anchors[0], chain: "second" });
    const result = await run(at);
    expect(result.verdict).toBe("valid");
    expect(result.chains.map((chain) => chain.state)).toEqual(["verified", "unreachable"]);
  });

  const forgeries: [string, string, (at: World) => void][] = [
    ["another file", "file", (at) => (at.file.sm3 = "00".repeat(32))],
    ["another size", "file", (at) => (at.file.size += 1)],
    ["another salt", "commitment", (at) => (at.bundle.document.salt = "08".repeat(32))],
    ["another record time", "inclusion", (at) => (at.bundle.record.time = "2020-01-01T00:00:00.000Z")],
    ["another record id", "inclusion", (at) => (at.bundle.record.id = "01900000-0000-7000-8000-000000000002")],
    ["another index", "inclusion", (at) => (at.bundle.inclusion.index = 2)],
    ["a changed path", "inclusion", (at) => (at.bundle.inclusion.path[0] = "11".repeat(32))],
    ["another log", "log", (at) => (at.bundle.log.origin = "evil/log")],
    ["another hash function", "log", (at) => (at.bundle.log.hash = "sha256")],
    ["a checkpoint of another size", "signature", (at) => (at.bundle.checkpoint = at.bundle.checkpoint.replace("\n5\n", "\n6\n"))],
    ["a stranger's key", "signature", (at) => (at.trust.keys[0].name = "somebody")],
    ["no note", "checkpoint", (at) => (at.bundle.checkpoint = "hello")],
    ["another chain id in the bundle", "chain/business/id", (at) => (at.bundle.anchors[0].chain_id = 1)],
    ["an endpoint of another chain", "chain/business/id", (at) => (at.chain.id = 1)],
    ["another contract", "chain/business/contract", (at) => (at.bundle.anchors[0].contract = `0x${"22".repeat(20)}`)],
    ["no code at the contract", "chain/business/contract", (at) => (at.chain.code = "0x")],
    ["fewer checkpoints on chain", "chain/business/record", (at) => (at.chain.count = 2)],
    ["another count of records on chain", "chain/business/record", (at) => (at.chain.records += 1)],
    ["fewer records than the tree has", "format", (at) => (at.bundle.anchors[0].records = 4)],
    ["document and fields", "format", (at) => (at.bundle.fields = { count: 1, disclosed: [] })],
    ["another root on chain", "chain/business/record", (at) => (at.chain.root = "33".repeat(32))],
    ["another size on chain", "chain/business/record", (at) => (at.chain.size = 4)],
    ["another block", "chain/business/block", (at) => (at.bundle.anchors[0].block = 41)],
    ["another block hash", "chain/business/block", (at) => (at.chain.hash = `0x${"ee".repeat(32)}`)],
    ["another block time", "chain/business/block", (at) => (at.bundle.anchors[0].time = "2020-01-01T00:00:00Z")],
    ["a time that does not exist", "format", (at) => (at.bundle.anchors[0].time = "2026-02-30T00:00:00Z")],
    ["a missing field", "format", (at) => delete at.bundle.record.commitment],
    ["upper-case hexadecimal", "format", (at) => (at.bundle.document.sm3 = at.bundle.document.sm3.toUpperCase())],
    ["two anchors on one chain", "format", (at) => at.bundle.anchors.push(at.bundle.anchors[0])],
    ["anchors without a proof", "format", (at) => (at.bundle.inclusion = null)],
  ];

  it.each(forgeries)("is invalid for %s, and names the link %s", async (_, link, bend) => {
    const at = world(hashes, 1, 5);
    bend(at);
    const result = await run(at);
    expect(result.verdict).toBe("invalid");
    expect(failing(result)).toContain(link);
    expect(result.since).toBeNull();
  });

  it("tells a wrong signature from an unknown signer", async () => {
    const at = world(hashes, 1, 5);
    const [head, tail] = at.bundle.checkpoint.split("\n\n") as [string, string];
    at.bundle.checkpoint = `${head.replace("\n5\n", "\n6\n")}\n\n${tail}`;
    const result = await run(at);
    expect(result.links.find((link) => link.name === "signature")?.text).toBe("signature_wrong");
  });

  it("asks no chain once a link before it fails", async () => {
    const at = world(hashes, 1, 5);
    at.bundle.document.salt = "08".repeat(32);
    at.rpc = () => Promise.reject(new Error("the chain was asked"));
    expect((await run(at)).chains).toMatchObject([{ name: "business", state: "not_asked" }]);
  });
});
