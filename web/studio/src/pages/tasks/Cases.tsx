import { Button, Input, Segmented } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { useCases, useReview, type UnusualCase } from "@/api/tasks";
import { CursorTable, type Column } from "@/parts/CursorTable";
import { DateText } from "@/parts/DateText";
import { EmptyState } from "@/parts/EmptyState";
import { ProblemAlert } from "@/parts/ProblemAlert";

import css from "./Tasks.module.css";

type State = "open" | "reviewed";

/** What the drawing does not know yet, as the staff met it; somebody decides what follows from it. */
export function Cases() {
  const { t } = useTranslation();
  const [state, setState] = useState<State>("open");
  const list = useCases(state);
  const columns: Column<UnusualCase>[] = [
    { id: "at", title: t("tasks.when"), width: 150, cell: (one) => <DateText iso={one.at} as="minute" /> },
    {
      id: "who",
      title: t("tasks.customer"),
      width: 130,
      cell: (one) =>
        one.contact_id ? (
          <Link to={`/contacts/${one.contact_id}`}>{one.contact_name || `#${one.contact_id}`}</Link>
        ) : (
          "—"
        ),
    },
    {
      id: "task",
      title: t("tasks.task"),
      cell: (one) =>
        one.journey_id ? <Link to={`/journeys/${one.journey_id}`}>{one.title}</Link> : one.title,
    },
    { id: "reason", title: t("tasks.because"), cell: (one) => <b>{one.reason}</b> },
    {
      id: "review",
      title: t("tasks.follows"),
      width: 330,
      cell: (one) => (one.state === "open" ? <Review of={one} /> : <Verdict of={one} />),
    },
  ];
  return (
    <>
      <p className={css.quiet}>{t("tasks.casesLead")}</p>
      <div className={css.bar}>
        <Segmented<State>
          value={state}
          onChange={setState}
          options={(["open", "reviewed"] as const).map((one) => ({
            value: one,
            label: t(`tasks.caseState.${one}`),
          }))}
        />
      </div>
      <CursorTable
        label={t("tasks.part.cases")}
        list={list}
        columns={columns}
        rowKey={(one) => String(one.id)}
        empty={<EmptyState title={t("tasks.noCases")}>{t("tasks.noCasesWords")}</EmptyState>}
      />
    </>
  );
}

function Verdict({ of }: { of: UnusualCase }) {
  const { t } = useTranslation();
  return (
    <span>
      {t(`tasks.verdict.${of.verdict as "changed" | "kept"}`)}
      {of.answer && `：${of.answer}`}
    </span>
  );
}

function Review({ of }: { of: UnusualCase }) {
  const { t } = useTranslation();
  const review = useReview();
  const [answer, setAnswer] = useState("");
  const say = (verdict: "changed" | "kept") => review.mutate({ id: of.id, verdict, answer });
  return (
    <div className={css.review}>
      <ProblemAlert problem={review.error} />
      <Input
        aria-label={t("tasks.answer")}
        placeholder={t("tasks.answer")}
        value={answer}
        onChange={(event) => setAnswer(event.target.value)}
      />
      <Button size="small" onClick={() => say("changed")}>
        {t("tasks.verdict.changed")}
      </Button>
      <Button size="small" onClick={() => say("kept")}>
        {t("tasks.verdict.kept")}
      </Button>
    </div>
  );
}
