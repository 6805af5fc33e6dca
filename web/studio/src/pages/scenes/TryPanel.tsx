import { Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useTryScene, type Choice, type Scene } from "@/api/matching";
import { ContactPicker } from "@/parts/ContactPicker";
import { minute } from "@/parts/dates";
import { useLanguage } from "@/parts/language";
import { ProblemAlert } from "@/parts/ProblemAlert";

import css from "./Scenes.module.css";

/** Asks the saved table for one customer and tells why it answers so; beside it, how journeys use the table. */
export function TryPanel({ scene, dirty }: { scene: Scene; dirty: boolean }) {
  const { t } = useTranslation();
  const [who, setWho] = useState<number>();
  const [at, setAt] = useState("");
  const ask = useTryScene(scene.key);
  return (
    <section className={css.part} aria-label={t("scene.try")}>
      <div className={css.two}>
        <div>
          <h2>{t("scene.try")}</h2>
          <span className={css.quiet}>{dirty ? t("scene.saveFirst") : t("scene.tryHelp")}</span>
          <div className={css.asking}>
            <ContactPicker label={t("scene.tryWho")} value={who} onPick={setWho} width={220} />
            <Input
              type="datetime-local"
              style={{ width: 210 }}
              aria-label={t("scene.tryAt")}
              title={t("scene.tryAt")}
              value={at}
              onChange={(event) => setAt(event.target.value)}
            />
            <Button
              type="primary"
              disabled={who === undefined || dirty}
              loading={ask.isPending}
              onClick={() =>
                who !== undefined &&
                ask.mutate({ contact_id: who, ...(at ? { at: new Date(at).toISOString() } : {}) })
              }
            >
              {t("scene.ask")}
            </Button>
          </div>
          <ProblemAlert problem={ask.error} />
          {ask.data && <Answer choice={ask.data} scene={scene} />}
        </div>
        <Uses scene={scene} />
      </div>
    </section>
  );
}

function Answer({ choice, scene }: { choice: Choice; scene: Scene }) {
  const { t } = useTranslation();
  const lang = useLanguage();
  const moment = scene.moments.find((one) => one.key === choice.moment);
  return (
    <div role="status">
      <div className={css.chosen}>
        <b>{choice.product?.name ?? t("scene.nothing")}</b>
        {choice.product && (
          <div>
            {moment && `${moment.name} · `}
            {choice.now
              ? t("scene.sendNow")
              : t("scene.sendAt", { when: choice.local_time.slice(0, 16).replace("T", " ") })}
          </div>
        )}
      </div>
      <ol className={css.reasons}>
        {choice.reasons.map((reason) => (
          <li key={reason.row} className={reason.because === "chosen" ? css.isChosen : undefined}>
            <span aria-hidden="true">{reason.because === "chosen" ? "✓" : "·"}</span>
            <span>{reason.product}</span>
            <span>
              {reason.words[lang]}
              {reason.asked.map((one, place) => (
                <span key={place} className={css.asked}>
                  {`${t("scene.asked")} ${saidOf(one, lang)}`}
                </span>
              ))}
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}

/** One comparison and what it saw: `标签 has VIP → []`. */
function saidOf(one: Record<string, unknown>, lang: "zh" | "en"): string {
  const name = (one.name as { zh: string; en: string } | undefined)?.[lang] ?? "";
  const plain = (value: unknown) =>
    value === null || value === undefined || (Array.isArray(value) && value.length === 0)
      ? "—"
      : [value].flat().map(String).join("、");
  return `${name} ${plain(one.value)} → ${plain(one.saw)}`;
}

function Uses({ scene }: { scene: Scene }) {
  const { t } = useTranslation();
  const paths = ["product.name", "product.url", "send_time"].map(
    (path) => `{{ scene.${scene.key}.${path} }}`,
  );
  return (
    <div>
      <h2>{t("scene.useIt")}</h2>
      <ul>
        <li>{t("scene.useBranch", { key: scene.key })}</li>
        <li>{t("scene.useWait", { key: scene.key })}</li>
        <li>{t("scene.useText")}</li>
      </ul>
      {paths.map((path) => (
        <code key={path} className={css.code}>
          {path}
        </code>
      ))}
      <p className={css.quiet}>
        {t("scenes.updated")} {minute(scene.updated_at)} · {scene.updated_by}
      </p>
    </div>
  );
}
