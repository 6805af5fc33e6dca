import { Progress, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { useJoins, type Code } from "@/api/codes";
import { DateText } from "@/parts/DateText";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { SideSheet } from "@/parts/SideSheet";

import css from "./Codes.module.css";

/** Joins a day, who got whom, and how near everybody is to his cap. */
export function CodeNumbers({ code, onClose }: { code: Code; onClose: () => void }) {
  const { t } = useTranslation();
  const { data, error } = useJoins(code.key);
  const most = Math.max(1, ...(data?.days.map((one) => one.joins) ?? []));
  return (
    <SideSheet open size={520} title={t("codes.numbersOf", { name: code.name })} onClose={onClose}>
      <ProblemAlert problem={error} />
      {!data && !error && <Skeleton active />}
      {data && (
        <>
          <h3 className={css.part}>{t("codes.days")}</h3>
          <div
            className={css.bars}
            role="img"
            aria-label={t("codes.daysWords", { count: data.days.reduce((sum, one) => sum + one.joins, 0) })}
          >
            {data.days.map((one) => (
              <span
                key={one.day}
                className={css.bar}
                style={{ height: `${(one.joins / most) * 100}%` }}
                title={`${one.day} · ${one.joins}`}
              />
            ))}
          </div>
          <h3 className={css.part}>{t("codes.who")}</h3>
          {data.staff.map((one) => (
            <div key={one.key} className={css.taker}>
              <span>{one.name}</span>
              <Progress
                aria-label={one.name}
                percent={one.cap ? Math.min(100, Math.round((one.today / one.cap) * 100)) : 0}
                showInfo={false}
                status={one.cap && one.today >= one.cap ? "exception" : "normal"}
              />
              <span className={css.quiet}>
                {one.cap
                  ? t("codes.ofCap", { today: one.today, cap: one.cap })
                  : t(one.fallback ? "codes.asFallback" : "codes.noCap", { today: one.today })}
              </span>
            </div>
          ))}
          <h3 className={css.part}>{t("codes.newest")}</h3>
          {data.newest.length === 0 && <p className={css.quiet}>{t("codes.nobody")}</p>}
          {data.newest.map((one) => (
            <div key={`${one.at}:${one.contact?.id}`} className={css.taker}>
              {one.contact ? (
                <Link to={`/contacts/${one.contact.id}`}>{one.contact.name || t("codes.newcomer")}</Link>
              ) : (
                <span>{t("codes.erased")}</span>
              )}
              <span className={css.quiet}>
                {t("codes.got", {
                  who: data.staff.find((s) => s.key === one.staff_key)?.name ?? one.staff_key,
                })}
              </span>
              <DateText iso={one.at} />
            </div>
          ))}
        </>
      )}
    </SideSheet>
  );
}
