import { Button, Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useContactTiers, useDimensions, type ContactTier, type Dimension } from "@/api/tiers";
import { useMay } from "@/api/session";
import { DateText } from "@/parts/DateText";
import { fromNow } from "@/parts/dates";
import { useLanguage } from "@/parts/language";
import { ProblemAlert } from "@/parts/ProblemAlert";

import { OverrideDialog } from "./OverrideDialog";
import css from "./Tiers.module.css";

/** Where one customer stands in each dimension, when time changes that, and what changed so far. */
export function ContactTiers({ contact }: { contact: number }) {
  const { t } = useTranslation();
  const lang = useLanguage();
  const { data, error } = useContactTiers(contact);
  const { data: dimensions } = useDimensions();
  const mayEdit = useMay("editor");
  const [asked, setAsked] = useState(false);
  if (error) return <ProblemAlert problem={error} />;
  if (!data || !dimensions) return <Skeleton active title={false} paragraph={{ rows: 3 }} />;
  if (data.items.length === 0) return <p className={css.quiet}>{t("tierOverride.none")}</p>;
  const named = new Map(dimensions.map((one) => [one.key, one]));
  const own = dimensions.filter((one) => one.kind === "rules");
  return (
    <div className={css.mine}>
      <dl className={css.standings}>
        {data.items.map((one) => (
          <Standing key={one.dimension} of={one} dimension={named.get(one.dimension)} />
        ))}
      </dl>
      {mayEdit && own.length > 0 && <Button onClick={() => setAsked(true)}>{t("tierOverride.open")}</Button>}
      <h3 className={css.small}>{t("tierOverride.changes")}</h3>
      {data.changes.length === 0 && <p className={css.quiet}>{t("tierOverride.noChanges")}</p>}
      <ul className={css.changes}>
        {data.changes.map((one) => (
          <li key={one.id}>
            <DateText iso={one.at} as="minute" /> {one.words[lang]}
          </li>
        ))}
      </ul>
      {asked && <OverrideDialog contact={contact} dimensions={own} onClose={() => setAsked(false)} />}
    </div>
  );
}

function Standing({ of, dimension }: { of: ContactTier; dimension: Dimension | undefined }) {
  const { t } = useTranslation();
  const level = dimension?.levels.find((one) => one.key === of.level);
  const natural = dimension?.levels.find((one) => one.key === of.natural)?.name ?? t("tiers.nowhere");
  return (
    <>
      <dt>{of.dimension_name}</dt>
      <dd>
        <span className={css.chip} style={{ borderColor: level?.color || undefined }}>
          {level?.name ?? t("tiers.nowhere")}
        </span>{" "}
        <span className={css.quiet}>
          {of.since && t("tierOverride.since", { when: fromNow(of.since) })}
          {of.override
            ? ` · ${t("tiers.daysLeft", { count: of.override.days_left })} · ${t("tierOverride.natural", { level: natural })}`
            : of.falls_at && ` · ${t("tierOverride.falls", { when: fromNow(of.falls_at) })}`}
        </span>
      </dd>
    </>
  );
}
