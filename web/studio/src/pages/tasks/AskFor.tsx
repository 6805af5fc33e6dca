import { Button, DatePicker, Input, Select } from "antd";
import type { Dayjs } from "dayjs";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useAskFor, useCrew } from "@/api/tasks";
import { ProblemAlert } from "@/parts/ProblemAlert";

import css from "./Tasks.module.css";

/** Something to do that no journey asks for, such as preparing next week's member day. */
export function AskFor({ onClose }: { onClose(): void }) {
  const { t } = useTranslation();
  const { data: crew } = useCrew();
  const asks = useAskFor();
  const [title, setTitle] = useState("");
  const [instructions, setInstructions] = useState("");
  const [team, setTeam] = useState<string | undefined>();
  const [due, setDue] = useState<Dayjs | null>(null);
  const go = () =>
    asks.mutate({ title, instructions, team, due_at: due?.toISOString() }, { onSuccess: onClose });
  return (
    <section className={css.panel} aria-label={t("tasks.askFor")}>
      <ProblemAlert problem={asks.error} />
      <div className={css.fields}>
        <Input
          aria-label={t("tasks.whatToDo")}
          placeholder={t("tasks.whatToDo")}
          value={title}
          onChange={(event) => setTitle(event.target.value)}
        />
        <Input
          aria-label={t("tasks.instructions")}
          placeholder={t("tasks.instructions")}
          value={instructions}
          onChange={(event) => setInstructions(event.target.value)}
        />
        <Select
          aria-label={t("tasks.team")}
          placeholder={t("tasks.team")}
          value={team}
          options={(crew?.teams ?? []).map((one) => ({ value: one, label: one }))}
          onChange={setTeam}
        />
        <DatePicker
          showTime
          aria-label={t("tasks.dueAt")}
          placeholder={t("tasks.dueAt")}
          value={due}
          onChange={setDue}
        />
        <Button type="primary" disabled={!title.trim() || !team} loading={asks.isPending} onClick={go}>
          {t("tasks.askForDo")}
        </Button>
        <Button onClick={onClose}>{t("parts.cancel")}</Button>
      </div>
    </section>
  );
}
