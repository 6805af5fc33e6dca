import { Button, Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useCodes, type Code } from "@/api/codes";
import { useMay } from "@/api/session";
import { ContentTabs } from "@/pages/contents/ContentTabs";
import { EmptyState } from "@/parts/EmptyState";
import { Icon } from "@/parts/Icon";
import { Page } from "@/parts/Page";
import { PageHead } from "@/parts/PageHead";
import { ProblemAlert } from "@/parts/ProblemAlert";

import { CodeCard } from "./CodeCard";
import { CodeNumbers } from "./CodeNumbers";
import { CodePanel } from "./CodePanel";
import css from "./Codes.module.css";

/** The codes to scan: what each promises, where it leads, and how many came by it. */
export default function CodesPage() {
  const { t } = useTranslation();
  const { data, error, refetch } = useCodes();
  const mayEdit = useMay("editor");
  const [edited, setEdited] = useState<Code | "new">();
  const [seen, setSeen] = useState<Code>();
  const fresh = mayEdit && (
    <Button type="primary" icon={<Icon name="plus" size={16} />} onClick={() => setEdited("new")}>
      {t("codes.new")}
    </Button>
  );
  return (
    <Page>
      <ContentTabs />
      <PageHead title={t("codes.title")} lead={t("codes.lead")} actions={data && data.length > 0 && fresh} />
      <ProblemAlert problem={error} onRetry={() => void refetch()} />
      {!data && !error && <Skeleton active paragraph={{ rows: 5 }} />}
      {data?.length === 0 && (
        <EmptyState picture="cards" title={t("codes.none")} action={fresh}>
          {t("codes.noneWords")}
        </EmptyState>
      )}
      <ul className={css.list}>
        {data?.map((code) => (
          <li key={code.key}>
            <CodeCard
              code={code}
              onNumbers={() => setSeen(code)}
              onEdit={mayEdit ? () => setEdited(code) : undefined}
            />
          </li>
        ))}
      </ul>
      {edited && (
        <CodePanel code={edited === "new" ? undefined : edited} onClose={() => setEdited(undefined)} />
      )}
      {seen && <CodeNumbers code={seen} onClose={() => setSeen(undefined)} />}
    </Page>
  );
}
