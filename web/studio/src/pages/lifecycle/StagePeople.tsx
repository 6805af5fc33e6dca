import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";

import { useStagePeople, type Lifecycle, type LifeStage, type Stands } from "@/api/matching";
import { useMakeSegment } from "@/api/segments";
import { useMay } from "@/api/session";
import { CursorTable, type Column } from "@/parts/CursorTable";
import { DateText } from "@/parts/DateText";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { SideSheet } from "@/parts/SideSheet";

interface StagePeopleProps {
  life: Lifecycle;
  stage: LifeStage;
  onClose: () => void;
}

/** Who is in a stage, and the way to a segment of them. */
export function StagePeople({ life, stage, onClose }: StagePeopleProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const list = useStagePeople(life.key, stage.key);
  const make = useMakeSegment();
  const mayEdit = useMay("editor");
  const save = () =>
    make.mutate(
      {
        name: t("lifecycle.segmentName", { life: life.name, stage: stage.name }),
        kind: "rule",
        rule: { combinator: "and", rules: [{ field: `tier.${life.key}`, operator: "=", value: stage.key }] },
      },
      { onSuccess: (made) => void navigate(`/segments/${made.key}`) },
    );
  const columns: Column<Stands>[] = [
    {
      id: "contact",
      title: t("lifecycle.contact"),
      cell: (one) => <Link to={`/contacts/${one.contact_id}`}>{one.name || `#${one.contact_id}`}</Link>,
    },
    { id: "since", title: t("lifecycle.since"), width: 140, cell: (one) => <DateText iso={one.since} /> },
  ];
  const title = t("lifecycle.peopleOf", { stage: stage.name });
  return (
    <SideSheet
      open
      mask={false}
      size={460}
      onClose={onClose}
      title={title}
      extra={
        mayEdit && (
          <Button type="primary" loading={make.isPending} onClick={save}>
            {t("lifecycle.segment")}
          </Button>
        )
      }
    >
      <ProblemAlert problem={make.error} />
      <CursorTable
        label={title}
        list={list}
        columns={columns}
        rowKey={(one) => one.contact_id}
        empty={t("lifecycle.nobody")}
      />
    </SideSheet>
  );
}
