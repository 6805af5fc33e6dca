/** What somebody may do by hand to those inside: try again, skip, move, let exit. Each says whom it touches first. */
import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Input, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { actOn, actOnMany, type Act } from "@/api/changing";
import { ApiProblem } from "@/api/problem";
import type { Enrollment } from "@/api/types";

import type { Definition, Id } from "../model/definition";
import { TargetSelect } from "../panels/TargetSelect";
import { useCanvas } from "../store";
import type { At } from "./people";

const figure = (n: number) => n.toLocaleString("en-US");
/** From here on somebody types how many people it is. */
const MANY = 1000;

/** Whom an act is for: one person, or all at a place. */
export type Whom = { one: Enrollment } | { at: At; people: number | null; name: string; status?: "stopped" };

interface Props {
  act: Act;
  whom: Whom;
  /** The drawing in which a target is chosen. */
  drawing: Definition;
  onClose(): void;
}

/** Asks before an act and does it; what the server refuses is said where it was asked. */
export function ActDialog({ act, whom, drawing, onClose }: Props) {
  const { t } = useTranslation("canvas");
  const { message } = App.useApp();
  const cache = useQueryClient();
  const journey = useCanvas((state) => state.journey!.id);
  const [to, setTo] = useState<Id | undefined>();
  const [typed, setTyped] = useState("");
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const [counted, setCounted] = useState<number | null>("people" in whom ? whom.people : 1);
  const name =
    "one" in whom ? whom.one.contact_name || `#${whom.one.group_id ?? whom.one.contact_id}` : whom.name;
  const people = counted ?? 0;
  const values = { name, people: figure(people), count: people };
  const many = people > MANY;
  const confirmed = !many || Number(typed.replace(/[^\d]/g, "")) === people;
  const scope = "one" in whom ? "one" : "many";
  const send = () => {
    const args = act === "move" ? { to } : {};
    if ("one" in whom) return actOn(whom.one.id, act, args);
    const where = { ...whom.at, ...(whom.status ? { status: whom.status } : {}) };
    return actOnMany(journey, act, { ...args, where, ...(many ? { confirm: people } : {}) });
  };
  const go = async () => {
    setBusy(true);
    setRefused(null);
    try {
      const { accepted, on_resuming } = await send();
      message.success(
        on_resuming
          ? t("act.onResuming", { people: figure(accepted) })
          : t(`act.${act}.done`, { count: accepted, people: figure(accepted) }),
      );
      await cache.invalidateQueries({ queryKey: ["story"] });
      onClose();
    } catch (problem) {
      if (problem instanceof ApiProblem && problem.code === "confirm-needed") {
        // More people came than were counted: the new number is asked for.
        if (typeof problem.body.people === "number") setCounted(problem.body.people);
      }
      const first = problem instanceof ApiProblem ? problem.entries[0]?.message : undefined;
      setRefused(first ?? (problem instanceof Error ? problem.message : String(problem)));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal
      open
      width={460}
      title={t(`act.${act}.${scope}`, values)}
      okText={t(`act.${act}.go`, values)}
      okButtonProps={{
        danger: act === "exit",
        loading: busy,
        disabled: (act === "move" && !to) || !confirmed,
      }}
      cancelText={t("cancel")}
      onOk={() => void go()}
      onCancel={onClose}
    >
      <p>{t(`act.${act}.words`, values)}</p>
      {act === "move" && (
        <TargetSelect
          of={drawing}
          label={t("act.move.to")}
          none={t("move.chooseTarget")}
          value={to}
          onChange={setTo}
        />
      )}
      {many && (
        <label className="rb-confirm rb-act-confirm">
          <span>{t("act.confirm", values)}</span>
          <Input
            value={typed}
            inputMode="numeric"
            placeholder={figure(people)}
            onChange={(event) => setTyped(event.target.value)}
          />
        </label>
      )}
      {refused && (
        <p className="rb-wrong" role="alert">
          {refused}
        </p>
      )}
    </Modal>
  );
}

/** The acts that one person's place allows. */
export function ActsOn({ one, drawing }: { one: Enrollment; drawing: Definition }) {
  const { t } = useTranslation("canvas");
  const [asked, setAsked] = useState<Act | null>(null);
  if (one.status === "ended") return null;
  const stands = one.step !== null && (one.status === "waiting" || one.status === "stopped");
  const acts: Act[] = [
    ...(one.status === "stopped" ? (["retry"] as const) : []),
    ...(stands ? (["skip"] as const) : []),
    ...(one.status === "holdout" ? [] : (["move"] as const)),
    "exit",
  ];
  return (
    <div className="rb-acts" role="group" aria-label={t("act.title")}>
      {acts.map((act) => (
        <Button
          key={act}
          size="small"
          type={act === "retry" ? "primary" : "default"}
          danger={act === "exit"}
          onClick={() => setAsked(act)}
        >
          {t(`act.${act}.name`)}
        </Button>
      ))}
      {asked && <ActDialog act={asked} whom={{ one }} drawing={drawing} onClose={() => setAsked(null)} />}
    </div>
  );
}
