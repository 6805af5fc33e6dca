/** Making an older version the live one again: newcomers take it; those inside stay or go back. */
import { App, Modal, Radio } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useMoves, useRollBack } from "@/api/moves";
import { useBegun } from "@/api/work";

import { getJourney } from "../api";
import { useCanvas } from "../store";

const figure = (n: number) => n.toLocaleString("en-US");

export function RollBack({ number, onClose }: { number: number; onClose(): void }) {
  const { t } = useTranslation("canvas");
  const { message } = App.useApp();
  const journey = useCanvas((state) => state.journey)!;
  const live = journey.live_version?.number ?? 0;
  const moves = useMoves(journey.id).data ?? [];
  const brought = moves.find(
    (move) => move.from_version === number && move.to_version === live && move.undoable,
  );
  const [people, setPeople] = useState<"stay" | "back">("stay");
  const undo = useRollBack(journey.id);
  const begun = useBegun();
  const go = async () => {
    try {
      const confirm = people === "back" && brought ? { confirm: brought.moved } : {};
      await undo.mutateAsync({ to: number, people, ...confirm });
      useCanvas.getState().setJourney(await getJourney(journey.id));
      void begun();
      message.success(t("versions.rolled", { number }));
      onClose();
    } catch (problem) {
      message.error(problem instanceof Error ? problem.message : String(problem));
    }
  };
  return (
    <Modal
      open
      width={480}
      title={t("versions.rollAsk", { number })}
      okText={t("versions.rollIt", { number })}
      okButtonProps={{ loading: undo.isPending }}
      cancelText={t("cancel")}
      onOk={() => void go()}
      onCancel={onClose}
    >
      <p>{t("versions.rollHelp", { number })}</p>
      {brought && (
        <Radio.Group
          className="rb-modes"
          value={people}
          onChange={(event) => setPeople(event.target.value as typeof people)}
        >
          <Radio value="stay">{t("versions.rollStay", { live })}</Radio>
          <Radio value="back">
            {t("versions.rollMoved", { number, live })}
            <small>{t("move.standHere", { count: brought.moved, people: figure(brought.moved) })}</small>
          </Radio>
        </Radio.Group>
      )}
    </Modal>
  );
}
