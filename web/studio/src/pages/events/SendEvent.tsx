import { Alert, Button, Input, Tabs } from "antd";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";

import { useSendEvent } from "@/api/events";
import { CopyButton } from "@/parts/CopyButton";
import { ProblemAlert } from "@/parts/ProblemAlert";

import css from "./Events.module.css";
import { snippets } from "./snippets";

const languages = ["curl", "node", "python"] as const;

/** A form that sends one event as a customer's doing, and the same in code to copy. */
export function SendEvent() {
  const { t } = useTranslation();
  const id = useId();
  const [name, setName] = useState("order_paid");
  const [who, setWho] = useState("c-1001");
  const [json, setJson] = useState('{ "amount": 199, "item": "面霜" }');
  const send = useSendEvent();
  const properties = read(json);
  const event = { name: name.trim(), external_id: who.trim(), properties: properties ?? {} };
  const code = snippets(event, window.location.origin);
  return (
    <div className={css.sending}>
      <div className={css.form}>
        <ProblemAlert problem={send.error} />
        {send.isSuccess && <Alert type="success" showIcon title={t("events.sent")} />}
        <label htmlFor={`${id}-name`}>{t("events.name")}</label>
        <Input id={`${id}-name`} value={name} onChange={(change) => setName(change.target.value)} />
        <label htmlFor={`${id}-who`}>{t("events.who")}</label>
        <Input id={`${id}-who`} value={who} onChange={(change) => setWho(change.target.value)} />
        <label htmlFor={`${id}-json`}>{t("events.json")}</label>
        <Input.TextArea
          id={`${id}-json`}
          rows={4}
          value={json}
          status={properties ? "" : "error"}
          onChange={(change) => setJson(change.target.value)}
        />
        {!properties && <p className={css.bad}>{t("events.badJson")}</p>}
        <div>
          <Button
            type="primary"
            disabled={!properties || !event.name || !event.external_id}
            loading={send.isPending}
            onClick={() => send.mutate(event)}
          >
            {t("events.sendNow")}
          </Button>
        </div>
      </div>
      <div>
        <h3>{t("events.inCode")}</h3>
        <p className={css.quiet}>{t("events.keyHint")}</p>
        <Tabs
          items={languages.map((key) => ({
            key,
            label: { curl: "curl", node: "Node.js", python: "Python" }[key],
            children: (
              <>
                <pre className={css.pre} tabIndex={0}>
                  {code[key]}
                </pre>
                <CopyButton text={code[key]} />
              </>
            ),
          }))}
        />
      </div>
    </div>
  );
}

function read(json: string): Record<string, unknown> | null {
  try {
    const found: unknown = JSON.parse(json || "{}");
    return typeof found === "object" && found !== null && !Array.isArray(found)
      ? (found as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
