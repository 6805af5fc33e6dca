import { Skeleton } from "antd";
import { useTranslation } from "react-i18next";

import { useContactRewards } from "@/api/rewards";
import { minute } from "@/parts/dates";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { StatusPill, type Tone } from "@/parts/StatusPill";

import css from "./Rewards.module.css";

const TONES: Record<string, Tone> = { issued: "brand", redeemed: "good", expired: "quiet", void: "quiet" };

/** What one customer has: coupons, points with the last lines, and whom he brought. */
export function ContactRewards({ contact }: { contact: number }) {
  const { t } = useTranslation();
  const { data, error } = useContactRewards(contact);
  if (error) return <ProblemAlert problem={error} />;
  if (!data) return <Skeleton active paragraph={{ rows: 2 }} />;
  if (data.coupons.length + data.points.length + data.brought.length === 0)
    return <p className={css.quiet}>{t("rewards.nothing")}</p>;
  return (
    <div className={css.rows}>
      {data.points.map((account) => (
        <div key={account.scheme}>
          <div className={css.line}>
            <span>{account.name}</span>
            <strong>{account.balance.toLocaleString()}</strong>
          </div>
          <ul className={css.list}>
            {account.lines.slice(0, 4).map((line, place) => (
              <li key={place} className={`${css.line} ${css.quiet}`}>
                <span>
                  {t(`rewards.act.${line.act}`)} {line.reason}
                </span>
                <span>
                  {line.amount > 0 ? "+" : ""}
                  {line.amount}
                </span>
              </li>
            ))}
          </ul>
        </div>
      ))}
      <ul className={css.list}>
        {data.coupons.slice(0, 8).map((one) => (
          <li key={`${one.pool}${one.code}${one.issued_at}`} className={css.line}>
            <span>
              {one.value || one.pool_name}
              <br />
              <span className={css.quiet}>
                <span className={css.code}>{one.code}</span>
                {one.expires_at && ` · ${t("rewards.until", { at: minute(one.expires_at) })}`}
              </span>
            </span>
            <StatusPill tone={TONES[one.state] ?? "quiet"}>{t(`rewards.state.${one.state}`)}</StatusPill>
          </li>
        ))}
      </ul>
      {data.brought.map((one) => (
        <div key={one.program} className={css.line}>
          <span>{one.name}</span>
          <span>{t("rewards.broughtCount", { count: one.count })}</span>
        </div>
      ))}
    </div>
  );
}
