/** A document's fields as a list to choose from: grouped, in words, searchable. */
import type { DocumentField } from "../../api/types";
import type { Language } from "../../shared/i18n/language";
import { pathInWords } from "../../shared/trade/pathWords";

export interface Choice {
  path: string;
  value: string;
  label: string;
}

export interface Group {
  /** The pointer that its fields begin with; empty for those of the document itself. */
  key: string;
  /** In words; empty for the document itself. */
  title: string;
  fields: readonly Choice[];
}

const WHOLE = new Set(["seller", "buyer", "totals"]);
const NUMBERED = new Set(["lines", "others"]);
/** What a receiver who is to pay, or to lend, asks for first. */
const AMOUNT_AND_DATE = new Set(["/number", "/currency", "/totals/payable", "/issue_date", "/due_date"]);

function groupOf(path: string): string {
  const [, first = "", second = ""] = path.split("/");
  if (NUMBERED.has(first)) return `/${first}/${second}`;
  return WHOLE.has(first) ? `/${first}` : "";
}

/** The fields in groups, both in the document's order; those of the document itself first. */
export function groupsOf(fields: readonly DocumentField[], language: Language): Group[] {
  const groups = new Map<string, Choice[]>([["", []]]);
  for (const { path, value } of fields) {
    const key = groupOf(path);
    const label = pathInWords(path.slice(key.length), language);
    const members = groups.get(key);
    const choice = { path, value, label };
    if (members) members.push(choice);
    else groups.set(key, [choice]);
  }
  return [...groups].map(([key, members]) => ({ key, title: key && pathInWords(key, language), fields: members })).filter((group) => group.fields.length > 0);
}

/** The groups with only those fields whose words or value have the searched text in them; all of a group that is called so. */
export function matching(groups: readonly Group[], search: string): Group[] {
  const wanted = search.trim().toLowerCase();
  const has = (text: string) => text.toLowerCase().includes(wanted);
  if (!wanted) return [...groups];
  return groups
    .map((group) => (has(group.title) ? group : { ...group, fields: group.fields.filter((field) => has(field.label) || has(field.value) || has(field.path)) }))
    .filter((group) => group.fields.length > 0);
}

/** The paths of amount and due date, with what is needed to read them, as far as the document has them. */
export function amountAndDate(fields: readonly DocumentField[]): string[] {
  return fields.map((field) => field.path).filter((path) => AMOUNT_AND_DATE.has(path));
}
