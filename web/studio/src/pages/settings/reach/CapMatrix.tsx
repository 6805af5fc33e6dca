import { Button, InputNumber, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Cap, WhenFull, Who } from "@/api/reach";
import { useDimensions } from "@/api/tiers";
import { Icon } from "@/parts/Icon";

import { CARRIERS, PERIODS, usePeriod } from "./choices";
import css from "./Reach.module.css";

interface Row {
  id: string;
  title: string;
  who: Who | null;
}

const idOf = (who: Who | null) => (who ? (who.tag ? `tag:${who.tag}` : `${who.tier}:${who.level}`) : "all");
const inCell = (cap: Cap, row: Row, carrier: string) =>
  idOf(cap.who) === row.id && (carrier === "" ? cap.carriers.length === 0 : cap.carriers.includes(carrier));

/** Caps by whom and by which carrier; the first column counts all carriers together. */
export function CapMatrix({ caps, onChange }: { caps: Cap[]; onChange?: (caps: Cap[]) => void }) {
  const { t } = useTranslation();
  const rows = useRows(caps);
  const columns = ["", ...CARRIERS];
  const [open, setOpen] = useState<{ row: string; carrier: string } | null>(null);
  const row = rows.find(({ id }) => id === open?.row);
  const mine = row ? caps.filter((cap) => inCell(cap, row, open?.carrier ?? "")) : [];
  return (
    <>
      <div className={css.wide} role="region" aria-label={t("reach.caps")} tabIndex={0}>
        <table className={css.matrix}>
          <thead>
            <tr>
              <th scope="col">{t("reach.who")}</th>
              {columns.map((carrier) => (
                <th scope="col" key={carrier}>
                  {carrier ? t(`carriers.${carrier}`) : t("reach.together")}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.id}>
                <th scope="row">{row.title}</th>
                {columns.map((carrier) => (
                  <td key={carrier}>
                    <Cell
                      row={row}
                      carrier={carrier}
                      caps={caps}
                      open={open?.row === row.id && open.carrier === carrier}
                      onOpen={onChange && (() => setOpen({ row: row.id, carrier }))}
                    />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {row && open && onChange && (
        <section className={css.editing} aria-label={t("reach.capsOf", { where: row.title })}>
          <strong>
            {row.title} · {open.carrier ? t(`carriers.${open.carrier}`) : t("reach.together")}
          </strong>
          <CellForm
            mine={mine}
            fresh={fresh(row, open.carrier)}
            onChange={(now) => onChange([...caps.filter((cap) => !mine.includes(cap)), ...now])}
          />
        </section>
      )}
    </>
  );
}

function useRows(caps: Cap[]): Row[] {
  const { t } = useTranslation();
  const dimensions = (useDimensions().data ?? []).filter(
    (one) => one.kind === "rules" || caps.some((cap) => cap.who?.tier === one.key),
  );
  const levels = dimensions.flatMap((one) =>
    one.levels.map((level) => ({
      id: `${one.key}:${level.key}`,
      title: `${one.name} · ${level.name}`,
      who: { tier: one.key, level: level.key },
    })),
  );
  const tags = [...new Set(caps.flatMap((cap) => (cap.who?.tag ? [cap.who.tag] : [])))];
  return [
    { id: "all", title: t("reach.everybody"), who: null },
    ...levels,
    ...tags.map((tag) => ({ id: `tag:${tag}`, title: `# ${tag}`, who: { tag } })),
  ];
}

interface CellProps {
  row: Row;
  carrier: string;
  caps: Cap[];
  open: boolean;
  onOpen?: () => void;
}

function Cell({ row, carrier, caps, open, onOpen }: CellProps) {
  const { t } = useTranslation();
  const period = usePeriod();
  const shown = caps
    .filter((cap) => inCell(cap, row, carrier))
    .map((cap) => (
      <span key={`${cap.most} ${cap.per}`} className={css.cap} data-full={cap.when_full}>
        <b>{cap.most}</b> / {period(cap.per)}
      </span>
    ));
  if (!onOpen) return <>{shown}</>;
  const where = `${row.title} · ${carrier ? t(`carriers.${carrier}`) : t("reach.together")}`;
  return (
    <button type="button" className={css.cell} aria-expanded={open} onClick={onOpen}>
      <span className={css.hidden}>{t("reach.capsOf", { where })}</span>
      {shown.length > 0 ? shown : <Icon name="plus" size={14} />}
    </button>
  );
}

const fresh = (row: Row, carrier: string): Cap => ({
  most: 2,
  per: "P7D",
  carriers: carrier ? [carrier] : [],
  who: row.who,
  when_full: "hold",
});

interface FormProps {
  mine: Cap[];
  fresh: Cap;
  onChange: (mine: Cap[]) => void;
}

function CellForm({ mine, fresh: made, onChange }: FormProps) {
  const { t } = useTranslation();
  const period = usePeriod();
  const [id] = useState(() => Math.random().toString(36).slice(2));
  const change = (n: number, to: Partial<Cap>) =>
    onChange(mine.map((cap, place) => (place === n ? { ...cap, ...to } : cap)));
  return (
    <div className={css.form}>
      {mine.map((cap, n) => (
        <div key={`${id}${n}`} className={css.formRow}>
          <InputNumber
            aria-label={t("reach.most")}
            min={0}
            max={1000}
            value={cap.most}
            onChange={(most) => change(n, { most: most ?? 0 })}
          />
          <Select
            aria-label={t("reach.per")}
            value={cap.per}
            options={[...new Set([...PERIODS, cap.per])].map((per) => ({ value: per, label: period(per) }))}
            onChange={(per: string) => change(n, { per })}
          />
          <Select<WhenFull>
            aria-label={t("reach.whenFull")}
            value={cap.when_full}
            options={(["hold", "refuse"] as const).map((value) => ({
              value,
              label: t(`reach.full.${value}`),
            }))}
            onChange={(when_full) => change(n, { when_full })}
          />
          <Button
            type="text"
            aria-label={t("reach.remove")}
            icon={<Icon name="close" size={16} />}
            onClick={() => onChange(mine.filter((_, place) => place !== n))}
          />
        </div>
      ))}
      <Button size="small" icon={<Icon name="plus" size={14} />} onClick={() => onChange([...mine, made])}>
        {t("reach.addCap")}
      </Button>
    </div>
  );
}
