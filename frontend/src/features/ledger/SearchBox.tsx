import FileSearchOutlined from "@ant-design/icons/FileSearchOutlined";
import { Button } from "antd";
import { useEffect, useId, useRef, useState, type FormEvent } from "react";

import { digestFile } from "../../shared/hash/digestFile";
import { useHotkeys } from "../../shared/hooks/useHotkeys";
import { useText } from "../../shared/i18n/LanguageProvider";
import { messages } from "./messages";

type Hashing = "no" | "running" | "failed";

/** One box for digests, numbers, hashes and document numbers; a file is hashed here and found by its digest. */
export function SearchBox({ value, onSearch }: { value: string; onSearch: (text: string) => void }) {
  const t = useText(messages);
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const file = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(value);
  const [hashing, setHashing] = useState<Hashing>("no");
  useEffect(() => setText(value), [value]);
  useHotkeys({ "/": () => input.current?.focus() });

  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSearch(text.trim());
  };
  const find = async (chosen: File) => {
    setHashing("running");
    try {
      onSearch((await digestFile(chosen)).sm3);
      setHashing("no");
    } catch {
      setHashing("failed");
    }
  };
  return (
    <form className="ledger-search" role="search" onSubmit={submit}>
      <label htmlFor={id} className="sr-only">
        {t("searchLabel")}
      </label>
      <input
        ref={input}
        id={id}
        type="search"
        className="input"
        value={text}
        maxLength={100}
        placeholder={t("searchHint")}
        aria-describedby={`${id}note`}
        onChange={(event) => setText(event.target.value)}
        data-testid="ledger-search"
      />
      <Button type="primary" htmlType="submit" data-testid="ledger-search-submit">
        {t("search")}
      </Button>
      <Button icon={<FileSearchOutlined aria-hidden />} loading={hashing === "running"} onClick={() => file.current?.click()}>
        {t("searchFile")}
      </Button>
      <input
        ref={file}
        type="file"
        hidden
        aria-label={t("searchFile")}
        data-testid="ledger-search-file"
        onChange={(event) => {
          const chosen = event.target.files?.[0];
          if (chosen) void find(chosen);
          event.target.value = "";
        }}
      />
      <p id={`${id}note`} className="meta" role={hashing === "failed" ? "alert" : undefined}>
        {hashing === "failed" ? t("hashFailed") : hashing === "running" ? t("hashing") : t("searchNote")} <kbd>/</kbd>
      </p>
    </form>
  );
}
