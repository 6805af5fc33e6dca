import { Button, Input, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useTryConnection, type Connection, type ConnectionTest, type Connector } from "@/api/connections";
import { ProblemAlert } from "@/parts/ProblemAlert";

import css from "./Channels.module.css";

interface TestSendProps {
  connection: Connection;
  connector: Connector | undefined;
}

/** Sends one message to oneself and says what came of it. */
export function TestSend({ connection, connector }: TestSendProps) {
  const { t } = useTranslation();
  const attempt = useTryConnection(connection.id);
  const [to, setTo] = useState("");
  const [carrier, setCarrier] = useState(connection.carriers[0]);
  const asks = connector?.needs_recipient !== false;
  const send = () =>
    attempt.mutate({ ...(asks && to.trim() ? { to: to.trim() } : {}), ...(carrier ? { carrier } : {}) });
  return (
    <form
      className={css.test}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div className={css.testRow}>
        {connection.carriers.length > 1 && (
          <Select
            aria-label={t("channels.carrier")}
            value={carrier}
            onChange={setCarrier}
            options={connection.carriers.map((value) => ({ value, label: t(`carriers.${value}`) }))}
          />
        )}
        {asks && (
          <Input
            value={to}
            onChange={(event) => setTo(event.target.value)}
            aria-label={t("channels.to")}
            placeholder={t(`channels.toOf.${carrier}`, { defaultValue: t("channels.to") })}
            maxLength={320}
          />
        )}
        <Button type="primary" htmlType="submit" loading={attempt.isPending}>
          {t("channels.send")}
        </Button>
      </div>
      <p className={css.quiet}>{t(asks ? "channels.testWords" : "channels.testWordsAlone")}</p>
      <ProblemAlert problem={attempt.error} />
      {attempt.data && <Result test={attempt.data} />}
    </form>
  );
}

const tones: Record<ConnectionTest["state"], string | undefined> = {
  waiting: css.quietResult,
  sending: css.quietResult,
  sent: css.goodResult,
  unknown: css.warnResult,
  refused: css.badResult,
  failed: css.badResult,
};

function Result({ test }: { test: ConnectionTest }) {
  const { t } = useTranslation();
  const more =
    test.sentence ?? (test.reference ? t("channels.reference", { reference: test.reference }) : "");
  return (
    <div role="status" className={tones[test.state]}>
      <strong>{t(`channels.result.${test.state}`)}</strong>
      {more && <p>{more}</p>}
    </div>
  );
}
