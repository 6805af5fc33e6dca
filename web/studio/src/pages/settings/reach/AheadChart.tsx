import { Skeleton } from "antd";
import { useTranslation } from "react-i18next";

import { useAhead, type Acts, type Ahead, type Setting } from "@/api/reach";
import { DateText } from "@/parts/DateText";
import { useWords } from "@/parts/language";
import { ProblemAlert } from "@/parts/ProblemAlert";

import css from "./Reach.module.css";

const ACTS = ["sent", "moved", "held", "refused"] as const;
const HEIGHT = 96;

/** The touches of the coming two weeks: what goes out, what is held and what is left out, because of what, for whom. */
export function AheadChart({ setting }: { setting?: Setting }) {
  const { t } = useTranslation();
  const ahead = useAhead(setting);
  if (ahead.error) return <ProblemAlert problem={ahead.error} onRetry={() => void ahead.refetch()} />;
  if (!ahead.data) return <Skeleton active />;
  const { data } = ahead;
  if (data.of === 0) return <p className={css.quiet}>{t("reach.nobody")}</p>;
  return (
    <>
      <p className={css.quiet}>
        {t(data.exact ? "reach.exact" : "reach.sample", { sample: data.sample, of: data.of })}
        {setting && <strong> {t("reach.tried")}</strong>}
      </p>
      <ul className={css.legend} aria-label={t("reach.legend")}>
        {ACTS.map((act) => (
          <li key={act} data-act={act}>
            {t(`reach.acts.${act}`)}
          </li>
        ))}
      </ul>
      <div className={css.charts}>
        {data.carriers.map((one) => (
          <Days key={one.carrier} carrier={one} days={data.days} />
        ))}
      </div>
      <div className={css.columns}>
        <Reasons data={data} />
        <StaffLoad data={data} />
      </div>
      <People data={data} />
    </>
  );
}

const sum = (acts: Acts) => ACTS.reduce((all, act) => all + acts[act], 0);

function Days({ carrier, days }: { carrier: Ahead["carriers"][number]; days: string[] }) {
  const { t } = useTranslation();
  const name = t(`carriers.${carrier.carrier}`, { defaultValue: carrier.carrier });
  const most = Math.max(1, ...carrier.per_day.map(sum));
  const total = (act: keyof Acts) => carrier.per_day.reduce((all, day) => all + day[act], 0);
  return (
    <figure className={css.chart}>
      <figcaption>
        <strong>{name}</strong>{" "}
        <span className={css.quiet}>
          {t("reach.totals", {
            sent: total("sent") + total("moved"),
            held: total("held"),
            refused: total("refused"),
            most: carrier.most_to_one,
          })}
        </span>
      </figcaption>
      <ol className={css.bars} aria-label={t("reach.perDay", { carrier: name })}>
        {carrier.per_day.map((acts, n) => {
          const day = (days[n] ?? "").slice(5);
          const said = ACTS.map((act) => `${t(`reach.acts.${act}`)} ${acts[act]}`).join("，");
          return (
            <li key={day} title={`${day}：${said}`}>
              <span className={css.stack} style={{ height: HEIGHT }}>
                {ACTS.map((act) => (
                  <span
                    key={act}
                    data-act={act}
                    style={{ height: Math.round((HEIGHT * acts[act]) / most) }}
                  />
                ))}
              </span>
              <small>{n % 2 === 0 ? day : ""}</small>
              <span className={css.hidden}>{`${day}：${said}`}</span>
            </li>
          );
        })}
      </ol>
    </figure>
  );
}

function Reasons({ data }: { data: Ahead }) {
  const { t } = useTranslation();
  const words = useWords();
  return (
    <div>
      <h3>{t("reach.because")}</h3>
      {data.reasons.length === 0 && <p className={css.quiet}>{t("reach.nothingHeld")}</p>}
      <ul className={css.reasons}>
        {data.reasons.map((one) => (
          <li key={one.act + one.because} data-act={one.act}>
            <b>{one.total}</b> {t(`reach.acts.${one.act}`)} · {words(one.words)}
          </li>
        ))}
      </ul>
    </div>
  );
}

function StaffLoad({ data }: { data: Ahead }) {
  const { t } = useTranslation();
  if (data.staff.length === 0) return null;
  return (
    <div>
      <h3>{t("reach.staff")}</h3>
      <ul className={css.reasons}>
        {data.staff.slice(0, 8).map((one) => (
          <li key={one.staff_id}>
            {t("reach.staffLoad", { name: one.name, touches: one.touches, people: one.people })}
          </li>
        ))}
      </ul>
    </div>
  );
}

function People({ data }: { data: Ahead }) {
  const { t } = useTranslation();
  const words = useWords();
  if (data.people.length === 0) return null;
  return (
    <div className={css.wide} role="region" aria-label={t("reach.people")} tabIndex={0}>
      <h3>{t("reach.people")}</h3>
      <table className={css.people}>
        <tbody>
          {data.people.slice(0, 12).map((one, n) => (
            <tr key={n}>
              <th scope="row">{one.name || t("reach.noName")}</th>
              <td>{`${one.journey_name} · ${one.step_name}`}</td>
              <td>{t(`carriers.${one.carrier}`, { defaultValue: one.carrier })}</td>
              <td>
                <DateText iso={one.at} as="minute" />
              </td>
              <td data-act={one.act}>{t(`reach.acts.${one.act}`)}</td>
              <td>{words(one.because)}</td>
              <td>{one.until && <DateText iso={one.until} as="minute" />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
