/** The frame that all side panels share: title, a way to close, what is wrong with the thing, and its end. */
import { Button } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { Glyph } from "../look/Glyph";
import type { CheckProblem } from "@/api/types";

import type { Id } from "../model/definition";
import { kindOf } from "../model/kinds";
import { find } from "../model/lookup";
import { fieldWords } from "../model/paths";
import { useCanvas } from "../store";

interface Props {
  title: string;
  sign: string;
  group?: string;
  id?: Id;
  children: ReactNode;
  foot?: ReactNode;
  /** Nothing in it changes the drawing, so those who may only look may use it. */
  reading?: boolean;
}

export function Frame({ title, sign, group = "flow", id, children, foot, reading }: Props) {
  const { t } = useTranslation("canvas");
  const readOnly = useCanvas((state) => state.readOnly);
  const { setSide, remove } = useCanvas.getState();
  return (
    <aside className={`rb-side rb-over rb-group-${group}`} aria-label={title}>
      <header className="rb-side-head">
        <span className="rb-sign">
          <Glyph name={sign} group={group} size={18} />
        </span>
        <h2 title={title}>{title}</h2>
        {id && !readOnly && (
          <button
            type="button"
            className="rb-mini"
            title={t("remove")}
            aria-label={t("remove")}
            onClick={() => remove([id])}
          >
            <Glyph name="bin" size={17} />
          </button>
        )}
        <button
          type="button"
          className="rb-mini"
          title={`${t("close")} Esc`}
          aria-label={t("close")}
          onClick={() => setSide(null)}
        >
          <Glyph name="close" size={18} />
        </button>
      </header>
      <div className="rb-side-body">
        {id && <OwnProblems id={id} />}
        <fieldset className="rb-plain" disabled={readOnly && !reading}>
          {children}
        </fieldset>
        {foot}
      </div>
    </aside>
  );
}

function OwnProblems({ id }: { id: Id }) {
  const problems = useCanvas((state) => state.problems.byNode.get(id));
  const lang = useCanvas((state) => state.names.lang);
  const { t } = useTranslation("canvas");
  if (!problems) return null;
  return (
    <ul className="rb-list" style={{ marginBottom: 14 }}>
      {problems.map((problem, n) => (
        <li key={n} className={`rb-problem rb-problem-${problem.severity}`} style={{ cursor: "default" }}>
          <span>
            <b>{t(`severity.${problem.severity}`)}</b> <PinnedField problem={problem} />{" "}
            {problem.message[lang]}
          </span>
        </li>
      ))}
    </ul>
  );
}

export const DangerButton = ({ word, onPress }: { word: string; onPress(): void }) => (
  <Button danger type="text" onClick={onPress}>
    {word}
  </Button>
);

/** The field that a problem is about, by its title. */
export function PinnedField({ problem }: { problem: CheckProblem }) {
  const words = useCanvas((state) => {
    const found = find(state.history.present, problem.node);
    const { catalogue } = state;
    const form =
      found?.is === "step"
        ? kindOf(catalogue, found.step.kind)?.form
        : found?.is === "entry"
          ? catalogue.entries.find((one) => one.type === found.entry.on.type)?.form
          : found?.is === "arrow" && "on" in found.arrow
            ? catalogue.arrows.find((one) => "on" in found.arrow && one.type === found.arrow.on.type)?.form
            : undefined;
    return form ? fieldWords(form, problem.path, state.names.lang) : "";
  });
  return words ? <span>{words} · </span> : null;
}
