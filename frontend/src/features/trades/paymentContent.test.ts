import { expect, it } from "vitest";

import { contentOfStatement, readPaymentContent } from "./paymentContent";

const content = JSON.stringify({
  format: "abs-payment-content/v1",
  payee: "Maker",
  documents: [{ id: "1", kind: "invoice", number: "INV-1", total: "100.00", currency: "CNY" }],
});

it("reads the format it knows, alone and inside a signed statement", () => {
  expect(readPaymentContent(content)?.documents[0]?.number).toBe("INV-1");
  expect(contentOfStatement(JSON.stringify({ format: "abs-payment-confirmation/v1", content }))?.payee).toBe("Maker");
});

it("leaves any other text to be read as it is", () => {
  expect(readPaymentContent(content.replace("/v1", "/v2"))).toBeNull();
  expect(readPaymentContent("no JSON")).toBeNull();
  expect(contentOfStatement("{}")).toBeNull();
});
