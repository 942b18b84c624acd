import { expect, it } from "vitest";

import { formatCoins } from "./coins";

it("writes wei as coins without losing a digit to floating point", () => {
  expect(formatCoins("9999999876543210987654321")).toBe("9999999.8765");
  expect(formatCoins("1")).toBe("0.0000");
  expect(formatCoins("0")).toBe("0.0000");
  expect(formatCoins("1000000000000000000")).toBe("1.0000");
});
