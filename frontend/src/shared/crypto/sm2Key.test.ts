import { beforeAll, describe, expect, it } from "vitest";

import { toHex, utf8 } from "./bytes";
import { createHashes, type Hash } from "./hash";
import { isPublicKey, verifySignature } from "./sm2";
import { generateKey, lock, publicOf, sign, unlock } from "./sm2Key";

let sm3: Hash;
beforeAll(async () => {
  sm3 = (await createHashes()).sm3;
});

describe("an own SM2 key", () => {
  it("signs what its public part verifies, and nothing else", () => {
    for (let each = 0; each < 5; each += 1) {
      const key = generateKey();
      expect(isPublicKey(key.public)).toBe(true);
      const signature = sign(key, utf8("付款确认"), sm3);
      expect(verifySignature(key.public, utf8("付款确认"), signature, sm3)).toBe(true);
      expect(verifySignature(key.public, utf8("付款确认 "), signature, sm3)).toBe(false);
      expect(verifySignature(generateKey().public, utf8("付款确认"), signature, sm3)).toBe(false);
    }
  });

  it("comes back from its file with the passphrase only", async () => {
    const key = generateKey();
    const file = await lock(key, "correct horse", 10);
    expect(file).not.toContain(toHex(key.private));
    expect(await unlock(file, "correct horse")).toEqual({ key });
    expect(await unlock(file, "wrong horse")).toEqual({ problem: "wrong_passphrase" });
    expect(await unlock("{}", "correct horse")).toEqual({ problem: "no_key_file" });
    expect(publicOf(key.private)).toEqual(key.public);
  });
});
