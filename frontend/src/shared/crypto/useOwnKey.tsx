import { useId, useState, type ReactNode } from "react";

import { ProblemError } from "../../api/problem";
import { defineMessages } from "../i18n/messages";
import { useText } from "../i18n/LanguageProvider";
import { toHex, utf8 } from "./bytes";
import { createHashes } from "./hash";
import { sign, unlock, type OwnKey } from "./sm2Key";

const messages = defineMessages({
  keyFile: ["企业密钥文件", "Your organisation's key file"],
  passphrase: ["密钥文件的口令", "Passphrase of the key file"],
  keyHint: ["在本机签名；密钥和口令不会离开这台电脑。也可由贵企业的系统经接口签名。", "It signs on this computer; key and passphrase never leave it. Your own system can sign by REST instead."],
  no_key_file: ["这不是密钥文件", "This is no key file"],
  wrong_passphrase: ["口令不对，或文件已损坏", "Wrong passphrase, or the file is damaged"],
});

export interface ToSign {
  statement: string;
  at: string;
}

export interface OwnSignature {
  signature: string;
  at: string;
}

/** The organisation's own signature over exactly the words that the server prepared. */
export async function signPrepared(key: OwnKey, prepared: ToSign): Promise<OwnSignature> {
  const { sm3 } = await createHashes();
  return { signature: toHex(sign(key, utf8(prepared.statement), sm3)), at: prepared.at };
}

class KeyProblem extends Error {}

/** Fields for a key's file and its passphrase, and the key that they open. */
export function useKeyFile() {
  const t = useText(messages);
  const id = useId();
  const [file, setFile] = useState<File | null>(null);
  const [passphrase, setPassphrase] = useState("");
  const [problem, setProblem] = useState<"no_key_file" | "wrong_passphrase" | null>(null);
  const open = async (): Promise<OwnKey> => {
    const found = await unlock(file ? await file.text() : "", passphrase);
    if ("key" in found) return found.key;
    setProblem(found.problem);
    throw new KeyProblem(found.problem);
  };
  const fields = (
    <>
      <div className="field">
        <label htmlFor={`${id}file`}>{t("keyFile")}</label>
        <input
          id={`${id}file`}
          type="file"
          accept=".json,application/json"
          onChange={(event) => {
            setFile(event.target.files?.[0] ?? null);
            setProblem(null);
          }}
          aria-describedby={`${id}hint`}
          data-testid="key-file"
        />
      </div>
      <div className="field">
        <label htmlFor={`${id}pass`}>{t("passphrase")}</label>
        <input
          id={`${id}pass`}
          type="password"
          autoComplete="off"
          className="input"
          value={passphrase}
          onChange={(event) => {
            setPassphrase(event.target.value);
            setProblem(null);
          }}
          data-testid="key-passphrase"
        />
        <span id={`${id}hint`} className="meta" role={problem ? "alert" : undefined}>
          {problem ? t(problem) : t("keyHint")}
        </span>
      </div>
    </>
  );
  return { fields, open, chosen: file !== null && passphrase !== "" };
}

/** Whether signing broke off on this machine, where the fields say why. */
export function isKeyProblem(error: unknown): boolean {
  return error instanceof KeyProblem;
}

export interface OwnSigning {
  /** Empty until it is known that the organisation signs with a key of its own. */
  fields: ReactNode;
  ready: boolean;
  /** Sends by `post`, with the own key's signature over what `prepare` fetches where one is needed. */
  send: <T>(prepare: () => Promise<ToSign>, post: (own: OwnSignature | undefined) => Promise<T>) => Promise<T>;
}

/** Something that an organisation signs: where it holds its own key the server says so, and the fields appear. */
export function useOwnSigning(): OwnSigning {
  const key = useKeyFile();
  const [needed, need] = useState(false);
  return {
    fields: needed ? key.fields : null,
    ready: !needed || key.chosen,
    send: async (prepare, post) => {
      try {
        const own = needed ? await signPrepared(await key.open(), await prepare()) : undefined;
        return await post(own);
      } catch (error) {
        if (error instanceof ProblemError && error.code === "own_signature_needed") need(true);
        throw error;
      }
    },
  };
}
