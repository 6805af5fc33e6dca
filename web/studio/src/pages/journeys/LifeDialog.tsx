import { App, Checkbox, Input, Modal, Radio } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { OnResume } from "@/api/changing";
import { useJourneyLife, type LifeArgs, type LifeDeed } from "@/api/journeys";
import type { Journey } from "@/api/types";
import { fromNow } from "@/parts/dates";
import { ProblemAlert } from "@/parts/ProblemAlert";

import css from "./LifeDialog.module.css";

interface Props {
  journey: Pick<Journey, "id" | "name" | "inside" | "on_resume" | "paused_at">;
  deed: LifeDeed;
  onClose: () => void;
  onDone?: (journey: Journey) => void;
}

const CHOICES: OnResume[] = ["skip", "late", "shift"];
/** From here on somebody who lets people exit types how many they are. */
const MANY = 1000;
const figure = (n: number) => n.toLocaleString("en-US");

/** Pausing, resuming or archiving a journey: what it does to those inside, with their number, before it is done. */
export default function LifeDialog({ journey, deed, onClose, onDone }: Props) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const life = useJourneyLife();
  const [onResume, setOnResume] = useState<OnResume>(
    CHOICES.find((choice) => choice === journey.on_resume) ?? "skip",
  );
  const [exit, setExit] = useState(false);
  const [typed, setTyped] = useState("");
  const people = figure(journey.inside);
  const values = { name: journey.name, people, count: journey.inside };
  const crowd = deed === "archive" && journey.inside > 0;
  const counted = journey.inside <= MANY || Number(typed.replace(/[^\d]/g, "")) === journey.inside;
  const args: LifeArgs =
    deed === "archive" ? (crowd ? { inside: "exit", confirm: journey.inside } : {}) : { on_resume: onResume };
  const go = () =>
    life.mutate(
      { id: journey.id, deed, args },
      {
        onSuccess: (changed) => {
          void message.success(t(`deeds.${deed}.done`, values));
          onDone?.(changed);
          onClose();
        },
      },
    );
  return (
    <Modal
      open
      width={520}
      title={t(`deeds.${deed}.ask`, values)}
      okText={t(`deeds.${deed}.name`)}
      okButtonProps={{
        danger: deed === "archive",
        disabled: crowd && (!exit || !counted),
        loading: life.isPending,
      }}
      cancelText={t("parts.cancel")}
      onOk={go}
      onCancel={onClose}
    >
      <p>
        {crowd
          ? t("deeds.archive.crowd", values)
          : deed === "resume" && journey.paused_at
            ? t("deeds.resume.words", { ...values, since: fromNow(journey.paused_at) })
            : t(deed === "resume" ? "deeds.resume.plain" : `deeds.${deed}.words`, values)}
      </p>
      {deed !== "archive" && (
        <Radio.Group
          className={css.choices}
          value={onResume}
          aria-label={t("deeds.waits")}
          onChange={(event) => setOnResume(event.target.value as OnResume)}
        >
          <p className={css.title}>{t("deeds.waits")}</p>
          {CHOICES.map((choice) => (
            <Radio key={choice} value={choice}>
              <b>{t(`deeds.onResume.${choice}`)}</b>
              <small>{t(`deeds.onResume.${choice}Help`)}</small>
            </Radio>
          ))}
        </Radio.Group>
      )}
      {crowd && (
        <>
          <Checkbox checked={exit} onChange={(event) => setExit(event.target.checked)}>
            {t("deeds.archive.exit", values)}
          </Checkbox>
          {exit && journey.inside > MANY && (
            <label className={css.confirm}>
              <span>{t("deeds.archive.confirm", values)}</span>
              <Input
                value={typed}
                inputMode="numeric"
                placeholder={people}
                onChange={(event) => setTyped(event.target.value)}
              />
            </label>
          )}
        </>
      )}
      <ProblemAlert problem={life.error} />
    </Modal>
  );
}
