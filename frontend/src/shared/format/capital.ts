/** Amounts in words as Chinese documents state them (大写): the rules of 《支付结算办法》 annex 1. */

const DIGITS = "零壹贰叁肆伍陆柒捌玖";
const PLACES = ["", "拾", "佰", "仟"];
const GROUPS = ["", "万", "亿", "万亿"];
const AMOUNT = /^(\d{1,16})(?:\.(\d{0,2})0*)?$/;

/** Up to four digits; one 零 for zeros between digits, none for those at the end. */
function group(digits: string): string {
  let words = "";
  let gap = false;
  [...digits].forEach((digit, at) => {
    if (digit === "0") {
      gap = words !== "";
      return;
    }
    words += (gap ? "零" : "") + (DIGITS[Number(digit)] ?? "") + (PLACES[digits.length - 1 - at] ?? "");
    gap = false;
  });
  return words;
}

function integer(whole: string): string {
  const padded = whole.padStart(Math.ceil(whole.length / 4) * 4, "0");
  const groups = padded.match(/\d{4}/g) ?? [];
  let words = "";
  groups.forEach((digits, at) => {
    const said = group(digits);
    if (!said) return;
    // A 零 stands where digits are skipped between two groups.
    const skipped = words !== "" && (digits.startsWith("0") || /0$/.test(groups[at - 1] ?? ""));
    words += (skipped ? "零" : "") + said + (GROUPS[groups.length - 1 - at] ?? "");
  });
  // 亿 is said once where nothing follows 万 of it: 壹万亿, and 壹万贰仟亿.
  return words.replace(/万亿(?=.*亿)/, "万");
}

/** "人民币壹仟贰佰叁拾肆元伍角整" of "1234.50", or null for what is no positive amount in yuan with at most two decimals. */
export function inCapitals(value: string, currency: string | null | undefined): string | null {
  const match = AMOUNT.exec(value.trim());
  if (currency !== "CNY" || !match) return null;
  const whole = (match[1] ?? "").replace(/^0+/, "");
  const [jiao = "0", fen = "0"] = (match[2] ?? "").padEnd(2, "0");
  const cents = jiao !== "0" || fen !== "0";
  if (!whole && !cents) return null;
  let words = whole ? `${integer(whole)}元` : "";
  if (jiao !== "0") words += `${DIGITS[Number(jiao)] ?? ""}角`;
  if (fen !== "0") words += `${whole && jiao === "0" ? "零" : ""}${DIGITS[Number(fen)] ?? ""}分`;
  return `人民币${words}${fen === "0" ? "整" : ""}`;
}
