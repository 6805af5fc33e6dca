/** Who stands at a node, how many, and what can be done with all of them at once. */
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Act } from "@/api/changing";
import type { Enrollment } from "@/api/types";
import { DateText } from "@/parts/DateText";

import type { Id } from "../model/definition";
import { typeset } from "../model/words/names";
import { nameOf } from "../panels/StagePanel";
import { Bones } from "../publish/Drawer";
import { selectDefinition, useCanvas } from "../store";
import { ActDialog, type Whom } from "./Acts";
import { useAt, useHere, useStanding, useStopped, type At } from "./people";

const figure = (n: number) => n.toLocaleString("en-US");

export function Standing({ node, onChoose }: { node: Id; onChoose(one: Enrollment): void }) {
  const { t } = useTranslation("canvas");
  const journey = useCanvas((state) => state.journey!.id);
  const at = useAt(node);
  const { rows, error, hasNextPage, isFetchingNextPage, fetchNextPage } = useStanding(journey, at);
  if (error) return <p className="rb-wrong">{error.message}</p>;
  if (!rows) return <Bones />;
  return (
    <>
      {rows.length === 0 ? (
        <p className="rb-quiet">{t(at.end ? "people.nobodyLeft" : "people.nobody")}</p>
      ) : at.end ? (
        <p className="rb-together">
          {t("people.left", { count: rows.length, more: hasNextPage ? "+" : "" })}
        </p>
      ) : (
        <Together node={node} at={at} known={rows.length} more={hasNextPage} />
      )}
      <ul className="rb-list">
        {rows.map((one) => (
          <li key={one.id}>
            <button type="button" className="rb-line-item" onClick={() => onChoose(one)}>
              <span className="rb-grow">
                <b>{one.contact_name || `#${one.group_id ?? one.contact_id}`}</b> <Waiting one={one} />
              </span>
              {at.end ? <DateText iso={one.ended_at} /> : one.next_at && <DateText iso={one.next_at} />}
            </button>
          </li>
        ))}
      </ul>
      {hasNextPage && (
        <Button
          block
          style={{ marginTop: 8 }}
          loading={isFetchingNextPage}
          onClick={() => void fetchNextPage()}
        >
          {t("people.more")}
        </Button>
      )}
    </>
  );
}

function Waiting({ one }: { one: Enrollment }) {
  const { t } = useTranslation("canvas");
  const lang = useCanvas((state) => state.names.lang);
  if (one.status === "stopped") return <span className="rb-stopped">{t("people.stopped")}</span>;
  return one.waiting_for ? <span className="rb-quiet">{typeset(one.waiting_for[lang])}</span> : null;
}

interface TogetherProps {
  node: Id;
  at: At;
  /** How many are listed, and whether there are more. */
  known: number;
  more: boolean;
}

/** The number of people here, and the acts on all of them. */
function Together({ node, at, known, more }: TogetherProps) {
  const { t } = useTranslation("canvas");
  const readOnly = useCanvas((state) => state.readOnly);
  const journey = useCanvas((state) => state.journey!.id);
  const drawing = useCanvas(selectDefinition);
  const here = useHere(node);
  const people = more ? Math.max(here ?? 0, known) : known;
  const stopped = useStopped(journey, at);
  const [asked, setAsked] = useState<{ act: Act; whom: Whom } | null>(null);
  const name = nameOf(drawing, node);
  const all: Whom = { at, people, name };
  const broken = stopped?.items.length ?? 0;
  return (
    <div className="rb-together">
      <p>
        <b className="numbers">{figure(people)}</b> {t("people.here", { count: people })}
        {broken > 0 && (
          <span className="rb-stopped">
            {" "}
            {t("people.stoppedCount", { count: broken, more: stopped?.next ? "+" : "" })}
          </span>
        )}
      </p>
      {!readOnly && (
        <div className="rb-acts" role="group" aria-label={t("act.title")}>
          {broken > 0 && (
            <Button
              size="small"
              type="primary"
              onClick={() =>
                setAsked({ act: "retry", whom: { at, people: broken, name, status: "stopped" } })
              }
            >
              {t("act.retry.stopped")}
            </Button>
          )}
          <Button size="small" onClick={() => setAsked({ act: "move", whom: all })}>
            {t("act.move.all")}
          </Button>
          {at.step && (
            <Button size="small" onClick={() => setAsked({ act: "skip", whom: all })}>
              {t("act.skip.all")}
            </Button>
          )}
          <Button size="small" danger onClick={() => setAsked({ act: "exit", whom: all })}>
            {t("act.exit.all")}
          </Button>
        </div>
      )}
      {asked && <ActDialog {...asked} drawing={drawing} onClose={() => setAsked(null)} />}
    </div>
  );
}
