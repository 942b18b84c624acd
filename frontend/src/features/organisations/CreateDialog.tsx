import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button, Modal } from "antd";
import { useId, useState } from "react";

import { api, data } from "../../api/client";
import type { Network, Role } from "../../api/types";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { InlineFailure } from "../../shared/ui/states";
import { parseIdentifiers } from "./identifiers";
import { messages } from "./messages";

const ROLES: readonly Role[] = ["supplier", "core_enterprise", "financier", "risk_officer", "operator"];
const NEW = "new";

export function CreateDialog({ networks, onClose }: { networks: readonly Network[]; onClose: () => void }) {
  const t = useText(messages);
  const code = useCodes();
  const id = useId();
  const client = useQueryClient();
  const { message } = App.useApp();
  const [network, setNetwork] = useState(networks[0]?.id ?? NEW);
  const [networkName, setNetworkName] = useState("");
  const [name, setName] = useState("");
  const [nameEn, setNameEn] = useState("");
  const [roles, setRoles] = useState<ReadonlySet<Role>>(new Set<Role>(["supplier"]));
  const [text, setText] = useState("");
  const [listed, setListed] = useState(true);
  const identifiers = parseIdentifiers(text);
  const ready = name.trim() && roles.size > 0 && identifiers.wrongLine === null && (network !== NEW || networkName.trim());

  const create = useMutation({
    mutationFn: async () => {
      const target = network === NEW ? (await data(api.POST("/api/v1/networks", { body: { name: networkName.trim() } }))).id : network;
      return data(
        api.POST("/api/v1/organisations", {
          body: {
            network: target,
            name: name.trim(),
            name_en: nameEn.trim(),
            roles: [...roles],
            identifiers: identifiers.rows,
            listed: listed && roles.has("supplier"),
          },
        }),
      );
    },
    onSuccess: async () => {
      void message.success(t("created"));
      onClose();
      await client.invalidateQueries();
    },
  });

  const toggle = (role: Role) => {
    const next = new Set(roles);
    if (!next.delete(role)) next.add(role);
    setRoles(next);
  };

  return (
    <Modal open title={t("create")} onCancel={onClose} footer={null}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) create.mutate();
        }}
      >
        <div className="field">
          <label htmlFor={`${id}network`}>{t("network")}</label>
          <select id={`${id}network`} className="select" value={network} onChange={(event) => setNetwork(event.target.value)}>
            {networks.map((row) => (
              <option key={row.id} value={row.id}>
                {row.name}
              </option>
            ))}
            <option value={NEW}>{t("newNetwork")}</option>
          </select>
        </div>
        {network === NEW && (
          <div className="field">
            <label htmlFor={`${id}networkName`}>{t("newNetworkName")}</label>
            <input id={`${id}networkName`} className="input" value={networkName} onChange={(event) => setNetworkName(event.target.value)} />
          </div>
        )}
        <div className="field">
          <label htmlFor={`${id}name`}>{t("name")}</label>
          <input id={`${id}name`} className="input" value={name} onChange={(event) => setName(event.target.value)} required data-testid="organisation-name" />
        </div>
        <div className="field">
          <label htmlFor={`${id}nameEn`}>{t("nameEn")}</label>
          <input id={`${id}nameEn`} className="input" value={nameEn} onChange={(event) => setNameEn(event.target.value)} />
        </div>
        <fieldset className="plain-fieldset">
          <legend>{t("roles")}</legend>
          <div className="actions">
            {ROLES.map((role) => (
              <label key={role} className="check">
                <input type="checkbox" checked={roles.has(role)} onChange={() => toggle(role)} />
                <span>{code("role", role)}</span>
              </label>
            ))}
          </div>
        </fieldset>
        <div className="field">
          <label htmlFor={`${id}identifiers`}>{t("identifiers")}</label>
          <textarea id={`${id}identifiers`} className="textarea mono" value={text} onChange={(event) => setText(event.target.value)} aria-describedby={`${id}hint`} />
          <span id={`${id}hint`} className="meta">
            {identifiers.wrongLine === null ? t("identifiersHint") : t("wrongIdentifier", { line: identifiers.wrongLine })}
          </span>
        </div>
        <label className="check">
          <input type="checkbox" checked={listed} onChange={(event) => setListed(event.target.checked)} />
          <span>{t("listed")}</span>
        </label>
        <InlineFailure error={create.error} />
        <div className="actions end">
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button type="primary" htmlType="submit" disabled={!ready} loading={create.isPending} data-testid="organisation-submit">
            {t("submit")}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
