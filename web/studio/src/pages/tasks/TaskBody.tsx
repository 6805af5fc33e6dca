import { Button, Input } from "antd";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { useMay } from "@/api/session";
import type { StaffTask } from "@/api/tasks";
import { CopyButton } from "@/parts/CopyButton";
import { useLanguage } from "@/parts/language";

import { Asked } from "./Asked";
import { HandOver } from "./HandOver";
import { NotSuitable } from "./NotSuitable";
import { push } from "./queue";
import css from "./Tasks.module.css";

const NOT_SUITABLE = "not_suitable";

/** What to do, why now, the words to say, and what came of it; `closed` if it is the team's and not to be taken. */
export function TaskBody({ task, closed, focus }: { task: StaffTask; closed: boolean; focus: boolean }) {
  const { t } = useTranslation();
  const lang = useLanguage();
  const leads = useMay("editor");
  const [filled, setFilled] = useState<Record<string, string>>({});
  const [aside, setAside] = useState<"not" | "hand" | null>(null);
  const words = task.words.map((one) => (one.slot ? (filled[one.slot] ?? one.text) : one.text)).join("");
  const [first, ...others] = task.results.filter((one) => one.exit !== NOT_SUITABLE);
  const say = (exit: string, name: string) =>
    push({
      task: task.id,
      act: "result",
      body: { result: exit, note: "" },
      said: `${task.contact_name || task.title}：${name}`,
    });
  return (
    <section className={css.task} aria-label={task.title}>
      <h3 className={css.title}>{task.title}</h3>
      <p className={css.why}>
        {t("tasks.whyNow")} {task.why[lang]}
        {task.escalated && <span className={css.chip}>{t("tasks.escalated")}</span>}
        {task.reminded > 0 && (
          <span className={css.chip}>{t("tasks.reminded", { count: task.reminded })}</span>
        )}
      </p>
      {task.instructions && <p className={css.instructions}>{task.instructions}</p>}
      <LastNote task={task} />
      {task.words.length > 0 && (
        <div className={css.words}>
          {task.words.map((one, n) =>
            one.slot ? (
              <Slot
                key={n}
                name={one.slot}
                longest={one.longest}
                value={filled[one.slot] ?? one.text}
                focus={focus}
                onChange={(value) => setFilled({ ...filled, [one.slot]: value })}
              />
            ) : (
              <span key={n}>{one.text}</span>
            ),
          )}
          <div className={css.copy}>
            <CopyButton text={words} label={t("tasks.copy")} />
          </div>
        </div>
      )}
      <Asked task={task.id} />
      {aside === null && (
        <>
          {closed && <p className={css.why}>{t("tasks.notToTake")}</p>}
          {first && (
            <Button
              block
              disabled={closed}
              type="primary"
              className={css.big}
              onClick={() => say(first.exit, first.name || first.exit)}
            >
              {first.name || first.exit}
            </Button>
          )}
          <div className={css.row}>
            {others.map((one) => (
              <Button
                key={one.exit}
                disabled={closed}
                className={css.big}
                onClick={() => say(one.exit, one.name || one.exit)}
              >
                {one.name || one.exit}
              </Button>
            ))}
            <Button className={css.big} onClick={() => setAside("not")}>
              {t("tasks.notSuitable")}
            </Button>
            <Button className={css.big} onClick={() => setAside("hand")}>
              {t("tasks.handOver")}
            </Button>
          </div>
        </>
      )}
      {aside === "not" && <NotSuitable task={task} mayGiveTier={leads} onClose={() => setAside(null)} />}
      {aside === "hand" && <HandOver task={task} onClose={() => setAside(null)} />}
    </section>
  );
}

/** The note that came with the task from whoever had it before. */
function LastNote({ task }: { task: StaffTask }) {
  const { t } = useTranslation();
  const handed = task.history.filter((one) => one.act === "handed_over").at(-1);
  if (!handed) return null;
  return (
    <p className={css.handed}>
      {t("tasks.handedOver", { from: handed.from || "—" })}
      {handed.note && `：${handed.note}`}
    </p>
  );
}

interface SlotProps {
  name: string;
  longest: number;
  value: string;
  focus: boolean;
  onChange(value: string): void;
}

/** The one place in the words that is one's own; the core around it is locked. */
function Slot({ name, longest, value, focus, onChange }: SlotProps) {
  const place = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    if (focus) place.current?.querySelector("textarea")?.focus();
  }, [focus]);
  return (
    <span ref={place} className={css.slot}>
      <Input.TextArea
        autoSize
        aria-label={name}
        maxLength={longest}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      <small>
        {name} {value.length}/{longest}
      </small>
    </span>
  );
}
