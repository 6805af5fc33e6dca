/** Those who are inside on older versions: stay, move, or move and reckon their waits anew; and where to. */
import { Radio } from "antd";
import { useTranslation } from "react-i18next";

import type { Group, GroupPreview, Mode, StoodPlace } from "@/api/changing";

import type { Definition, Id } from "../model/definition";
import { TargetSelect } from "../panels/TargetSelect";

const MODES: Mode[] = ["stay", "move", "recompute"];
const figure = (n: number) => n.toLocaleString("en-US");

interface Props {
  preview: GroupPreview;
  group: Group;
  /** The version that people would come to, as it is called. */
  to: string;
  drawing: Definition;
  onChange(group: Group): void;
  onShow(node: Id): void;
}

export function GroupCard({ preview, group, to, drawing, onChange, onShow }: Props) {
  const { t } = useTranslation("canvas");
  const values = { version: preview.version, to };
  const homeless = preview.places.filter((place) => !place.kept);
  const kept = preview.places.filter((place) => place.kept);
  const setTarget = (place: Id, target: Id | undefined) => {
    const targets = { ...group.targets };
    if (target) targets[place] = target;
    else delete targets[place];
    onChange({ ...group, targets });
  };
  return (
    <article className="rb-group-card">
      <h4>
        {t("move.version", values)}
        <span className="rb-quiet">
          <b className="numbers">{figure(preview.inside)}</b> {t("move.inside", { count: preview.inside })}
        </span>
      </h4>
      <Radio.Group
        className="rb-modes"
        value={group.mode}
        aria-label={t("move.version", values)}
        onChange={(event) => onChange({ ...group, mode: event.target.value as Mode })}
      >
        {MODES.map((mode) => (
          <Radio key={mode} value={mode} className={group.mode === mode ? "rb-on" : ""}>
            <b>{t(`move.${mode}`, values)}</b>
            <small>{t(`move.${mode}Help`, values)}</small>
          </Radio>
        ))}
      </Radio.Group>
      {group.mode !== "stay" && homeless.length > 0 && (
        <div className="rb-homeless">
          <h5>{t("move.homeless", { count: homeless.length })}</h5>
          {homeless.map((place) => (
            <Homeless
              key={place.place}
              place={place}
              target={group.targets[place.place] ?? null}
              drawing={drawing}
              onTarget={(target) => setTarget(place.place, target)}
              onShow={onShow}
            />
          ))}
        </div>
      )}
      {kept.length > 0 && (
        <details className="rb-kept">
          <summary>
            {t(group.mode === "stay" ? "move.places" : "move.keptPlaces", {
              count: kept.length,
              people: figure(kept.reduce((sum, place) => sum + place.here, 0)),
            })}
          </summary>
          <ul>
            {(group.mode === "stay" ? preview.places : kept).map((place) => (
              <li key={place.place}>
                <button type="button" className="rb-linklike" onClick={() => onShow(place.place)}>
                  {placeName(place, t("move.rests"))}
                </button>
                {place.changed && group.mode !== "stay" && (
                  <span className="rb-diff-tally rb-diff-changed">{t("move.changed")}</span>
                )}
                <b className="numbers">{figure(place.here)}</b>
              </li>
            ))}
          </ul>
        </details>
      )}
    </article>
  );
}

export const placeName = (place: StoodPlace, rests: string): string =>
  `${place.stage_name} › ${place.step === null ? rests : (place.step_name ?? place.step)}`;

interface HomelessProps {
  place: StoodPlace;
  target: Id | null;
  drawing: Definition;
  onTarget(target: Id | undefined): void;
  onShow(node: Id): void;
}

function Homeless({ place, target, drawing, onTarget, onShow }: HomelessProps) {
  const { t } = useTranslation("canvas");
  const name = placeName(place, t("move.rests"));
  return (
    <div className={`rb-homeless-row ${target ? "" : "rb-missing"}`}>
      <button type="button" className="rb-linklike" onClick={() => onShow(place.place)}>
        <i className="rb-diff-sign rb-diff-removed" aria-hidden="true">
          −
        </i>
        <span>
          {name}
          <small>{t("move.standHere", { count: place.here, people: figure(place.here) })}</small>
        </span>
      </button>
      <span aria-hidden="true">→</span>
      <div className="rb-homeless-target">
        <TargetSelect
          of={drawing}
          label={t("move.targetOf", { name })}
          value={target ?? undefined}
          none={t("move.chooseTarget")}
          onChange={onTarget}
        />
        {target === null ? (
          <p className="rb-wrong">{t("move.missing")}</p>
        ) : (
          target === place.suggestion && <p className="rb-help">{t("move.suggested")}</p>
        )}
      </div>
    </div>
  );
}
