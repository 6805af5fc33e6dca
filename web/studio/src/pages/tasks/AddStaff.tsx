import { Button, Input } from "antd";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";

import { useAddStaff, useCrew } from "@/api/tasks";
import { ProblemAlert } from "@/parts/ProblemAlert";

import css from "./Tasks.module.css";

/** Somebody who does tasks, where WeCom does not bring the staff by itself. */
export function AddStaff() {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <>
      <div className={css.bar}>
        <Button onClick={() => setOpen(!open)} aria-expanded={open}>
          {t("tasks.addStaff")}
        </Button>
      </div>
      {open && <Form onClose={() => setOpen(false)} />}
    </>
  );
}

function Form({ onClose }: { onClose(): void }) {
  const { t } = useTranslation();
  const { data: crew } = useCrew();
  const add = useAddStaff();
  const teams = useId();
  const [key, setKey] = useState("");
  const [name, setName] = useState("");
  const [team, setTeam] = useState("");
  const go = () =>
    add.mutate({ key: key.trim(), name: name.trim(), team: team.trim() }, { onSuccess: onClose });
  return (
    <section className={css.panel} aria-label={t("tasks.addStaff")}>
      <ProblemAlert problem={add.error} />
      <div className={css.fields}>
        <Input
          aria-label={t("tasks.staffName")}
          placeholder={t("tasks.staffName")}
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <Input
          aria-label={t("tasks.staffKey")}
          placeholder={t("tasks.staffKey")}
          maxLength={64}
          value={key}
          onChange={(event) => setKey(event.target.value)}
        />
        <Input
          aria-label={t("tasks.team")}
          placeholder={t("tasks.teamOf")}
          maxLength={200}
          list={teams}
          value={team}
          onChange={(event) => setTeam(event.target.value)}
        />
        <datalist id={teams}>
          {(crew?.teams ?? []).map((value) => (
            <option key={value} value={value} />
          ))}
        </datalist>
        <Button
          type="primary"
          disabled={!key.trim() || !name.trim() || !team.trim()}
          loading={add.isPending}
          onClick={go}
        >
          {t("tasks.addStaffDo")}
        </Button>
        <Button onClick={onClose}>{t("parts.cancel")}</Button>
      </div>
    </section>
  );
}
