import { App, Button, Switch } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import {
  useConnectionErrors,
  useDeleteConnection,
  useSwitchConnection,
  type Connection,
  type Connector,
} from "@/api/connections";
import { ApiProblem } from "@/api/problem";
import { useMay } from "@/api/session";
import { CopyButton } from "@/parts/CopyButton";
import { DateText } from "@/parts/DateText";
import { useWords } from "@/parts/language";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { StatusPill, type Tone } from "@/parts/StatusPill";

import css from "./Channels.module.css";
import { ReadingPart } from "./ReadingPart";
import { TestSend } from "./TestSend";

const tones: Record<Connection["health"], Tone> = {
  good: "good",
  unused: "quiet",
  off: "quiet",
  failing: "warn",
  broken: "bad",
};

interface ConnectionCardProps {
  connection: Connection;
  connector: Connector | undefined;
  onEdit: (() => void) | undefined;
}

/** One account: what it serves, how it is doing in words, and what can be done about it. */
export function ConnectionCard({ connection, connector, onEdit }: ConnectionCardProps) {
  const { t } = useTranslation();
  const say = useWords();
  const isOwner = useMay("owner");
  const [shown, setShown] = useState<"test" | "errors" | null>(null);
  const toggle = (part: "test" | "errors") => setShown(shown === part ? null : part);
  const { name, health, carriers, callback_path: path } = connection;
  return (
    <li className={css.card} aria-label={name}>
      <div className={css.cardHead}>
        <div>
          <h2>{name}</h2>
          <p className={css.quiet}>
            {say(connector?.title) || connection.connector} ·{" "}
            {carriers.map((one) => t(`carriers.${one}`)).join(t("channels.comma"))}
          </p>
        </div>
        <StatusPill tone={tones[health]}>{t(`channels.health.${health}`)}</StatusPill>
      </div>
      <Health connection={connection} />
      {path && isOwner && (
        <p className={css.callback}>
          <span className={css.quiet}>{t("channels.callback")}</span>
          <code>{`${window.location.origin}${path}`}</code>
          <CopyButton text={`${window.location.origin}${path}`} label={t("channels.copyCallback")} />
        </p>
      )}
      <div className={css.acts}>
        {isOwner && <OnOff connection={connection} />}
        {isOwner && (
          <Button onClick={() => toggle("test")} aria-expanded={shown === "test"}>
            {t("channels.test")}
          </Button>
        )}
        <Button type="text" onClick={() => toggle("errors")} aria-expanded={shown === "errors"}>
          {t("channels.errors")}
        </Button>
        {isOwner && onEdit && (
          <Button type="text" onClick={onEdit}>
            {t("channels.edit")}
          </Button>
        )}
        {isOwner && <Remove connection={connection} />}
      </div>
      {shown === "test" && <TestSend connection={connection} connector={connector} />}
      {shown === "errors" && <Errors id={connection.id} />}
      {connection.connector === "wecom" && <ReadingPart connection={connection} />}
    </li>
  );
}

function Health({ connection }: { connection: Connection }) {
  const { t } = useTranslation();
  const { health, last_ok_at: ok, last_error_at: error, last_error: said, breaker } = connection;
  return (
    <div className={css.health}>
      <p>{t(`channels.healthWords.${health}`)}</p>
      {breaker && (
        <p className={css.said} role="status">
          {t("guards.silent", { count: breaker.failures })} <DateText iso={breaker.until} as="minute" />
        </p>
      )}
      {ok && (
        <p className={css.quiet}>
          {t("channels.lastOk")} <DateText iso={ok} />
        </p>
      )}
      {said && health !== "good" && (
        <p className={css.said}>
          <DateText iso={error} /> <q>{said}</q>
        </p>
      )}
    </div>
  );
}

function OnOff({ connection }: { connection: Connection }) {
  const { t } = useTranslation();
  const { modal, message } = App.useApp();
  const turn = useSwitchConnection(connection.id);
  const run = async (state: "on" | "off") => {
    try {
      await turn.mutateAsync(state);
    } catch (problem) {
      void message.error(problem instanceof ApiProblem ? problem.message : t("parts.unreachable"));
    }
  };
  const change = (on: boolean) => {
    if (on) return void run("on");
    modal.confirm({
      title: t("channels.offAsk", { name: connection.name }),
      content: t("channels.offWords"),
      okText: t("channels.off"),
      onOk: () => run("off"),
    });
  };
  if (connection.state === "broken")
    return (
      <Button type="primary" loading={turn.isPending} onClick={() => void run("on")}>
        {t("channels.again")}
      </Button>
    );
  return (
    <Switch
      checked={connection.state === "on"}
      loading={turn.isPending}
      onChange={change}
      aria-label={t("channels.onNamed", { name: connection.name })}
    />
  );
}

function Remove({ connection }: { connection: Connection }) {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const remove = useDeleteConnection(connection.id);
  const ask = () =>
    modal.confirm({
      title: t("channels.removeAsk", { name: connection.name }),
      content: t("channels.removeWords"),
      okText: t("channels.remove"),
      okButtonProps: { danger: true },
      onOk: () => remove.mutateAsync(),
    });
  return (
    <Button
      danger
      type="text"
      onClick={ask}
      aria-label={t("channels.removeNamed", { name: connection.name })}
    >
      {t("channels.remove")}
    </Button>
  );
}

function Errors({ id }: { id: number }) {
  const { t } = useTranslation();
  const { data, error } = useConnectionErrors(id);
  if (error) return <ProblemAlert problem={error} />;
  if (!data) return null;
  if (data.length === 0) return <p className={css.quiet}>{t("channels.noErrors")}</p>;
  return (
    <ol className={css.errors}>
      {data.map((one) => (
        <li key={one.id}>
          <DateText iso={one.at} /> <strong>{t(`channels.kinds.${one.kind}`)}</strong> <q>{one.sentence}</q>
        </li>
      ))}
    </ol>
  );
}
