import { Button, Popover, Switch } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useConsentHistory, useSayConsent } from "@/api/profile";
import { useMay } from "@/api/session";
import type { Person } from "@/api/types";
import { DateText } from "@/parts/DateText";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useActor } from "@/parts/useActor";

import { Card } from "./Card";
import css from "./ConsentCard.module.css";
import { Suppressions } from "./Suppressions";
import { SayWhy } from "./SayWhy";

/** The sandbox reaches nobody: there is nothing to allow. */
const HIDDEN = "sandbox";

/** What a customer allows, topic by topic. A switch that is turned off asks why, so that it can be shown later. */
export function ConsentCard({ person }: { person: Person }) {
  const { t } = useTranslation();
  const say = useSayConsent(person.id);
  const mayEdit = useMay("editor");
  const [asking, setAsking] = useState<string | null>(null);
  const topics = Object.entries(person.consent).filter(([topic]) => topic !== HIDDEN);
  const closed = person.consent.marketing === false;
  const own = new Set(person.unsubscribed);
  const turn = (topic: string, granted: boolean, note?: string) => {
    setAsking(null);
    say.mutate({ topics: { [topic]: granted }, ...(note ? { note } : {}) });
  };
  return (
    <Card title={t("profile.consent")} aside={<History id={person.id} />}>
      <ProblemAlert problem={say.error} />
      <ul className={css.topics}>
        {topics.map(([topic, granted]) => {
          const carrier = !(topic in WHOLE);
          return (
            <li key={topic} className={carrier ? css.carrier : css.whole}>
              <span>
                {carrier ? t(`carriers.${topic}`) : t(`consent.${topic}`)}
                {carrier && closed && granted && <small>{t("consent.closed")}</small>}
                {own.has(topic) && <small>{t("consent.ownWord")}</small>}
              </span>
              <Popover
                open={asking === topic}
                trigger="click"
                destroyOnHidden
                onOpenChange={(open) => !open && setAsking(null)}
                content={
                  own.has(topic) && !granted ? (
                    <Proof onSay={(note) => turn(topic, true, note)} />
                  ) : (
                    <Why onSay={(note) => turn(topic, false, note)} />
                  )
                }
                title={t(own.has(topic) && !granted ? "consent.proofTitle" : "consent.why")}
              >
                <Switch
                  size="small"
                  checked={granted}
                  disabled={!mayEdit || say.isPending}
                  aria-label={carrier ? t(`carriers.${topic}`) : t(`consent.${topic}`)}
                  onChange={(on) => (on && !own.has(topic) ? turn(topic, true) : setAsking(topic))}
                />
              </Popover>
            </li>
          );
        })}
      </ul>
      <Suppressions id={person.id} mayEdit={mayEdit} />
    </Card>
  );
}

/** Topics that are no carrier. */
const WHOLE = { marketing: true, profiling: true };

function Why({ onSay }: { onSay: (note: string) => void }) {
  const { t } = useTranslation();
  return (
    <SayWhy
      label={t("consent.note")}
      example={t("consent.noteExample")}
      deed={t("consent.withdraw")}
      onSay={onSay}
    />
  );
}

/** Who unsubscribed by himself is written to again only with the words of his new consent. */
function Proof({ onSay }: { onSay: (note: string) => void }) {
  const { t } = useTranslation();
  return (
    <>
      <p className={css.proof}>{t("consent.proofWords")}</p>
      <SayWhy
        needed
        label={t("consent.proof")}
        example={t("consent.proofExample")}
        deed={t("consent.restore")}
        onSay={onSay}
      />
    </>
  );
}

function History({ id }: { id: number }) {
  const { t } = useTranslation();
  return (
    <Popover trigger="click" destroyOnHidden placement="bottomRight" content={<Words id={id} />}>
      <Button size="small" type="text">
        {t("consent.history")}
      </Button>
    </Popover>
  );
}

function Words({ id }: { id: number }) {
  const { t } = useTranslation();
  const actor = useActor();
  const { rows } = useConsentHistory(id);
  if (rows?.length === 0) return <p className={css.quiet}>{t("consent.never")}</p>;
  return (
    <ol className={css.history}>
      {rows?.map((row) => (
        <li key={row.id}>
          <b>
            {row.topic in WHOLE ? t(`consent.${row.topic}`) : t(`carriers.${row.topic}`)} ·{" "}
            {row.source === "lifted"
              ? t("consent.source.lifted")
              : t(row.granted ? "consent.granted" : "consent.withdrawn")}
          </b>
          <span>
            <DateText iso={row.at} as="minute" /> ·{" "}
            {row.source !== "lifted" && t(`consent.source.${row.source}`)} {actor(row.by)}
          </span>
          {row.note && <q>{row.note}</q>}
        </li>
      ))}
    </ol>
  );
}
