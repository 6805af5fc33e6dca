/** The bar of the layer of numbers: which number, of which version, as of when, and the version's sums. */
import { Segmented, Select } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { useVersions } from "../compare/versions";
import { Glyph } from "../look/Glyph";
import type { Layer, Numbers } from "../state/types";
import { useCanvas } from "../store";
import { figure, isLoss, percent } from "./reading";
import "./numbers.css";

const LAYERS: Layer[] = ["here", "passed", "share", "median", "loss"];

export function NumbersBar() {
  const layer = useCanvas((state) => state.layer);
  const playing = useCanvas((state) => state.playing);
  return layer === "off" || playing ? null : <Bar layer={layer} />;
}

function Bar({ layer }: { layer: Layer }) {
  const { t } = useTranslation("canvas");
  const numbers = useCanvas((state) => state.numbers);
  const { setLayer } = useCanvas.getState();
  return (
    <section className="rb-numbers rb-over" aria-label={t("numbers.title")}>
      <div className="rb-numbers-row">
        <Segmented
          size="small"
          value={layer}
          options={LAYERS.map((value) => ({ value, label: t(`numbers.${value}`) }))}
          onChange={(value) => setLayer(value)}
        />
        <VersionChooser />
        {numbers?.as_of && <AsOf key={numbers.as_of} />}
      </div>
      {numbers && <Sums numbers={numbers} />}
      <button
        type="button"
        className="rb-mini"
        aria-label={t("numbers.hide")}
        title={t("numbers.hide")}
        onClick={() => setLayer("off")}
      >
        <Glyph name="close" size={16} />
      </button>
      <p className="rb-numbers-help">{t(`numbers.help.${layer}`)}</p>
    </section>
  );
}

function VersionChooser() {
  const { t } = useTranslation("canvas");
  const chosen = useCanvas((state) => state.numbersOf);
  const live = useCanvas((state) => state.journey?.live_version?.number ?? null);
  const { data: versions } = useVersions();
  const options = (versions ?? []).map((one) => ({
    value: one.number,
    label:
      one.number === live
        ? t("numbers.liveVersion", { n: one.number })
        : t("numbers.version", { n: one.number }),
  }));
  return (
    <Select
      size="small"
      variant="filled"
      value={chosen ?? live}
      options={options}
      popupMatchSelectWidth={false}
      aria-label={t("numbers.whichVersion")}
      onChange={(value) => useCanvas.getState().setNumbersOf(value === live ? null : value)}
    />
  );
}

/** How fresh the numbers are; a new number begins anew. */
function AsOf() {
  const { t } = useTranslation("canvas");
  const [since] = useState(() => Date.now());
  const [now, setNow] = useState(since);
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), 1000);
    return () => window.clearInterval(timer);
  }, []);
  const secs = Math.round((now - since) / 1000);
  return (
    <span className="rb-numbers-fresh" role="status">
      <i aria-hidden="true" />
      {secs < 10 ? t("numbers.fresh") : t("numbers.unchanged", { secs })}
    </span>
  );
}

function Sums({ numbers }: { numbers: Numbers }) {
  const { t } = useTranslation("canvas");
  const said = numbers.messages;
  const results = Object.entries(numbers.ended);
  return (
    <dl className="rb-numbers-sums numbers">
      <Sum word={t("numbers.entered")} n={numbers.entered} />
      <Sum word={t("numbers.inside")} n={numbers.inside} />
      {results.map(([result, n]) => (
        <Sum
          key={result}
          word={t(`result.${result}`, { defaultValue: result })}
          n={n}
          beside={percent(n, numbers.entered)}
          bad={isLoss(result)}
        />
      ))}
      {said && (said.written ?? 0) > 0 && (
        <>
          <Sum word={t("numbers.sent")} n={said.sent ?? 0} />
          <Sum
            word={t("numbers.delivered")}
            n={said.delivered ?? 0}
            beside={percent(said.delivered ?? 0, said.sent ?? 0)}
          />
          {(said.pending ?? 0) > 0 && <Sum word={t("numbers.pending")} n={said.pending!} />}
          <Sum
            word={t("numbers.notSent")}
            n={(said.failed ?? 0) + (said.refused ?? 0) + (said.expired ?? 0) + (said.unknown ?? 0)}
            title={t("numbers.notSentHelp", {
              failed: figure(said.failed ?? 0),
              refused: figure(said.refused ?? 0),
              expired: figure(said.expired ?? 0),
              unknown: figure(said.unknown ?? 0),
              withdrawn: figure(said.withdrawn ?? 0),
            })}
          />
        </>
      )}
    </dl>
  );
}

function Sum(props: { word: string; n: number; beside?: string; bad?: boolean; title?: string }) {
  const { word, n, beside, bad, title } = props;
  return (
    <div title={title}>
      <dt>{word}</dt>
      <dd className={bad && n > 0 ? "rb-numbers-bad" : ""}>
        {figure(n)} {beside && <small>{beside}</small>}
      </dd>
    </div>
  );
}
