import { Button, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useTryPolicies, type Answer, type Setting } from "@/api/reach";
import { ContactPicker } from "@/parts/ContactPicker";
import { DateText } from "@/parts/DateText";
import { useWords } from "@/parts/language";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { StatusPill } from "@/parts/StatusPill";

import { CARRIERS } from "./choices";
import css from "./Reach.module.css";

/** What each policy would say of a message to somebody now; what is not saved yet can be tried, too. */
export function TryPolicies({ setting }: { setting?: Setting }) {
  const { t } = useTranslation();
  const words = useWords();
  const [contact, setContact] = useState<number>();
  const [carrier, setCarrier] = useState<string>("sms");
  const trying = useTryPolicies();
  const run = () => {
    if (contact !== undefined)
      trying.mutate({ contact_id: contact, carrier, ...(setting && { policies: setting }) });
  };
  return (
    <>
      <div className={css.formRow}>
        <ContactPicker label={t("reach.contact")} value={contact} onPick={setContact} width={220} />
        <Select
          aria-label={t("reach.carrier")}
          style={{ minWidth: 130 }}
          value={carrier}
          options={CARRIERS.map((one) => ({ value: one, label: t(`carriers.${one}`) }))}
          onChange={setCarrier}
        />
        <Button type="primary" disabled={contact === undefined} loading={trying.isPending} onClick={run}>
          {t("reach.ask")}
        </Button>
      </div>
      <ProblemAlert problem={trying.error} />
      {trying.data && (
        <div role="status" className={css.tried}>
          <p className={css.verdict}>
            <Act answer={trying.data.answer} /> {words(trying.data.answer.words)}
          </p>
          <ol className={css.answers}>
            {trying.data.asked.map((one) => (
              <li key={one.where || one.kind}>
                <Act answer={one.answer} />
                <span title={words(one.words)}>{words(one.title)}</span>
                {one.answer.act !== "go" && <small>{words(one.answer.words)}</small>}
              </li>
            ))}
          </ol>
          <p className={css.quiet}>
            {trying.data.touches.length === 0 ? t("reach.noTouches") : t("reach.touches")}
            {trying.data.touches.slice(0, 6).map((one) => (
              <span key={one.at + one.carrier} className={css.touch}>
                {t(`carriers.${one.carrier}`)} <DateText iso={one.at} as="minute" />
              </span>
            ))}
          </p>
        </div>
      )}
    </>
  );
}

const TONES = { go: "good", hold: "warn", refuse: "bad" } as const;

function Act({ answer }: { answer: Answer }) {
  const { t } = useTranslation();
  const act = answer.act as keyof typeof TONES;
  return <StatusPill tone={TONES[act]}>{t(`reach.act.${act}`)}</StatusPill>;
}
