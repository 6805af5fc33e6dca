/** What collides, with both sides' words to choose from; and what was merged by itself. */
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import type { Definition, Id } from "../model/definition";
import { useCanvas } from "../store";
import { settingKey, type Conflict, type Merge, type Side, type Touched } from "./merge";
import { choose, useMeeting } from "./meeting";
import { unitsOf } from "./units";
import { nameIn, sentenceOf } from "./words";

interface Drafts {
  base: Definition;
  theirs: Definition;
  mine: Definition;
}
type Props = Drafts & { all: Merge; onShow(id: Id): void };

function useTongue() {
  const { t } = useTranslation("canvas");
  const names = useCanvas((state) => state.names);
  const catalogue = useCanvas((state) => state.catalogue);
  const anyStage = t("any.title");
  return useMemo(() => ({ names, catalogue, anyStage }), [names, catalogue, anyStage]);
}

/** The drawing in which a thing is found, mine first. */
const homeOf = (id: Id, { base, theirs, mine }: Drafts): Definition =>
  [mine, theirs].find((one) => unitsOf(one).has(id)) ?? base;

export function Choices({ all, dropped, onShow, ...drafts }: Props & { dropped: readonly Id[] }) {
  const { t } = useTranslation("canvas");
  const tongue = useTongue();
  if (all.conflicts.length + all.settings.length === 0) return null;
  return (
    <section className="rb-part">
      <h3>{t("conflict.toChoose")}</h3>
      <ul className="rb-list rb-choices">
        {all.conflicts.map((one) => (
          <Choice key={one.id} one={one} onShow={onShow} {...drafts} />
        ))}
        {all.settings.map((key) => (
          <SettingChoice key={key} name={key} {...drafts} />
        ))}
      </ul>
      {dropped.length > 0 && (
        <p className="rb-help">
          {t("conflict.dropped", {
            names: dropped.map((id) => nameIn(homeOf(id, drafts), id, tongue)).join("、"),
          })}
        </p>
      )}
    </section>
  );
}

function Choice({ one, onShow, ...drafts }: Drafts & { one: Conflict; onShow(id: Id): void }) {
  const { t } = useTranslation("canvas");
  const tongue = useTongue();
  const chosen = useMeeting((state) => state.choices[one.id]);
  const home = homeOf(one.id, drafts);
  const names = one.needed.map((id) => nameIn(homeOf(id, drafts), id, tongue)).join("、");
  const said = (side: Side): { act: string; line: string } => {
    const definition = drafts[side];
    const touched = one[side];
    if (touched === null) return { act: t("conflict.keep"), line: "" };
    if (touched === "removed") return { act: t("conflict.gone"), line: "" };
    const name = nameIn(definition, one.id, tongue);
    const line = sentenceOf(definition, one.id, tongue);
    return { act: t(`conflict.touch.${touched}`), line: [name, line].filter(Boolean).join(" · ") };
  };
  const rival = one.because === "same-exit";
  return (
    <li className={`rb-choice ${chosen ? "rb-chosen" : ""}`}>
      <button type="button" className="rb-linklike rb-choice-name" onClick={() => onShow(one.id)}>
        {nameIn(home, one.id, tongue)}
      </button>
      {one.because === "still-needed" && (
        <p className="rb-quiet">{t("conflict.needed", { count: one.needed.length, names })}</p>
      )}
      <div className="rb-choice-sides" role="radiogroup" aria-label={nameIn(home, one.id, tongue)}>
        {(["theirs", "mine"] as const).map((side) => {
          const { act, line } =
            rival && side === "theirs" ? { act: t("conflict.touch.added"), line: names } : said(side);
          return (
            <SideCard
              key={side}
              side={side}
              act={act}
              line={line}
              on={chosen === side}
              onChoose={() => {
                choose(one.id, side);
                onShow(one.id);
              }}
            />
          );
        })}
      </div>
    </li>
  );
}

function SettingChoice({ name, theirs, mine }: Drafts & { name: string }) {
  const { t } = useTranslation("canvas");
  const key = settingKey(name);
  const chosen = useMeeting((state) => state.choices[key]);
  const title = t(`settings.${name}`, { defaultValue: name });
  return (
    <li className={`rb-choice ${chosen ? "rb-chosen" : ""}`}>
      <b className="rb-choice-name">{t("conflict.setting", { name: title })}</b>
      <div className="rb-choice-sides" role="radiogroup" aria-label={title}>
        {(["theirs", "mine"] as const).map((side) => (
          <SideCard
            key={side}
            side={side}
            act={t("conflict.touch.changed")}
            line={JSON.stringify((side === "mine" ? mine : theirs).settings[name] ?? null)}
            on={chosen === side}
            onChoose={() => choose(key, side)}
          />
        ))}
      </div>
    </li>
  );
}

interface CardProps {
  side: Side;
  act: string;
  line: string;
  on: boolean;
  onChoose(): void;
}

function SideCard({ side, act, line, on, onChoose }: CardProps) {
  const { t } = useTranslation("canvas");
  return (
    <button
      type="button"
      role="radio"
      aria-checked={on}
      className={`rb-side-card rb-mark-${side} ${on ? "rb-on" : ""}`}
      onClick={onChoose}
    >
      <small>
        {t(`conflict.by.${side}`)} · {act}
      </small>
      {line && <span>{line}</span>}
    </button>
  );
}

export function Settled({ all, onShow, ...drafts }: Props) {
  const { t } = useTranslation("canvas");
  const tongue = useTongue();
  if (all.settled.length === 0) return null;
  const by = (one: Touched) => (one.theirs && one.mine ? "both" : one.theirs ? "theirs" : "mine");
  return (
    <section className="rb-part">
      <h3>
        {t("conflict.settled")}
        <span className="rb-part-note">{t("conflict.settledHelp", { count: all.settled.length })}</span>
      </h3>
      <ul className="rb-list rb-settled">
        {all.settled.map((one) => (
          <li key={one.id}>
            <button type="button" className="rb-diff-row" onClick={() => onShow(one.id)}>
              <i className={`rb-by rb-mark-${by(one)}`}>{t(`conflict.by.${by(one)}`)}</i>
              <span>
                {nameIn(homeOf(one.id, drafts), one.id, tongue)}{" "}
                <small className="rb-quiet">{t(`conflict.touch.${one.theirs ?? one.mine}`)}</small>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
