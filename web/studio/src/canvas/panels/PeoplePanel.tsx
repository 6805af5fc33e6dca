/** Who stands at a node, and one of them on the canvas: where from, why here, what next, when. */
import { Button } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import type { Enrollment } from "@/api/types";
import { DateText } from "@/parts/DateText";

import { getHistory, getStanding, type Crumb } from "../api";
import { useSight } from "../flow/sight";
import { exitsFor } from "../flow/sizes";
import type { Id } from "../model/definition";
import { find, findStep } from "../model/lookup";
import { typeset } from "../model/words/names";
import { selectDefinition, useCanvas } from "../store";
import { Frame } from "./Frame";
import { nameOf } from "./StagePanel";

export function PeoplePanel() {
  const { t } = useTranslation("canvas");
  const definition = useCanvas(selectDefinition);
  const node = useCanvas((state) => state.peopleAt);
  const [chosen, setChosen] = useState<Enrollment | null>(null);
  if (!node) return null;
  return (
    <Frame title={t("people.at", { name: nameOf(definition, node) })} sign="person" group="people">
      {chosen ? (
        <Story
          key={chosen.id}
          one={chosen}
          onBack={() => {
            setChosen(null);
            useCanvas.getState().setWay(null);
          }}
        />
      ) : (
        <Standing key={node} node={node} onChoose={setChosen} />
      )}
    </Frame>
  );
}

function Standing({ node, onChoose }: { node: Id; onChoose(one: Enrollment): void }) {
  const { t } = useTranslation("canvas");
  const journey = useCanvas((state) => state.journey?.id);
  const isStep = useCanvas((state) => find(state.history.present, node)?.is === "step");
  const [rows, setRows] = useState<Enrollment[]>([]);
  const [next, setNext] = useState<string | null | undefined>(undefined);
  const [failed, setFailed] = useState<string | null>(null);
  const read = async (cursor: string | null) => {
    if (!journey) return;
    try {
      const page = await getStanding(journey, isStep ? { step: node } : { stage: node }, cursor);
      setRows((before) => [...(cursor ? before : []), ...page.items.filter((one) => one.status !== "ended")]);
      setNext(page.next);
    } catch (problem) {
      setFailed(problem instanceof Error ? problem.message : String(problem));
    }
  };
  useEffect(() => void read(null), [journey, node]); // eslint-disable-line react-hooks/exhaustive-deps -- read is made anew each time
  if (failed) return <p className="rb-wrong">{failed}</p>;
  if (next === undefined) return <p className="rb-quiet">{t("people.loading")}</p>;
  return (
    <>
      {rows.length === 0 && <p className="rb-quiet">{t("people.nobody")}</p>}
      <ul className="rb-list">
        {rows.map((one) => (
          <li key={one.id}>
            <button type="button" className="rb-line-item" onClick={() => onChoose(one)}>
              <span className="rb-grow">
                <b>{one.contact_name || `#${one.contact_id}`}</b> <Waiting one={one} />
              </span>
              {one.next_at && <DateText iso={one.next_at} />}
            </button>
          </li>
        ))}
      </ul>
      {next && (
        <Button block style={{ marginTop: 8 }} onClick={() => void read(next)}>
          {t("people.more")}
        </Button>
      )}
    </>
  );
}

function Waiting({ one }: { one: Enrollment }) {
  const lang = useCanvas((state) => state.names.lang);
  return one.waiting_for ? <span className="rb-quiet">{typeset(one.waiting_for[lang])}</span> : null;
}

/** One contact's way, drawn on the canvas and listed with its times. */
function Story({ one, onBack }: { one: Enrollment; onBack(): void }) {
  const { t } = useTranslation("canvas");
  const lang = useCanvas((state) => state.names.lang);
  const { show } = useSight();
  const [trail, setTrail] = useState<Crumb[]>([]);
  useEffect(() => {
    let gone = false;
    void getHistory(one.id).then((page) => {
      if (gone) return;
      setTrail(page.items);
      const steps = page.items
        .flatMap((crumb) => [crumb.stage, crumb.step])
        .filter((id): id is string => !!id);
      const arrows = page.items.flatMap((crumb) => crumb.arrow ?? []);
      const at = one.step ?? one.stage;
      useCanvas.getState().setWay({ steps: [...new Set(steps)], arrows: [...new Set(arrows)], at });
      if (at) show([at]);
    });
    return () => {
      gone = true;
      useCanvas.getState().setWay(null);
    };
  }, [one, show]);
  return (
    <>
      <button type="button" className="rb-linklike" onClick={onBack}>
        ← {t("people.back")}
      </button>
      <h3 style={{ margin: "10px 0 8px" }}>
        {one.contact_name || `#${one.contact_id}`}{" "}
        <Link to={`/contacts/${one.contact_id}`} className="rb-quiet">
          {t("people.open")}
        </Link>
      </h3>
      <dl className="rb-facts">
        <dt>{t("people.why")}</dt>
        <dd>
          {one.waiting_for ? typeset(one.waiting_for[lang]) : t("people.rests")}
          {one.since && (
            <span className="rb-quiet">
              {" "}
              <DateText iso={one.since} />
              {t("people.since")}
            </span>
          )}
        </dd>
        <dt>{t("people.next")}</dt>
        <dd>
          <MovedBy one={one} />
        </dd>
        <dt>{t("people.when")}</dt>
        <dd>{one.next_at ? <DateText iso={one.next_at} /> : t("people.noTime")}</dd>
      </dl>
      <h3 className="rb-section">{t("people.way")}</h3>
      <ol className="rb-trail">
        {trail.map((crumb, n) => (
          <TrailLine key={n} crumb={crumb} />
        ))}
      </ol>
    </>
  );
}

function MovedBy({ one }: { one: Enrollment }) {
  const { t } = useTranslation("canvas");
  const lang = useCanvas((state) => state.names.lang);
  const by = one.moved_by as unknown as { zh: string; en: string } | string | null;
  if (!by) return <>{t("people.nothing")}</>;
  return <>{typeset(typeof by === "string" ? by : by[lang])}</>;
}

function TrailLine({ crumb }: { crumb: Crumb }) {
  const { t } = useTranslation("canvas");
  const definition = useCanvas(selectDefinition);
  const id = crumb.step ?? crumb.stage;
  const catalogue = useCanvas((state) => state.catalogue);
  const names = useCanvas((state) => state.names);
  const step = findStep(definition, crumb.step);
  const title = step && exitsFor(step, catalogue, names.lang).find((exit) => exit.id === crumb.exit)?.title;
  const exit = crumb.op === "step" && crumb.exit ? ` · ${names.event(title ?? crumb.exit)}` : "";
  return (
    <li>
      <DateText iso={crumb.at} />
      <span>
        {t(`trail.${crumb.op}`, { defaultValue: crumb.op })} {id ? nameOf(definition, id) : ""}
        {exit}
      </span>
    </li>
  );
}
