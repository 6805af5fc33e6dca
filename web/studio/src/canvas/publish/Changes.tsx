/** Differences in words, stage by stage. Pressing one shows it on the canvas. */
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import type { Change, ChangeKind, Diff } from "@/api/changing";
import { useWords } from "@/parts/language";

import { complete, type Definition, type Id } from "../model/definition";
import { typeset } from "../model/words/names";
import { useMarks } from "./marks";
import { byStage, withCompany } from "./words";

const KINDS: ChangeKind[] = ["added", "removed", "changed", "moved"];
export const SIGNS: Record<ChangeKind, string> = { added: "＋", removed: "−", changed: "～", moved: "⇄" };

export function Tallies({ counts }: { counts: Diff["counts"] }) {
  const { t } = useTranslation("canvas");
  return (
    <span className="rb-tallies">
      {KINDS.filter((kind) => counts[kind] > 0).map((kind) => (
        <span key={kind} className={`rb-diff-tally rb-diff-${kind}`}>
          <i aria-hidden="true">{SIGNS[kind]}</i>
          {t(`diff.${kind}`)} <b className="numbers">{counts[kind]}</b>
        </span>
      ))}
    </span>
  );
}

interface Props {
  diff: Diff;
  onShow(node: Id, change: Change): void;
}

export function Changes({ diff, onShow }: Props) {
  const { t } = useTranslation("canvas");
  const list = useRef<HTMLDivElement>(null);
  const to = complete(diff.definitions.to as Partial<Definition>);
  const from = complete(diff.definitions.from as Partial<Definition>);
  const step = (by: number) => {
    const rows = [...(list.current?.querySelectorAll<HTMLButtonElement>(".rb-diff-row") ?? [])];
    const next = rows[rows.indexOf(document.activeElement as HTMLButtonElement) + by];
    next?.focus();
    next?.click();
  };
  return (
    <div
      ref={list}
      onKeyDown={(event) => {
        if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
        event.preventDefault();
        event.stopPropagation();
        step(event.key === "ArrowDown" ? 1 : -1);
      }}
    >
      {byStage(diff.changes, to, from).map((group) => (
        <div key={group.stage ?? ""} className="rb-diff-group">
          <h4>{group.name || t("diff.wholeJourney")}</h4>
          <ul className="rb-list">
            {withCompany(group.changes).map(({ change, company }, n) => (
              <ChangeRow
                key={`${change.node}-${change.what}-${n}`}
                change={change}
                company={company}
                onShow={onShow}
              />
            ))}
          </ul>
        </div>
      ))}
    </div>
  );
}

interface RowProps {
  change: Change;
  company: readonly Change[];
  onShow: Props["onShow"];
}

function ChangeRow({ change, company, onShow }: RowProps) {
  const { t } = useTranslation("canvas");
  const words = useWords();
  const at = useMarks((state) => state.at);
  const [open, setOpen] = useState(false);
  const valueOf = (value: Change["words"]) => typeset(words(value)) || "—";
  const on = at !== null && at === change.node;
  // Places, sizes and notes mean nothing to those inside.
  if (change.what === "note")
    return <li className="rb-quiet rb-diff-quiet">{typeset(words(change.words))}</li>;
  return (
    <li>
      <button
        type="button"
        className={`rb-diff-row ${on ? "rb-on" : ""}`}
        aria-expanded={change.fields.length > 0 ? open : undefined}
        onClick={() => {
          onShow(change.node, change);
          setOpen((was) => !was || !on);
        }}
      >
        <i className={`rb-diff-sign rb-diff-${change.change}`} aria-label={t(`diff.${change.change}`)}>
          {SIGNS[change.change]}
        </i>
        <span>
          {typeset(words(change.words))}
          {company.length > 0 && (
            <small className="rb-company" title={company.map((one) => typeset(words(one.words))).join("\n")}>
              {t("diff.company", { count: company.length })}
            </small>
          )}
        </span>
      </button>
      {open && change.fields.length > 0 && (
        <dl className="rb-diff-fields">
          {change.fields.map((field) => (
            <div key={field.path}>
              <dt>{typeset(words(field.name))}</dt>
              <dd>
                <del>{valueOf(field.before)}</del>
                <span aria-hidden="true">→</span>
                <ins>{valueOf(field.after)}</ins>
              </dd>
            </div>
          ))}
        </dl>
      )}
    </li>
  );
}
