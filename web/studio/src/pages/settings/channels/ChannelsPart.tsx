import { Button, Dropdown, Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useCarriers } from "@/api/catalogue";
import { useConnections, useConnectors, type Connection, type Connector } from "@/api/connections";
import { useMay } from "@/api/session";
import { EmptyState } from "@/parts/EmptyState";
import { Icon } from "@/parts/Icon";
import { useWords } from "@/parts/language";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { StatusPill } from "@/parts/StatusPill";

import css from "./Channels.module.css";
import { ConnectionCard } from "./ConnectionCard";
import { ConnectionPanel } from "./ConnectionPanel";

interface Open {
  connector: Connector;
  connection: Connection | null;
}

/** Which ways to a customer are open: the workspace's accounts with carriers, and what the sandbox takes instead. */
export function ChannelsPart() {
  const { t } = useTranslation();
  const connections = useConnections();
  const connectors = useConnectors();
  const isOwner = useMay("owner");
  const [open, setOpen] = useState<Open | null>(null);
  const connect = isOwner && (
    <Connect
      connectors={connectors.data ?? []}
      onChoose={(connector) => setOpen({ connector, connection: null })}
    />
  );
  const error = connections.error ?? connectors.error;
  const rows = connections.data;
  return (
    <>
      <div className={css.head}>
        <p>{t("channels.lead")}</p>
        {rows && rows.length > 0 && connect}
      </div>
      <ProblemAlert problem={error} onRetry={() => void connections.refetch()} />
      {(!rows || !connectors.data) && !error && <Skeleton active />}
      {rows && connectors.data && rows.length === 0 && (
        <EmptyState picture="letters" title={t("channels.none")} action={connect || undefined}>
          {t("channels.noneWords")}
        </EmptyState>
      )}
      {rows && connectors.data && (
        <ul className={css.cards}>
          {rows.map((one) => {
            const connector = connectors.data.find(({ connector: name }) => name === one.connector);
            return (
              <ConnectionCard
                key={one.id}
                connection={one}
                connector={connector}
                onEdit={connector && (() => setOpen({ connector, connection: one }))}
              />
            );
          })}
        </ul>
      )}
      <Carriers />
      {open && (
        <ConnectionPanel
          connector={open.connector}
          connection={open.connection}
          onClose={() => setOpen(null)}
        />
      )}
    </>
  );
}

function Connect({ connectors, onChoose }: { connectors: Connector[]; onChoose: (one: Connector) => void }) {
  const { t } = useTranslation();
  const say = useWords();
  const items = connectors.map((one) => ({
    key: one.connector,
    label: say(one.title),
    onClick: () => onChoose(one),
  }));
  return (
    <Dropdown menu={{ items }} trigger={["click"]}>
      <Button type="primary" icon={<Icon name="plus" size={16} />}>
        {t("channels.connect")}
      </Button>
    </Dropdown>
  );
}

/** Every carrier in a line: by which account it goes, or that the sandbox takes it. */
function Carriers() {
  const { t } = useTranslation();
  const { data } = useCarriers();
  if (!data) return null;
  return (
    <section aria-labelledby="carriers">
      <h2 id="carriers" className={css.title}>
        {t("channels.carriers")}
      </h2>
      <ul className={css.carriers}>
        {data.map((one) => (
          <li key={one.carrier}>
            <span>{t(`carriers.${one.carrier}`)}</span>
            <StatusPill tone={one.has_account ? "good" : "quiet"}>
              {one.has_account ? t("settings.connected") : t("settings.toSandbox")}
            </StatusPill>
          </li>
        ))}
      </ul>
    </section>
  );
}
