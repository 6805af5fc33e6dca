/** Moves of people that run or can be taken back, with their progress. */
import { App, Button } from "antd";
import { useTranslation } from "react-i18next";

import type { Move } from "@/api/changing";
import { isRunning, useMoves, useRollBack } from "@/api/moves";
import { useBegun } from "@/api/work";
import { DateText } from "@/parts/DateText";
import { useActor } from "@/parts/useActor";

import { getJourney } from "../api";
import { useCanvas } from "../store";

const figure = (n: number) => n.toLocaleString("en-US");
const MOST = 4;

/** The moves worth showing: those that run, and the last ones that can be taken back. */
export function Moves({ journey, only }: { journey: number; only?: readonly number[] }) {
  const { t } = useTranslation("canvas");
  const { data } = useMoves(journey);
  const readOnly = useCanvas((state) => state.readOnly);
  const shown = data
    ?.filter((move) => only?.includes(move.id) || isRunning(move) || (!only && move.undoable))
    .slice(0, MOST);
  if (!shown?.length) return null;
  return (
    <ul className="rb-list rb-moves" aria-label={t("moves.title")}>
      {shown.map((move) => (
        <MoveRow key={move.id} move={move} journey={journey} readOnly={readOnly} />
      ))}
    </ul>
  );
}

function MoveRow({ move, journey, readOnly }: { move: Move; journey: number; readOnly: boolean }) {
  const { t } = useTranslation("canvas");
  const { modal, message } = App.useApp();
  const undo = useRollBack(journey);
  const begun = useBegun();
  const who = useActor();
  const share = move.total > 0 ? Math.floor((100 * move.moved) / move.total) : 100;
  const percent = isRunning(move) ? share : 100;
  const values = {
    from: move.from_version,
    to: move.to_version,
    moved: figure(move.moved),
    total: figure(move.total),
    left: figure(move.left),
    count: move.moved,
  };
  const state = isRunning(move) ? "running" : move.state;
  const takeBack = async () => {
    try {
      await undo.mutateAsync({ to: move.from_version, people: "back", confirm: move.moved });
      useCanvas.getState().setJourney(await getJourney(journey));
      void begun();
      message.success(t("moves.undoing", values));
    } catch (problem) {
      message.error(problem instanceof Error ? problem.message : String(problem));
    }
  };
  const ask = () =>
    modal.confirm({
      title: t("moves.undoAsk", values),
      content: t("moves.undoHelp", values),
      okText: t("moves.undo", values),
      cancelText: t("cancel"),
      onOk: takeBack,
    });
  return (
    <li className={`rb-move rb-move-${state}`}>
      <div className="rb-move-head">
        <b>{t(move.back ? "moves.back" : "moves.forth", values)}</b>
        <span className="rb-quiet">
          {who(move.by)} · <DateText iso={move.at} />
        </span>
      </div>
      <div
        className="rb-progress"
        role="progressbar"
        aria-label={t(move.back ? "moves.back" : "moves.forth", values)}
        aria-valuenow={percent}
        aria-valuemin={0}
        aria-valuemax={100}
      >
        <span style={{ width: `${percent}%` }} />
      </div>
      <div className="rb-move-foot">
        <span className="numbers">
          {t(`moves.${state}`, values)}
          {move.state === "done" && move.left > 0 && ` ${t("moves.left", values)}`}
        </span>
        {move.undoable && !move.back && !readOnly && (
          <Button size="small" loading={undo.isPending} onClick={ask}>
            {t("moves.undo", values)}
          </Button>
        )}
      </div>
    </li>
  );
}
