import { Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useCopied, useScripts } from "@/api/scripts";
import { useMay } from "@/api/session";
import type { Script } from "@/api/types";
import { CopyButton } from "@/parts/CopyButton";
import { EmptyState } from "@/parts/EmptyState";
import { Icon } from "@/parts/Icon";
import { Page } from "@/parts/Page";
import { PageHead } from "@/parts/PageHead";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useSettled } from "@/parts/useSettled";

import { ContentTabs } from "./ContentTabs";
import css from "./Materials.module.css";
import { ScriptPanel } from "./ScriptPanel";

const TYPING_MS = 300;

/** What customers ask, and what staff may answer. */
export default function ScriptsPage() {
  const { t } = useTranslation();
  const mayEdit = useMay("editor");
  const [typed, setTyped] = useState("");
  const [open, setOpen] = useState<Script | "new" | null>(null);
  const q = useSettled(typed.trim(), TYPING_MS);
  const list = useScripts(q);
  const add = (
    <Button type="primary" icon={<Icon name="plus" size={16} />} onClick={() => setOpen("new")}>
      {t("scripts.new")}
    </Button>
  );
  return (
    <Page>
      <ContentTabs />
      <PageHead title={t("scripts.title")} lead={t("scripts.lead")} actions={mayEdit && add} />
      <div className={css.filters}>
        <Input
          allowClear
          prefix={<Icon name="search" size={16} />}
          placeholder={t("scripts.search")}
          aria-label={t("scripts.find")}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      </div>
      <ProblemAlert problem={list.error} onRetry={() => void list.refetch()} />
      {list.rows?.length === 0 &&
        (q ? (
          <EmptyState picture="letters" title={t("scripts.notFound", { wanted: q })} />
        ) : (
          <EmptyState picture="letters" title={t("scripts.none")}>
            {t("scripts.noneWords")}
          </EmptyState>
        ))}
      <div className={css.scripts}>
        {list.rows?.map((one) => (
          <ScriptCard key={one.id} script={one} onEdit={mayEdit ? () => setOpen(one) : undefined} />
        ))}
      </div>
      {list.hasNextPage && <Button onClick={() => void list.fetchNextPage()}>{t("parts.more")}</Button>}
      {open && <ScriptPanel script={open === "new" ? null : open} onClose={() => setOpen(null)} />}
    </Page>
  );
}

function ScriptCard({ script, onEdit }: { script: Script; onEdit?: () => void }) {
  const { t } = useTranslation();
  const copied = useCopied();
  return (
    <article className={css.script}>
      <div className={css.scriptHead}>
        <div>
          <h2>{script.question}</h2>
          <p className={css.quiet}>{[...script.tags, script.stage].filter(Boolean).join(" · ")}</p>
        </div>
        {onEdit && (
          <Button type="text" icon={<Icon name="pencil" size={16} />} onClick={onEdit}>
            {t("scripts.edit")}
          </Button>
        )}
      </div>
      {script.answers.map((answer, number) => (
        <div key={number} className={css.answer}>
          <div>
            <p>{answer}</p>
            <span className={css.quiet}>{t("scripts.copied", { count: script.copies[number] ?? 0 })}</span>
          </div>
          <CopyButton text={answer} onCopied={() => copied.mutate({ id: script.id, answer: number })} />
        </div>
      ))}
    </article>
  );
}
