/** Theirs beside mine: what collides is chosen one by one, everything else is merged already. */
import { Button, Segmented } from "antd";
import { useCallback, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { DateText } from "@/parts/DateText";
import { useActor } from "@/parts/useActor";

import { lookAt, useCameras, useFirstSight, useOwnKeys } from "../compare/looking";
import { Sheet } from "../compare/Sheet";
import type { Definition, Id } from "../model/definition";
import { clearMarks, setMarks, useMarks, type Mark } from "../publish/marks";
import { selectDefinition, useCanvas } from "../store";
import { Choices, Settled } from "./Choices";
import { merge, settingKey, type Merge } from "./merge";
import { choose, settle, takeTheirs, useMeeting } from "./meeting";

export function ConflictView() {
  const { theirs, base, open } = useMeeting();
  if (!open || !theirs || !base) return null;
  return <Both theirs={theirs} base={base} />;
}

type Theirs = NonNullable<ReturnType<typeof useMeeting.getState>["theirs"]>;

function Both({ theirs, base }: { theirs: Theirs; base: Definition }) {
  const { t } = useTranslation("canvas");
  const mine = useCanvas(selectDefinition);
  const who = useActor();
  const choices = useMeeting((state) => state.choices);
  const all = useMemo(() => merge(base, theirs.definition, mine), [base, theirs, mine]);
  const merged = useMemo(() => all.result(choices), [all, choices]);
  const [view, setView] = useState<"sides" | "result">("sides");
  const cameras = useCameras(view === "sides");
  useMarkedSides(all);
  useOwnKeys({ escape: later });
  const show = useCallback(
    (id: Id) => {
      useMarks.setState({ at: id });
      lookAt(cameras[0], id, mine, theirs.definition);
    },
    [cameras, mine, theirs],
  );
  const colliding = all.conflicts[0]?.id;
  useFirstSight(cameras[0], mine, colliding === undefined ? null : () => show(colliding));
  const keys = [...all.conflicts.map((one) => one.id), ...all.settings.map(settingKey)];
  const left = keys.filter((key) => !choices[key]).length;
  return (
    <div className="rb-compare rb-over" role="dialog" aria-modal="true" aria-label={t("conflict.title")}>
      <header className="rb-compare-head">
        <b className="rb-conflict-title">{t("conflict.title")}</b>
        <span className="rb-quiet">
          {t("conflict.who", { who: who(theirs.updated_by) || "?", revision: theirs.revision })} ·{" "}
          <DateText iso={theirs.updated_at} />
        </span>
        <span className="rb-quiet rb-compare-keys">{t("conflict.legend")}</span>
        <Segmented
          value={view}
          onChange={setView}
          options={[
            { value: "sides", label: t("conflict.sides") },
            { value: "result", label: t("conflict.result") },
          ]}
        />
      </header>
      <div className="rb-compare-body">
        {view === "sides" ? (
          <>
            <Side
              definition={theirs.definition}
              camera={cameras[0]}
              word={t("conflict.theirs")}
              onPick={show}
            />
            <Side definition={mine} camera={cameras[1]} word={t("conflict.mine")} onPick={show} />
          </>
        ) : (
          <Side
            definition={merged.definition}
            camera={cameras[0]}
            word={t("conflict.result")}
            onPick={show}
          />
        )}
        <aside className="rb-compare-list rb-conflict-list rb-scrolls" aria-label={t("conflict.toChoose")}>
          <div className="rb-conflict-scroll">
            <Choices
              all={all}
              base={base}
              theirs={theirs.definition}
              mine={mine}
              dropped={merged.dropped}
              onShow={show}
            />
            <Settled all={all} base={base} theirs={theirs.definition} mine={mine} onShow={show} />
          </div>
          <footer className="rb-conflict-foot">
            <p className="rb-quiet" role="status">
              {left > 0 ? t("conflict.left", { count: left }) : t("conflict.undo")}
            </p>
            <Button type="primary" block disabled={left > 0} onClick={() => settle(all)}>
              {t("conflict.settle")}
            </Button>
            <div className="rb-conflict-all">
              <Button onClick={takeTheirs}>{t("conflict.takeTheirs")}</Button>
              <Button disabled={left === 0} onClick={() => keys.forEach((key) => choose(key, "mine"))}>
                {t("conflict.takeMine")}
              </Button>
            </div>
            <Button type="text" block title={t("conflict.laterHelp")} onClick={later}>
              {t("conflict.later")}
            </Button>
          </footer>
        </aside>
      </div>
    </div>
  );
}

const later = () => useMeeting.setState({ open: false });

interface SideProps {
  definition: Definition;
  camera: Parameters<typeof Sheet>[0]["camera"];
  word: string;
  onPick(id: Id): void;
}

const Side = ({ definition, camera, word, onPick }: SideProps) => (
  <Sheet definition={definition} camera={camera} label={word} title={<b>{word}</b>} onPick={onPick} />
);

/** Marks on both sheets who touched what. */
function useMarkedSides(all: Merge): void {
  useEffect(() => {
    const marks = new Map<Id, Mark>();
    for (const one of all.settled)
      if (!(one.theirs && one.mine)) marks.set(one.id, one.theirs ? "theirs" : "mine");
    for (const one of all.conflicts) marks.set(one.id, "both");
    setMarks(marks);
    return clearMarks;
  }, [all]);
}
