import { App, Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { ApiProblem } from "@/api/problem";
import { useApiKeys, useRevokeApiKey } from "@/api/settings";
import type { ApiKey } from "@/api/types";
import { CursorTable, type Column } from "@/parts/CursorTable";
import { DateText } from "@/parts/DateText";
import { EmptyState } from "@/parts/EmptyState";
import { Icon } from "@/parts/Icon";
import { StatusPill } from "@/parts/StatusPill";

import { NewKeyPanel } from "./NewKeyPanel";
import css from "./Settings.module.css";
import { wholeList } from "./wholeList";

/** Keys for programs that hand in contacts and events. */
export function ApiKeysPart() {
  const { t } = useTranslation();
  const keys = useApiKeys();
  const [making, setMaking] = useState(false);
  const make = (
    <Button type="primary" icon={<Icon name="plus" size={16} />} onClick={() => setMaking(true)}>
      {t("settings.newKey")}
    </Button>
  );
  const none = keys.data?.length === 0;
  return (
    <>
      <div className={css.partHead}>
        <p>{t("settings.keysLead")}</p>
        {keys.data && !none && make}
      </div>
      <CursorTable
        label={t("settings.part.api-keys")}
        list={wholeList(keys)}
        columns={useColumns()}
        rowKey={(key) => key.id}
        empty={
          <EmptyState picture="cards" title={t("settings.noKeys")} action={make}>
            {t("settings.noKeysWords")}
          </EmptyState>
        }
      />
      <NewKeyPanel open={making} onClose={() => setMaking(false)} />
    </>
  );
}

function useColumns(): Column<ApiKey>[] {
  const { t } = useTranslation();
  return [
    { id: "name", title: t("settings.keyName"), cell: (key) => key.name },
    {
      id: "prefix",
      title: t("settings.prefix"),
      width: 160,
      minor: true,
      cell: (key) => <code className={css.code}>{key.prefix}…</code>,
    },
    { id: "role", title: t("settings.role"), width: 100, cell: (key) => t(`roles.${key.role}`) },
    {
      id: "used",
      title: t("settings.lastUsed"),
      width: 150,
      minor: true,
      cell: (key) => (key.used_at ? <DateText iso={key.used_at} /> : t("settings.never")),
    },
    {
      id: "state",
      title: "",
      width: 120,
      align: "end",
      cell: (key) => (key.revoked_at ? <Revoked /> : <RevokeButton apiKey={key} />),
    },
  ];
}

function Revoked() {
  const { t } = useTranslation();
  return <StatusPill tone="quiet">{t("settings.revoked")}</StatusPill>;
}

function RevokeButton({ apiKey }: { apiKey: ApiKey }) {
  const { t } = useTranslation();
  const { modal, message } = App.useApp();
  const revoke = useRevokeApiKey();
  const run = async () => {
    try {
      await revoke.mutateAsync(apiKey.id);
    } catch (problem) {
      void message.error(problem instanceof ApiProblem ? problem.message : t("parts.unreachable"));
    }
  };
  const ask = () =>
    modal.confirm({
      title: t("settings.revokeAsk", { name: apiKey.name }),
      content: t("settings.revokeWords"),
      okText: t("settings.revoke"),
      okButtonProps: { danger: true },
      onOk: run,
    });
  return (
    <Button danger type="text" onClick={ask} aria-label={t("settings.revokeNamed", { name: apiKey.name })}>
      {t("settings.revoke")}
    </Button>
  );
}
