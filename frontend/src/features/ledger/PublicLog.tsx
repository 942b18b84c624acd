import { useText } from "../../shared/i18n/LanguageProvider";
import { Section } from "../../shared/ui/Page";
import { messages } from "./messages";
import { entriesPath, tilePath } from "./tiles";

interface PublicLogProps {
  channel: string;
  /** The checkpoint that the page is about, and the one before it. */
  size?: number;
  previous?: number | null;
  /** The leaf that the page is about, with the size to prove it in. */
  index?: number;
}

/** Where anybody reads the log itself, without an account. */
export function PublicLog({ channel, size, previous, index }: PublicLogProps) {
  const t = useText(messages);
  const base = `/api/v1/log/${channel}/`;
  const links: (readonly [label: string, path: string] | false)[] = [
    [t("rawNewest"), "checkpoint"],
    size !== undefined && [t("rawNote"), `checkpoints/${size}`],
    size !== undefined && typeof previous === "number" && [t("rawConsistency"), `proof/consistency?from=${previous}&to=${size}`],
    size !== undefined && index !== undefined && [t("rawInclusion"), `proof/inclusion?index=${index}&size=${size}`],
    size !== undefined && [t("rawTile"), tilePath(index ?? size - 1, size)],
    size !== undefined && [t("rawEntries"), entriesPath(index ?? size - 1, size)],
  ];
  return (
    <Section title={t("rawTitle")} note={t("rawText")} testId="public-log">
      <ul className="raw-links">
        {links.map(
          (link) =>
            link && (
              <li key={link[1]}>
                <span>{link[0]}</span>
                <a href={base + link[1]} target="_blank" rel="noreferrer">
                  <code>{base + link[1]}</code>
                </a>
              </li>
            ),
        )}
      </ul>
    </Section>
  );
}
