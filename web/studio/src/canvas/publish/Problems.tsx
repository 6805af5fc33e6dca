/** What stands in the way of publishing, and what whoever publishes should know. */
import { useTranslation } from "react-i18next";

import { useCarriers } from "@/api/catalogue";
import type { CheckProblem } from "@/api/types";
import { useWords } from "@/parts/language";

import { useSight } from "../flow/sight";
import { find } from "../model/lookup";
import { ProblemWords } from "../panels/ProblemsPanel";
import { nameOf } from "../panels/StagePanel";
import { selectDefinition, useCanvas } from "../store";

const MOST = 6;

export function ProblemLines({ problems }: { problems: readonly CheckProblem[] }) {
  const { t } = useTranslation("canvas");
  const definition = useCanvas(selectDefinition);
  const sight = useSight();
  return (
    <ul className="rb-list">
      {problems.slice(0, MOST).map((problem, n) => (
        <li key={n}>
          <button
            type="button"
            className={`rb-problem rb-problem-${problem.severity}`}
            onClick={() => {
              if (!find(definition, problem.node)) return useCanvas.getState().setSide("problems");
              useCanvas.getState().select([problem.node]);
              sight.show([problem.node]);
            }}
          >
            <ProblemWords
              problem={problem}
              name={find(definition, problem.node) ? nameOf(definition, problem.node) : t("problems.journey")}
            />
          </button>
        </li>
      ))}
      {problems.length > MOST && (
        <li className="rb-quiet">{t("publish.more", { count: problems.length - MOST })}</li>
      )}
    </ul>
  );
}

/** Carriers without an account take messages into the sandbox; whoever publishes should know which. */
export function SandboxedCarriers() {
  const { t } = useTranslation("canvas");
  const words = useWords();
  const carriers = useCarriers().data ?? [];
  const used = useCanvas((state) =>
    state.history.present.steps.map((step) => String(step.config.carrier ?? "")).join(),
  );
  const sandboxed = carriers.filter((one) => !one.has_account && used.split(",").includes(one.carrier));
  if (sandboxed.length === 0) return null;
  return (
    <p className="rb-quiet">
      {t("publish.sandbox", { carriers: sandboxed.map((one) => words(one.title)).join("、") })}
    </p>
  );
}
