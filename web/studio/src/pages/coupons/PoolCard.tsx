import { Button, Progress } from "antd";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { address } from "@/api/client";
import { useUploadCodes, type Pool } from "@/api/rewards";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { StatusPill } from "@/parts/StatusPill";

import css from "./Rewards.module.css";

const percent = (share: number) => `${Math.round(share * 100)}%`;

/** One pool: a bar of used, given and left, and thirty days of both. */
export function PoolCard({ pool, onEdit }: { pool: Pool; onEdit: (() => void) | undefined }) {
  const { t } = useTranslation();
  const all = pool.issued + (pool.left ?? 0) || 1;
  const bar = t("rewards.bar", {
    used: pool.redeemed,
    issued: pool.issued,
    left: pool.left ?? t("rewards.noLimit"),
  });
  return (
    <section className={css.card} aria-label={pool.name}>
      <div className={css.cardHead}>
        <div>
          <h2>{pool.name}</h2>
          <p className={css.worth}>{pool.value}</p>
          <p className={css.quiet}>
            <span className={css.code}>{pool.key}</span> · {t(`rewards.kind.${pool.kind}`)}
          </p>
        </div>
        <State pool={pool} />
      </div>
      <div className={css.bar} role="img" aria-label={bar}>
        <span className={css.used} style={{ width: percent(pool.redeemed / all) }} />
        <span className={css.given} style={{ width: percent((pool.issued - pool.redeemed) / all) }} />
      </div>
      <dl className={css.numbers}>
        <Number title={t("rewards.issued")} value={pool.issued.toLocaleString()} />
        <Number title={t("rewards.redeemed")} value={pool.redeemed.toLocaleString()} />
        <Number title={t("rewards.left")} value={pool.left?.toLocaleString() ?? t("rewards.noLimit")} />
        <Number title={t("rewards.useRate")} value={pool.use_rate === null ? "—" : percent(pool.use_rate)} />
      </dl>
      {pool.issued > 0 && <Days pool={pool} />}
      {pool.progress < 1 && (
        <div>
          <p className={css.quiet}>
            {t("rewards.making", {
              made: pool.made.toLocaleString(),
              total: pool.total?.toLocaleString() ?? "",
            })}
          </p>
          <Progress percent={Math.floor(pool.progress * 100)} size="small" aria-label={t("rewards.codes")} />
        </div>
      )}
      {onEdit && <Acts pool={pool} onEdit={onEdit} />}
    </section>
  );
}

function Number({ title, value }: { title: string; value: string }) {
  return (
    <div>
      <dt>{title}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function State({ pool }: { pool: Pool }) {
  const { t } = useTranslation();
  if (pool.state === "off") return <StatusPill tone="quiet">{t("rewards.off")}</StatusPill>;
  if (pool.progress < 1) return <StatusPill tone="brand">{t("rewards.filling")}</StatusPill>;
  if (pool.left === 0) return <StatusPill tone="warn">{t("rewards.empty")}</StatusPill>;
  return <StatusPill tone="good">{t("rewards.on")}</StatusPill>;
}

/** Issued on each of thirty days, and over it what was used. */
function Days({ pool }: { pool: Pool }) {
  const { t } = useTranslation();
  const most = Math.max(1, ...pool.days.flatMap((day) => [day.issued, day.redeemed]));
  const width = 100 / pool.days.length;
  return (
    <svg
      className={css.days}
      viewBox="0 0 100 44"
      preserveAspectRatio="none"
      role="img"
      aria-label={t("rewards.daysLabel")}
    >
      {pool.days.map((day, place) => (
        <g key={day.day}>
          <rect
            className={css.dayGiven}
            x={place * width}
            width={width * 0.8}
            y={44 - (42 * day.issued) / most}
            height={(42 * day.issued) / most}
          />
          <rect
            className={css.dayUsed}
            x={place * width + width * 0.2}
            width={width * 0.4}
            y={44 - (42 * day.redeemed) / most}
            height={(42 * day.redeemed) / most}
          />
        </g>
      ))}
    </svg>
  );
}

function Acts({ pool, onEdit }: { pool: Pool; onEdit: () => void }) {
  const { t } = useTranslation();
  const picker = useRef<HTMLInputElement>(null);
  const [share, setShare] = useState(0);
  const upload = useUploadCodes(pool.key, setShare);
  return (
    <>
      <ProblemAlert problem={upload.error} />
      {upload.isPending && <Progress percent={Math.floor(share * 100)} size="small" />}
      {upload.data && <p className={css.quiet}>{t("rewards.uploaded", { ...upload.data })}</p>}
      <div className={css.foot}>
        <Button size="small" onClick={onEdit}>
          {t("rewards.edit")}
        </Button>
        {pool.kind === "uploaded" && (
          <>
            <input
              ref={picker}
              hidden
              type="file"
              accept=".csv,.txt,text/csv,text/plain"
              aria-label={t("rewards.upload")}
              onChange={(event) => event.target.files?.[0] && upload.mutate(event.target.files[0])}
            />
            <Button size="small" loading={upload.isPending} onClick={() => picker.current?.click()}>
              {t("rewards.upload")}
            </Button>
          </>
        )}
        {pool.issued > 0 && (
          <Button size="small" type="text" href={address(`coupons/${pool.key}/issues.csv`)}>
            {t("rewards.export")}
          </Button>
        )}
      </div>
    </>
  );
}
