import { Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useSearchParams } from "react-router";

import { useGroups, useGroupsOverview, type Group } from "@/api/groups";
import { useMay } from "@/api/session";
import { AudienceTabs } from "@/pages/audience/AudienceTabs";
import { Count } from "@/parts/Count";
import { CursorTable } from "@/parts/CursorTable";
import { EmptyState } from "@/parts/EmptyState";
import { Icon } from "@/parts/Icon";
import { useWords } from "@/parts/language";
import { Page } from "@/parts/Page";
import { PageHead } from "@/parts/PageHead";
import { useSettled } from "@/parts/useSettled";

import { AddGroupPanel } from "./AddGroupPanel";
import { useGroupColumns } from "./columns";
import { EnrollPanel } from "./EnrollPanel";
import css from "./Groups.module.css";

const TYPING_MS = 300;

/** All customer groups with owner, members, phase and what is measured in it; many of them into one journey. */
export default function GroupsPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [search, setSearch] = useSearchParams();
  const [typed, setTyped] = useState(search.get("q") ?? "");
  const [chosen, setChosen] = useState<readonly Group[]>([]);
  const [open, setOpen] = useState<"add" | "enroll" | null>(null);
  const q = useSettled(typed.trim(), TYPING_MS);
  const phase = search.get("phase") ?? undefined;
  const list = useGroups({ q, phase });
  const mayEdit = useMay("editor");
  const nothingYet = !q && !phase && list.rows?.length === 0;
  const choose = (group: Group, on: boolean) =>
    setChosen(on ? [...chosen, group] : chosen.filter((one) => one.id !== group.id));
  const columns = useGroupColumns(mayEdit ? { chosen, choose } : null);
  return (
    <Page>
      <AudienceTabs />
      <PageHead
        title={t("groups.title")}
        lead={t("groups.lead")}
        actions={
          mayEdit &&
          !nothingYet && (
            <>
              <Button onClick={() => setOpen("add")}>{t("groups.add")}</Button>
              <Button type="primary" onClick={() => setOpen("enroll")}>
                {chosen.length > 0 ? t("groups.enroll") : t("groups.enrollAll")}
              </Button>
            </>
          )
        }
      />
      {!nothingYet && (
        <>
          <Phases
            chosen={phase}
            onChoose={(next) => setSearch(next ? { phase: next } : {}, { replace: true })}
          />
          <div className={css.tools}>
            <Input
              className={css.find}
              allowClear
              prefix={<Icon name="search" size={16} />}
              placeholder={t("groups.search")}
              aria-label={t("groups.search")}
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
            />
            {chosen.length > 0 && (
              <>
                <span>{t("groups.chosen", { count: chosen.length })}</span>
                <Button type="link" onClick={() => setChosen([])}>
                  {t("parts.cancel")}
                </Button>
              </>
            )}
          </div>
        </>
      )}
      <CursorTable
        label={t("groups.title")}
        list={list}
        columns={columns}
        rowKey={(group) => group.id}
        onOpen={(group) => void navigate(`/groups/${group.id}`)}
        empty={
          nothingYet ? (
            <NoneYet onAdd={mayEdit ? () => setOpen("add") : undefined} />
          ) : (
            <EmptyState picture="people" title={t("groups.notFound")}>
              {t("groups.notFoundWords")}
            </EmptyState>
          )
        }
      />
      <AddGroupPanel open={open === "add"} onClose={() => setOpen(null)} />
      {open === "enroll" && <EnrollPanel chosen={chosen} phase={phase} onClose={() => setOpen(null)} />}
    </Page>
  );
}

/** How many groups are in each phase; one of them chosen narrows the list. */
function Phases({ chosen, onChoose }: { chosen?: string; onChoose: (phase?: string) => void }) {
  const { t } = useTranslation();
  const words = useWords();
  const { data } = useGroupsOverview();
  if (!data) return null;
  return (
    <div className={css.phases} role="group" aria-label={t("groups.phase")}>
      <button type="button" className={css.phase} aria-pressed={!chosen} onClick={() => onChoose()}>
        <span>{t("groups.all")}</span>
        <strong>
          <Count of={data.total} />
        </strong>
        <span className={css.quiet}>
          {t("groups.members")} <Count of={data.members} />
        </span>
      </button>
      {data.phases.map((phase, index) => (
        <button
          key={phase.key}
          type="button"
          className={css.phase}
          aria-pressed={chosen === phase.key}
          onClick={() => onChoose(phase.key)}
        >
          <span>{words(phase.title)}</span>
          <strong>
            <Count of={phase.groups} />
          </strong>
          <span className={css.quiet}>
            {index + 1 < data.phases.length
              ? t("groups.span", { from: phase.from_day, to: data.phases[index + 1]?.from_day })
              : t("groups.spanOpen", { from: phase.from_day })}
          </span>
        </button>
      ))}
    </div>
  );
}

function NoneYet({ onAdd }: { onAdd?: () => void }) {
  const { t } = useTranslation();
  return (
    <EmptyState
      picture="people"
      title={t("groups.none")}
      action={
        onAdd && (
          <Button type="primary" onClick={onAdd}>
            {t("groups.add")}
          </Button>
        )
      }
    >
      {t("groups.noneWords")}
    </EmptyState>
  );
}
