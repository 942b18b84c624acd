import { expect, it } from "vitest";

import { entriesPath, tilePath } from "./tiles";

it("names tiles as C2SP tlog-tiles does", () => {
  expect(tilePath(0, 1)).toBe("tile/0/000.p/1");
  expect(tilePath(255, 256)).toBe("tile/0/000");
  expect(tilePath(256, 300)).toBe("tile/0/001.p/44");
  expect(tilePath(5, 300)).toBe("tile/0/000");
  expect(tilePath(1234067 * 256, 1234068 * 256)).toBe("tile/0/x001/x234/067");
  expect(entriesPath(256_000, 256_001)).toBe("tile/entries/x001/000.p/1");
});
