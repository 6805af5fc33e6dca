/** Everything that is wrong, gravest first; pressing one brings its node into view. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import type { CheckProblem, Severity } from "@/api/types";

import { useSight } from "../flow/sight";
import type { Id } from "../model/definition";
import { find } from "../model/lookup";
import { nodeAt } from "../model/paths";
import { selectDefinition, useCanvas } from "../store";
import { Frame, PinnedField } from "./Frame";
import { nameOf } from "./StagePanel";

const GRAVEST: Severity[] = ["error", "warning", "info"];

export function ProblemsPanel() {
  const { t } = useTranslation("canvas");
  const { list, counts, of } = useCanvas((state) => state.problems);
  const definition = useCanvas(selectDefinition);
  const selection = useCanvas((state) => state.selection);
  const { show } = useSight();
  const [at, setAt] = useState(-1);
  const sorted = [...list].sort((a, b) => GRAVEST.indexOf(a.severity) - GRAVEST.indexOf(b.severity));
  const idOf = (problem: CheckProblem): Id | null => problem.node || nodeAt(definition, problem.path);
  const go = (n: number) => {
    setAt(n);
    const id = sorted[n] && idOf(sorted[n]);
    if (!id || !find(definition, id)) return;
    useCanvas.getState().select([id]);
    show([id]);
  };
  const pressing = sorted.filter((problem) => problem.severity !== "info");
  const remarks = sorted.filter((problem) => problem.severity === "info");
  const row = (problem: CheckProblem) => {
    const n = sorted.indexOf(problem);
    const id = idOf(problem);
    const on = n === at || (at < 0 && id !== null && selection.includes(id));
    const name = id && find(definition, id) ? nameOf(definition, id) : t("problems.journey");
    return (
      <li key={`${problem.code}-${n}`} className="rb-problem-row">
        <button
          type="button"
          className={`rb-problem rb-problem-${problem.severity} ${on ? "rb-on" : ""}`}
          onClick={() => go(n)}
          onDoubleClick={() => id && useCanvas.getState().select([id], true)}
        >
          <ProblemWords problem={problem} name={name} />
        </button>
        {problem.code === "nobody-yet" && <Link to="/tasks/team">{t("problems.addStaff")}</Link>}
      </li>
    );
  };
  return (
    <Frame title={t("problems.title")} sign="warn">
      <div className="rb-row" style={{ marginBottom: 12 }} role="status">
        {GRAVEST.map((severity) => (
          <span key={severity} className={`rb-tally rb-tally-${severity}`}>
            {t(`severity.${severity}`)} <b className="numbers">{counts[severity]}</b>
          </span>
        ))}
        {sorted.length > 1 && (
          <button
            type="button"
            className="rb-tool"
            style={{ marginLeft: "auto" }}
            onClick={() => go((at + 1) % sorted.length)}
          >
            {t("problems.next")} →
          </button>
        )}
      </div>
      {of === null && <p className="rb-quiet">{t("problems.checking")}</p>}
      {of !== null && sorted.length === 0 && <p className="rb-said">✓ {t("problems.none")}</p>}
      <ul className="rb-list">{pressing.map((problem) => row(problem))}</ul>
      {remarks.length > 0 && (
        <details className="rb-remarks" open={pressing.length === 0}>
          <summary>{t("problems.remarks", { count: remarks.length })}</summary>
          <ul className="rb-list">{remarks.map((problem) => row(problem))}</ul>
        </details>
      )}
    </Frame>
  );
}

/** What is wrong, with the field and the node that it is about. */
export function ProblemWords({ problem, name }: { problem: CheckProblem; name: string }) {
  const { t } = useTranslation("canvas");
  const lang = useCanvas((state) => state.names.lang);
  return (
    <span>
      <PinnedField problem={problem} />
      {problem.message[lang]}
      <small>
        {t(`severity.${problem.severity}`)} · {name}
      </small>
    </span>
  );
}
