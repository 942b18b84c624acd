/** What a table holds, as far as its file's name tells. The first word that is found decides. */
const WORDS: readonly (readonly [kind: string, words: RegExp])[] = [
  ["remittance_advice", /收款|付款|回单|流水|到账|核销|remit|payment|fbl5n|bank/i],
  ["receipt_advice", /收货|入库|验收|receipt|grn|mb51|migo/i],
  ["despatch_advice", /发货|出库|交货|送货|despatch|dispatch|delivery|shipment|vl06/i],
  ["invoice", /发票|开票|应收|invoice|billing|vf05|数电|全电/i],
  ["order", /订单|采购|order|me2m|va05|(^|[^a-z])[ps]o([^a-z]|$)/i],
];

/** The kind that the name suggests, or null. */
export function guessKind(filename: string): string | null {
  return WORDS.find(([, words]) => words.test(filename))?.[0] ?? null;
}
