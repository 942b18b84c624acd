/** A verdict in words, in either language: the same sentences as the outside verifier's. */
import { joinNames } from "../../shared/format/join";
import type { Language } from "../../shared/i18n/language";
import { translate } from "../../shared/i18n/messages";
import { rfc3339, type Values } from "./fields";
import { verdictWords, type Link, type VerdictText } from "./verdictWords";
import type { Verdict } from "./verify";

/** Controls, marks that turn or hide text, and separators of lines: they could rewrite what the reader sees. */
const HIDDEN = /[\p{C}\p{Zl}\p{Zp}]/u;

/** Text from bundle, trust file or chain, as it can be shown. */
export function clean(value: string | number, limit = 200): string {
  const characters = Array.from(String(value));
  const shown = characters.slice(0, limit).map((character) => (HIDDEN.test(character) ? "?" : character));
  return shown.join("") + (characters.length > limit ? "..." : "");
}

function say(language: Language, text: VerdictText, values: Values = {}, limit = 200): string {
  const cleaned = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, clean(value, limit)]));
  return translate(verdictWords, language, text, cleaned);
}

export function detailOf(link: Link, language: Language): string {
  return say(language, link.text, link.values);
}

export function labelOf(link: Link, language: Language): string {
  const [kind = "", ...rest] = link.name.split("/");
  if (kind !== "chain") return say(language, `link_${kind}` as VerdictText, { name: rest.join("/") });
  const step = rest.pop() ?? "";
  return say(language, "link_chain", { name: rest.join("/"), step: say(language, `link_chain_${step}` as VerdictText) });
}

/** The verdict in one sentence, and what was not checked in the next; `time` writes the seconds since 1970. */
export function sentenceOf(verdict: Verdict, language: Language, time: (seconds: number) => string = rfc3339): string {
  if (verdict.verdict === "invalid") {
    const failing = verdict.links.filter((link) => link.ok === false).map((link) => `${labelOf(link, language)}: ${detailOf(link, language)}`);
    return say(language, "verdict_invalid", { failing: failing.join("; ") }, 2000);
  }
  const named = (state: string) => joinNames(verdict.chains.filter((chain) => chain.state === state).map((chain) => chain.name), language);
  const stamped = verdict.links.filter((link) => link.text === "timestamp_unchecked").map((link) => link.name.slice("timestamp/".length));
  const values = {
    ...verdict.facts,
    since: verdict.since === null ? "" : time(verdict.since),
    verified: named("verified"),
    unreachable: named("unreachable"),
    not_trusted: named("not_trusted"),
    stamped: joinNames(stamped, language),
  };
  const parts: VerdictText[] = [`verdict_${verdict.verdict}_${verdict.subject}`];
  if (verdict.verdict === "pending") parts.push(verdict.facts.anchored ? "verdict_too_few" : "verdict_no_chain");
  if (verdict.verdict === "unreachable") parts.push(verdict.facts.required === 1 ? "verdict_not_asked" : "verdict_not_enough");
  if (verdict.verdict === "valid" && values.unreachable) parts.push("verdict_not_reached");
  if (verdict.verdict === "pending" && values.not_trusted) parts.push("verdict_not_trusted");
  if (values.stamped) parts.push("verdict_not_checked");
  return parts.map((part) => say(language, part, values, 2000)).join("");
}
