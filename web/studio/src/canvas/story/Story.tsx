/** One contact's story: why here, what next, when; the way on the canvas; what was seen, said and held back. */
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import type { Enrollment } from "@/api/types";
import { DateText } from "@/parts/DateText";

import { getVersion, type Crumb } from "../api";
import { placed } from "../compare/placed";
import { useSight } from "../flow/sight";
import { complete } from "../model/definition";
import { typeset } from "../model/words/names";
import { Bones } from "../publish/Drawer";
import { endReview, review } from "../publish/review";
import { selectDefinition, useCanvas } from "../store";
import { ActsOn } from "./Acts";
import { Chapters } from "./Chapters";
import { chaptersOf, stopsOf } from "./lines";
import { useStory } from "./people";
import { useStops } from "./stops";

export function Story({ known, onBack }: { known: Enrollment; onBack(): void }) {
  const { t } = useTranslation("canvas");
  const readOnly = useCanvas((state) => state.readOnly);
  const draft = useCanvas(selectDefinition);
  const { one, trail, messages, error } = useStory(known);
  const drawing = useDrawingOf(one);
  const live = useCanvas((state) => state.journey?.live_version?.number);
  const older = live !== undefined && one.version !== live;
  useWay(one, trail);
  return (
    <>
      <button type="button" className="rb-linklike" onClick={onBack}>
        ← {t("people.back")}
      </button>
      <div className="rb-story-head">
        <h3>{one.contact_name || `#${one.group_id ?? one.contact_id}`}</h3>
        <span className="rb-tally">v{one.version}</span>
        <Link
          to={one.group_id ? `/groups/${one.group_id}` : `/contacts/${one.contact_id}`}
          className="rb-quiet"
        >
          {t(one.group_id ? "people.openGroup" : "people.open")}
        </Link>
      </div>
      <Now one={one} />
      {older && <p className="rb-help rb-other">{t("people.onOther", { version: one.version })}</p>}
      {!readOnly && <ActsOn one={one} drawing={drawing ?? draft} />}
      <h3 className="rb-section">{t("people.way")}</h3>
      {error && <p className="rb-wrong">{error.message}</p>}
      {trail ? (
        <Chapters chapters={chaptersOf(trail, messages ?? [])} drawing={drawing ?? draft} />
      ) : (
        <Bones />
      )}
    </>
  );
}

/** Why here, what next, and when: for everybody inside there is an answer. */
function Now({ one }: { one: Enrollment }) {
  const { t } = useTranslation("canvas");
  const lang = useCanvas((state) => state.names.lang);
  if (one.status === "ended")
    return (
      <p className="rb-said">
        {t("people.ended", {
          result: t(`result.${one.result}`, { defaultValue: one.result ?? "" }),
        })}{" "}
        <DateText iso={one.ended_at} />
      </p>
    );
  return (
    <dl className={`rb-facts rb-now ${one.status === "stopped" ? "rb-now-stopped" : ""}`}>
      <dt>{t("people.where")}</dt>
      <dd>
        <b>{[one.stage_name, one.step_name].filter(Boolean).join(" › ") || t("people.entering")}</b>
      </dd>
      <dt>{t("people.why")}</dt>
      <dd>
        {one.waiting_for
          ? typeset(one.waiting_for[lang])
          : t(one.status === "stopped" ? "people.stopped" : "people.rests")}
        {one.since && (
          <span className="rb-quiet">
            {" "}
            <DateText iso={one.since} />
            {t("people.since")}
          </span>
        )}
      </dd>
      <dt>{t("people.next")}</dt>
      <dd>{one.moved_by ? typeset(one.moved_by[lang]) : t("people.nothing")}</dd>
      <dt>{t("people.when")}</dt>
      <dd>{one.next_at ? <DateText iso={one.next_at} as="minute" /> : t("people.noTime")}</dd>
    </dl>
  );
}

/** The version that he is on; its words and places are his, whatever the draft says by now. */
function useDrawingOf(one: Enrollment) {
  const drawing = useQuery({
    queryKey: ["version", one.journey_id, one.version],
    queryFn: async () => placed(complete((await getVersion(one.journey_id, one.version)).definition)),
    staleTime: Infinity,
  }).data;
  useEffect(() => {
    if (drawing) review(drawing);
    return endReview;
  }, [drawing]);
  return drawing;
}

/** Shows the way on the canvas, with times, and brings the place where he stands into view. */
function useWay(one: Enrollment, trail: readonly Crumb[] | undefined): void {
  const { show } = useSight();
  const at = one.status === "ended" ? null : (one.step ?? one.stage);
  useEffect(() => {
    if (!trail) return;
    const steps = new Set(trail.flatMap((crumb) => [crumb.stage, crumb.step].filter((id) => id !== null)));
    const arrows = new Set(trail.flatMap((crumb) => crumb.arrow ?? []));
    const entry = trail[0]?.detail?.entry;
    if (typeof entry === "string") steps.add(entry);
    useCanvas.getState().setWay({ steps: [...steps], arrows: [...arrows], at });
    useStops.setState({ stops: stopsOf(trail) });
  }, [trail, at]);
  useEffect(() => {
    if (at) show([at]);
  }, [at, show]);
  useEffect(
    () => () => {
      useCanvas.getState().setWay(null);
      useStops.setState({ stops: new Map() });
    },
    [],
  );
}
