/** What would come of it: day by day, each line with what the rules saw and what would be said. */
import { useTranslation } from "react-i18next";

import { DateText } from "@/parts/DateText";
import { minute } from "@/parts/dates";
import { StatusPill, type Tone } from "@/parts/StatusPill";

import { useSight } from "../flow/sight";
import { typeset } from "../model/words/names";
import { sayRule } from "../model/words/rule";
import { nameOf } from "../panels/StagePanel";
import { selectDefinition, useCanvas } from "../store";
import type { Answer, Seen, WouldSay } from "./ask";
import { daysOf, plain, type Line } from "./reading";

/** How long a date is in a minute such as `2026-03-02 10:00`. */
const DATE = 10;

export function Came({ answer }: { answer: Answer }) {
  const { t } = useTranslation("canvas");
  const days = daysOf(answer);
  return (
    <section className="rb-whatif-came" aria-label={t("whatIf.came")}>
      <Summary answer={answer} />
      {answer.kept_out && <KeptOut why={answer.kept_out} />}
      {days.length === 0 && !answer.kept_out && <p className="rb-quiet">{t("whatIf.nothing")}</p>}
      <ol className="rb-story">
        {days.map((day) => (
          <li key={day.n}>
            <h4>
              {t("play.day", { day: day.n })}
              <time dateTime={day.at}>{minute(day.at).slice(0, DATE)}</time>
            </h4>
            <ol>
              {day.lines.map((line, n) => (
                <LineOf key={n} line={line} />
              ))}
            </ol>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Summary({ answer }: { answer: Answer }) {
  const { t } = useTranslation("canvas");
  const definition = useCanvas(selectDefinition);
  const place = (at: { stage?: string | null; step?: string | null } | null) => {
    const id = at?.step ?? at?.stage;
    return id ? nameOf(definition, id) : null;
  };
  const { ends, standing } = answer;
  const sent = answer.messages.filter((one) => one.state === "sent");
  return (
    <dl className="rb-whatif-sum">
      <div>
        <dt>{t("whatIf.now")}</dt>
        <dd>{place(standing) ?? t("whatIf.outside")}</dd>
      </div>
      <div>
        <dt>{t("whatIf.atLast")}</dt>
        <dd>
          {ends
            ? t(`result.${ends.result}`, { defaultValue: ends.result })
            : (place(answer.place) ?? t("whatIf.outside"))}
        </dd>
      </div>
      <div>
        <dt>{t("play.messages")}</dt>
        <dd className="numbers">{sent.length}</dd>
      </div>
      {answer.goals.map((goal) => (
        <div key={goal.goal}>
          <dt>{t("play.goal")}</dt>
          <dd>{goal.name}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Why somebody would not get in, with what the rule saw. */
function KeptOut({ why }: { why: NonNullable<Answer["kept_out"]> }) {
  const { t } = useTranslation("canvas");
  const lang = useCanvas((state) => state.names.lang);
  return (
    <div className="rb-whatif-out">
      <b>{t("whatIf.keptOut")}</b> {typeset(why.words[lang])}
      {why.saw.length > 0 && <Saw saw={why.saw} />}
    </div>
  );
}

function LineOf({ line }: { line: Line }) {
  const lang = useCanvas((state) => state.names.lang);
  const { show } = useSight();
  const { told } = line;
  const id = told.step ?? told.stage;
  return (
    <li className={`rb-story-line rb-op-${told.op}`}>
      <button type="button" className="rb-linklike" onClick={() => id && show([id])}>
        {typeset(told.words[lang])}
      </button>
      <time className="numbers" dateTime={line.at}>
        {minute(line.at).slice(DATE + 1)}
      </time>
      {told.saw.length > 0 && <Saw saw={told.saw} />}
      {line.messages.map((message, n) => (
        <Letter key={n} message={message} />
      ))}
    </li>
  );
}

/** What a rule asked, the value that it saw, and whether that held. */
function Saw({ saw }: { saw: readonly Seen[] }) {
  const { t } = useTranslation("canvas");
  const names = useCanvas((state) => state.names);
  const asked = ({ field, operator, value }: Seen) =>
    typeset(sayRule({ combinator: "and", rules: [{ field, operator, value }] }, names));
  return (
    <ul className="rb-whatif-saw" aria-label={t("people.saw")}>
      {saw.map((one, n) => (
        <li key={n} className={one.held === false ? "rb-not-held" : "rb-held"}>
          <b aria-label={t(one.held === false ? "whatIf.notHeld" : "whatIf.held")}>
            {one.held === false ? "✗" : "✓"}
          </b>{" "}
          {asked(one)}
          <span>{t("whatIf.saw", { value: plain(one.saw) })}</span>
        </li>
      ))}
    </ul>
  );
}

const TONES: Record<WouldSay["state"], Tone> = { sent: "good", held: "brand", skipped: "warn" };

function Letter({ message }: { message: WouldSay }) {
  const { t } = useTranslation("canvas");
  const names = useCanvas((state) => state.names);
  return (
    <div className="rb-letter">
      <div className="rb-letter-head">
        <span className="rb-quiet">{names.carrier(message.carrier)}</span>
        <StatusPill tone={TONES[message.state]}>{t(`whatIf.state.${message.state}`)}</StatusPill>
        {message.until && <DateText iso={message.until} as="minute" />}
      </div>
      <p>{message.text ?? names.content(message.content)}</p>
      {message.because && <p className="rb-letter-why">{typeset(message.because[names.lang])}</p>}
    </div>
  );
}
