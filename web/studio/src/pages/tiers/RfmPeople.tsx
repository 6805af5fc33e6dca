import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";

import { useMakeSegment } from "@/api/segments";
import { useMay } from "@/api/session";
import { useRfmPeople, type RfmCell, type Scored } from "@/api/tiers";
import { CursorTable, type Column } from "@/parts/CursorTable";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { SideSheet } from "@/parts/SideSheet";

/** Who is in one cell, and the way to a segment of them. */
export function RfmPeople({ run, cell, onClose }: { run: number; cell: RfmCell; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const list = useRfmPeople(run, cell.r, cell.f);
  const make = useMakeSegment();
  const mayEdit = useMay("editor");
  const place = { r: cell.r, f: cell.f };
  const rules = [
    { field: "tier.rfm_r", operator: "=", value: `r${cell.r}` },
    { field: "tier.rfm_f", operator: "=", value: `f${cell.f}` },
  ];
  const save = () =>
    make.mutate(
      { name: t("rfm.segmentName", place), kind: "rule", rule: { combinator: "and", rules } },
      { onSuccess: (made) => void navigate(`/segments/${made.key}`) },
    );
  const columns: Column<Scored>[] = [
    {
      id: "contact",
      title: t("rfm.contact"),
      cell: (one) => <Link to={`/contacts/${one.contact_id}`}>{one.name || `#${one.contact_id}`}</Link>,
    },
    {
      id: "days",
      title: t("rfm.days"),
      align: "end",
      width: 100,
      cell: (one) => <span className="numbers">{one.days}</span>,
    },
    {
      id: "orders",
      title: t("rfm.orders"),
      align: "end",
      width: 80,
      cell: (one) => <span className="numbers">{one.orders}</span>,
    },
    {
      id: "money",
      title: t("rfm.money"),
      align: "end",
      width: 110,
      cell: (one) => <span className="numbers">{one.money.toLocaleString("en-US")}</span>,
    },
  ];
  return (
    <SideSheet
      open
      mask={false}
      size={520}
      onClose={onClose}
      title={t("rfm.cell", place)}
      extra={
        mayEdit && (
          <Button type="primary" loading={make.isPending} onClick={save}>
            {t("rfm.makeSegment")}
          </Button>
        )
      }
    >
      <ProblemAlert problem={make.error} />
      <CursorTable
        label={t("rfm.cell", place)}
        list={list}
        columns={columns}
        rowKey={(one) => one.contact_id}
        empty={t("rfm.empty")}
      />
    </SideSheet>
  );
}
