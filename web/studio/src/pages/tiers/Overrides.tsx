import { Button, Popconfirm } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { useCancelOverride, useOverrides, type Dimension, type Override } from "@/api/tiers";
import { CursorTable, type Column } from "@/parts/CursorTable";
import { DateText } from "@/parts/DateText";
import { ProblemAlert } from "@/parts/ProblemAlert";

import css from "./Tiers.module.css";

/** Overrides that are open, each with the days left until it is judged. */
export function Overrides({ dimensions, mayEdit }: { dimensions: Dimension[]; mayEdit: boolean }) {
  const { t } = useTranslation();
  const list = useOverrides();
  const cancel = useCancelOverride();
  const columns: Column<Override>[] = [
    {
      id: "contact",
      title: t("tiers.contact"),
      cell: (one) => <Link to={`/contacts/${one.contact_id}`}>{one.name || `#${one.contact_id}`}</Link>,
    },
    {
      id: "dimension",
      title: t("tiers.dimension"),
      width: 130,
      minor: true,
      cell: (one) => one.dimension_name,
    },
    { id: "level", title: t("tiers.level"), width: 90, cell: (one) => <b>{one.level_name}</b> },
    {
      id: "measure",
      title: t("tiers.measure"),
      cell: (one) => one.measure_words || <span className={css.quiet}>{t("tiers.noMeasure")}</span>,
    },
    { id: "reason", title: t("tiers.reason"), minor: true, cell: (one) => one.reason },
    {
      id: "left",
      title: t("tiers.left"),
      width: 120,
      cell: (one) => (
        <span title={one.until}>
          {t("tiers.daysLeft", { count: one.days_left })}
          <br />
          <DateText iso={one.until} as="minute" />
        </span>
      ),
    },
    {
      id: "cancel",
      title: "",
      width: 110,
      cell: (one) =>
        mayEdit && (
          <Popconfirm
            title={t("tiers.cancelSure")}
            okText={t("tiers.cancel")}
            cancelText={t("parts.cancel")}
            onConfirm={() => cancel.mutate(one.id)}
          >
            <Button size="small">{t("tiers.cancel")}</Button>
          </Popconfirm>
        ),
    },
  ];
  const watched = dimensions.reduce((sum, one) => sum + one.overrides, 0);
  return (
    <section className={css.section}>
      <h2>{t("tiers.overrides")}</h2>
      <p className={css.quiet}>{t("tiers.overridesLead")}</p>
      <ProblemAlert problem={cancel.error} />
      {watched === 0 && list.rows?.length === 0 ? (
        <p className={css.quiet}>{t("tiers.noOverrides")}</p>
      ) : (
        <CursorTable
          label={t("tiers.overrides")}
          list={list}
          columns={columns}
          rowKey={(one) => String(one.id)}
          empty={null}
        />
      )}
    </section>
  );
}
