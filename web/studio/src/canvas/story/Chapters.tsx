/** The story itself: stage by stage, line by line, with what the rules saw and every message. */
import { useTranslation } from "react-i18next";

import type { Message } from "@/api/types";
import { DateText } from "@/parts/DateText";
import { StatusPill, type Tone } from "@/parts/StatusPill";

import { isStageArrow, type Definition, type Rule } from "../model/definition";
import { findArrow, findStep } from "../model/lookup";
import { exitsFor } from "../flow/sizes";
import { useSight } from "../flow/sight";
import { sayArrow, sayWhere } from "../model/words/arrow";
import { typeset } from "../model/words/names";
import { sayField, sayOperator, sayRule, takesNoValue } from "../model/words/rule";
import { useCanvas } from "../store";
import { valueText, type Chapter, type Line } from "./lines";

export function Chapters({ chapters, drawing }: { chapters: readonly Chapter[]; drawing: Definition }) {
  const { t } = useTranslation("canvas");
  return (
    <ol className="rb-story">
      {chapters.map((chapter, n) => (
        <li key={n}>
          <h4>
            {chapter.name || t("trail.open")}
            <DateText iso={chapter.at} as="minute" />
          </h4>
          <ol>
            {chapter.lines.map((line, m) => (
              <StoryLine key={m} line={line} drawing={drawing} />
            ))}
          </ol>
        </li>
      ))}
    </ol>
  );
}

function StoryLine({ line, drawing }: { line: Line; drawing: Definition }) {
  const sight = useSight();
  const { crumb } = line;
  const words = useLineWords(drawing);
  const { what, why } = words(line);
  const id = crumb.step ?? crumb.stage;
  return (
    <li className={`rb-story-line rb-op-${crumb.op}`}>
      <button type="button" className="rb-linklike" onClick={() => id && sight.show([id])}>
        {what}
      </button>
      <DateText iso={crumb.at} as="minute" />
      {why && <p>{why}</p>}
      {line.saw.length > 0 && <Seen saw={line.saw} />}
      {line.messages.map((message) => (
        <MessageCard key={message.id} message={message} />
      ))}
    </li>
  );
}

/** What each comparison asked, what it saw, and whether it held. */
function Seen({ saw }: { saw: Line["saw"] }) {
  const { t } = useTranslation("canvas");
  const names = useCanvas((state) => state.names);
  return (
    <ul className="rb-saw" aria-label={t("people.saw")}>
      {saw.map(({ field, name, operator, value, saw: seen, held }, n) => {
        const title = name.zh === field ? sayField(field, names) : name[names.lang];
        const asked = [sayOperator(operator, names.lang), takesNoValue(operator) ? "" : valueText(value)];
        return (
          <li key={n} className={held === false ? "rb-saw-not" : ""}>
            {held !== null && (
              <i aria-label={t(held ? "people.held-true" : "people.held-false")}>{held ? "✓" : "✗"}</i>
            )}
            <span>{typeset([title, ...(operator ? asked : [])].filter(Boolean).join(" "))}</span>
            <b>{t("people.sawValue", { value: valueText(seen) })}</b>
          </li>
        );
      })}
    </ul>
  );
}

const TONES: Record<Message["status"], Tone> = {
  pending: "brand",
  sending: "brand",
  sent: "good",
  delivered: "good",
  failed: "bad",
  withdrawn: "quiet",
  expired: "quiet",
  refused: "warn",
  unknown: "warn",
};

function MessageCard({ message }: { message: Message }) {
  const { t } = useTranslation();
  const said = message.rendered?.text ?? message.content;
  return (
    <div className="rb-letter">
      <div className="rb-letter-head">
        <span className="rb-quiet">{t(`carriers.${message.carrier}`)}</span>
        <StatusPill tone={TONES[message.status]}>{t(`messageStatus.${message.status}`)}</StatusPill>
        {message.sent_at && <DateText iso={message.sent_at} as="minute" />}
      </div>
      <p title={said}>{said}</p>
      {message.reason && <p className="rb-letter-why">{message.reason}</p>}
    </div>
  );
}

/** What a line says, and why it happened. */
function useLineWords(drawing: Definition): (line: Line) => { what: string; why: string } {
  const { t } = useTranslation("canvas");
  const names = useCanvas((state) => state.names);
  const catalogue = useCanvas((state) => state.catalogue);
  const arrowWords = (id: string | null): string => {
    const arrow = findArrow(drawing, id);
    if (!arrow || !isStageArrow(arrow)) return "";
    const where = sayWhere(arrow.where, names);
    return sayArrow(arrow, names) + (where ? ` ◇ ${where}` : "");
  };
  const reason = (code: unknown): string =>
    typeof code === "string" ? t(`because.${code}`, { defaultValue: code }) : "";
  return ({ crumb, saw }) => {
    const { detail } = crumb;
    const name = crumb.step_name ?? crumb.step ?? crumb.stage_name ?? crumb.stage ?? "";
    const step = findStep(drawing, crumb.step);
    switch (crumb.op) {
      case "open":
        return { what: t("trail.open"), why: "" };
      case "stage":
        return { what: t("people.cameBy"), why: typeset(arrowWords(crumb.arrow)) };
      case "through":
        return { what: t("trail.through"), why: typeset(arrowWords(crumb.arrow)) };
      case "step": {
        const exits = step ? exitsFor(step, catalogue, names.lang) : [];
        const exit = exits.find((one) => one.id === crumb.exit);
        const only = exits.filter((one) => !one.side).length <= 1 && !exit?.side;
        const left = exit && !only ? ` → ${names.event(exit.title)}` : "";
        const rule = ruleOf(step?.config, crumb.exit);
        const asked = rule && saw.length === 0 ? typeset(sayRule(rule, names)) : "";
        const why = reason(detail?.because) || asked;
        return { what: `${name}${left}`, why };
      }
      case "hold":
        return {
          what: t("people.held", { name }),
          why: reason(detail?.because),
        };
      case "end":
        return {
          what: t("people.endedAs", {
            result: t(`result.${String(detail?.result)}`, { defaultValue: String(detail?.result ?? "") }),
          }),
          why: typeset(arrowWords(crumb.arrow)),
        };
      case "goal": {
        const goal = drawing.goals.find((one) => one.id === detail?.goal);
        return { what: t("people.reached", { name: goal?.name ?? String(detail?.goal ?? "") }), why: "" };
      }
      default: {
        const told = crumb.words?.[names.lang];
        const plain = `${t(`trail.${crumb.op}`, { defaultValue: crumb.op })} ${name}`;
        return { what: told ? typeset(told) : plain, why: told ? "" : typeset(arrowWords(crumb.arrow)) };
      }
    }
  };
}

/** The rule of the exit by which a branch was left. */
function ruleOf(config: Record<string, unknown> | undefined, exit: string | null): Rule | null {
  const rules = config?.rules;
  if (!Array.isArray(rules)) return null;
  const own = rules.find((one: { exit?: string }) => one.exit === exit) as { rule?: Rule } | undefined;
  return own?.rule ?? null;
}
