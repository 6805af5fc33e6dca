import { Button, Select, Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import {
  useRfmGrid,
  useRfmPlan,
  useRfmRuns,
  useStartRfm,
  type RfmCell,
  type RfmGrid as Grid,
} from "@/api/tiers";
import { useMay } from "@/api/session";
import { AudienceTabs } from "@/pages/audience/AudienceTabs";
import { minute } from "@/parts/dates";
import { EmptyState } from "@/parts/EmptyState";
import { Page } from "@/parts/Page";
import { PageHead } from "@/parts/PageHead";
import { ProblemAlert } from "@/parts/ProblemAlert";

import { RfmGrid } from "./RfmGrid";
import { RfmGroups } from "./RfmGroups";
import { RfmPeople } from "./RfmPeople";
import { RfmSettings } from "./RfmSettings";
import css from "./Tiers.module.css";

/** Customers by recency, frequency and money: a grid, eight groups, and what moved since last month. */
export default function RfmPage() {
  const { t } = useTranslation();
  const plan = useRfmPlan();
  const runs = useRfmRuns();
  const start = useStartRfm();
  const mayEdit = useMay("editor");
  const [chosen, setChosen] = useState<number | null>(null);
  const [settings, setSettings] = useState(false);
  const done = (runs.data ?? []).filter((one) => one.state === "done");
  const run = done.find((one) => one.id === chosen) ?? done[0];
  const isRunning = runs.data?.some((one) => one.state === "running") ?? false;
  const grid = useRfmGrid(run);
  return (
    <Page>
      <AudienceTabs />
      <PageHead
        title={t("rfm.title")}
        lead={t("rfm.lead")}
        actions={
          plan.data && (
            <>
              {done.length > 0 && (
                <Select
                  aria-label={t("rfm.asOf", { when: "", people: "", money: "" })}
                  value={run?.id}
                  options={done.map((one) => ({
                    value: one.id,
                    label: one.monthly ? one.label : t("rfm.now"),
                  }))}
                  onChange={setChosen}
                />
              )}
              {mayEdit && <Button onClick={() => setSettings(!settings)}>{t("rfm.settings")}</Button>}
              {mayEdit && (
                <Button type="primary" loading={start.isPending || isRunning} onClick={() => start.mutate()}>
                  {isRunning ? t("rfm.running") : t("rfm.start")}
                </Button>
              )}
            </>
          )
        }
      />
      <ProblemAlert problem={plan.error ?? runs.error ?? start.error ?? grid.error} />
      {plan.isPending && <Skeleton active paragraph={{ rows: 6 }} />}
      {plan.data === null && (
        <EmptyState picture="people" title={t("rfm.none")}>
          {t("rfm.noneWords")}
        </EmptyState>
      )}
      {mayEdit && plan.data !== undefined && (plan.data === null || settings) && (
        <RfmSettings plan={plan.data} onDone={() => setSettings(false)} />
      )}
      {plan.data && runs.data && done.length === 0 && !isRunning && (
        <p className={css.quiet}>{t("rfm.never")}</p>
      )}
      {grid.data && <Result grid={grid.data} />}
    </Page>
  );
}

function Result({ grid }: { grid: Grid }) {
  const { t } = useTranslation();
  const [cell, setCell] = useState<RfmCell | null>(null);
  const money = grid.money.toLocaleString("en-US", { maximumFractionDigits: 0 });
  const people = grid.run.customers.toLocaleString("en-US");
  return (
    <>
      <p className={css.quiet}>
        {t("rfm.asOf", { when: minute(grid.run.as_of), people, money })} ·{" "}
        {grid.compared_with ? t("rfm.compared", { label: grid.compared_with.label }) : t("rfm.notCompared")}
      </p>
      <div className={css.rfm}>
        <RfmGrid grid={grid} onOpen={setCell} />
        <RfmGroups grid={grid} />
      </div>
      <p className={css.quiet}>{t("rfm.ties")}</p>
      {cell && <RfmPeople run={grid.run.id} cell={cell} onClose={() => setCell(null)} />}
    </>
  );
}
