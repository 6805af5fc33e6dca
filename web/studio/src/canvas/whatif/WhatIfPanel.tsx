/** What if: a real contact, things that would happen, and what would come of it, on the canvas and as a list. */
import { Button, InputNumber } from "antd";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { ContactPicker } from "@/parts/ContactPicker";

import { useSight } from "../flow/sight";
import { Frame } from "../panels/Frame";
import { definitionNow, useCanvas } from "../store";
import { useStops } from "../story/stops";
import { whatIf, type Answer } from "./ask";
import { Came } from "./Came";
import { Happenings, type Draft } from "./Happenings";
import { propertiesOf, wayOf } from "./reading";
import "./whatif.css";

const FIRST_DAYS = 30;

export function WhatIfPanel() {
  const { t } = useTranslation("canvas");
  const [contact, setContact] = useState<number>();
  const [events, setEvents] = useState<Draft[]>([]);
  const [days, setDays] = useState(FIRST_DAYS);
  const { answer, busy, failed, run } = useAnswer();
  return (
    <Frame title={t("whatIf.title")} sign="person" group="people" reading>
      <p className="rb-help" style={{ marginTop: 0 }}>
        {t("whatIf.help")}
      </p>
      <label className="rb-whatif-field">
        <span>{t("whatIf.who")}</span>
        <ContactPicker
          label={t("whatIf.who")}
          placeholder={t("whatIf.search")}
          value={contact}
          onPick={setContact}
        />
      </label>
      <Happenings value={events} onChange={setEvents} />
      <div className="rb-whatif-run">
        <label>
          {t("whatIf.look")}{" "}
          <InputNumber
            min={1}
            max={365}
            value={days}
            style={{ width: 72 }}
            onChange={(n) => setDays(n ?? FIRST_DAYS)}
          />{" "}
          {t("whatIf.days")}
        </label>
        <Button
          type="primary"
          loading={busy}
          disabled={contact === undefined}
          onClick={() => contact !== undefined && void run(contact, events, days)}
        >
          {t("whatIf.run")}
        </Button>
      </div>
      {failed && <p className="rb-wrong">{failed}</p>}
      {answer && <Came answer={answer} />}
    </Frame>
  );
}

/** The last answer; while it is shown its way is drawn on the canvas. */
function useAnswer() {
  const { show } = useSight();
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const asked = useRef(0);
  const run = async (contact: number, events: Draft[], days: number) => {
    const { journey } = useCanvas.getState();
    if (!journey) return;
    const mine = (asked.current += 1);
    setBusy(true);
    setFailed(null);
    try {
      const happenings = events
        .filter((one) => one.name)
        .map((one) => ({ name: one.name, after: one.after, properties: propertiesOf(one.properties) }));
      const told = await whatIf(journey.id, {
        contact_id: contact,
        definition: definitionNow(),
        ...(happenings.length > 0 ? { events: happenings } : {}),
        days,
      });
      if (mine !== asked.current) return;
      setAnswer(told);
    } catch (problem) {
      setFailed(problem instanceof Error ? problem.message : String(problem));
    } finally {
      if (mine === asked.current) setBusy(false);
    }
  };
  useEffect(() => {
    if (!answer) return undefined;
    const { stops, ...way } = wayOf(answer);
    useCanvas.getState().setWay(way);
    useStops.setState({ stops });
    if (way.at) show([way.at]);
    return () => {
      useCanvas.getState().setWay(null);
      useStops.setState({ stops: new Map() });
    };
  }, [answer, show]);
  return { answer, busy, failed, run };
}
