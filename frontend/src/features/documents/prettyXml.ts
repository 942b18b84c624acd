/** Indents an XML document's text for reading. Purely textual: nothing is parsed into a page, nothing is run. */

const TOKEN = /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>|<![^>]*>|<(?:[^>"']|"[^"]*"|'[^']*')+>|[^<]+/g;

type Kind = "open" | "close" | "whole" | "text";

function kindOf(token: string): Kind {
  if (!token.startsWith("<")) return "text";
  if (token.startsWith("</")) return "close";
  if (token.startsWith("<?") || token.startsWith("<!") || token.endsWith("/>")) return "whole";
  return "open";
}

export function prettyXml(source: string): string[] {
  const tokens = (source.replace(/^\uFEFF/, "").match(TOKEN) ?? []).map((token) => token.trim()).filter(Boolean);
  const lines: string[] = [];
  let depth = 0;
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at] ?? "";
    const kind = kindOf(token);
    const next = tokens[at + 1];
    const afterNext = tokens[at + 2];
    if (kind === "close") depth = Math.max(0, depth - 1);
    const indent = "  ".repeat(depth);
    // <a>text</a> and <a></a> stay on one line
    if (kind === "open" && next !== undefined && kindOf(next) === "text" && afterNext !== undefined && kindOf(afterNext) === "close") {
      lines.push(indent + token + next + afterNext);
      at += 2;
    } else if (kind === "open" && next !== undefined && kindOf(next) === "close") {
      lines.push(indent + token + next);
      at += 1;
    } else {
      lines.push(indent + token);
      if (kind === "open") depth += 1;
    }
  }
  return lines;
}
