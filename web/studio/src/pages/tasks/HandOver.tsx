import { Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useCrew, useHandOver, type StaffTask } from "@/api/tasks";
import { ProblemAlert } from "@/parts/ProblemAlert";

import css from "./Tasks.module.css";

/** To somebody else or to another team, with a note; the history goes along. */
export function HandOver({ task, onClose }: { task: StaffTask; onClose(): void }) {
  const { t } = useTranslation();
  const { data: crew } = useCrew();
  const hand = useHandOver();
  const [to, setTo] = useState<string | undefined>();
  const [note, setNote] = useState("");
  const go = () => {
    const [kind, ...rest] = (to ?? "").split(":");
    const whom = kind === "staff" ? { staff_id: Number(rest[0]) } : { team: rest.join(":") };
    hand.mutate({ id: task.id, note, ...whom }, { onSuccess: onClose });
  };
  return (
    <div className={css.aside}>
      <ProblemAlert problem={hand.error} />
      <label>
        {t("tasks.toWhom")}
        <select className={css.native} value={to ?? ""} onChange={(event) => setTo(event.target.value)}>
          <option value="" disabled />
          <optgroup label={t("tasks.teams")}>
            {(crew?.teams ?? []).map((one) => (
              <option key={one} value={`team:${one}`}>
                {one}
              </option>
            ))}
          </optgroup>
          <optgroup label={t("tasks.people")}>
            {(crew?.people ?? []).map((one) => (
              <option key={one.id} value={`staff:${one.id}`}>
                {one.team ? `${one.name}（${one.team}）` : one.name}
              </option>
            ))}
          </optgroup>
        </select>
      </label>
      <label>
        {t("tasks.note")}
        <Input.TextArea
          rows={2}
          maxLength={2000}
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
      </label>
      <Button block type="primary" className={css.big} disabled={!to} loading={hand.isPending} onClick={go}>
        {t("tasks.handOverDo")}
      </Button>
      <Button block className={css.big} onClick={onClose}>
        {t("parts.cancel")}
      </Button>
    </div>
  );
}
