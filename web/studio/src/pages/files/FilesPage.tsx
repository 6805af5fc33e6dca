import { Button } from "antd";
import { useState, type DragEvent } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";

import { useFiles } from "@/api/files";
import { useMay } from "@/api/session";
import { AudienceTabs } from "@/pages/audience/AudienceTabs";
import { drop } from "@/pages/imports/dropped";
import { EmptyState } from "@/parts/EmptyState";
import { Icon } from "@/parts/Icon";
import { LinkButton } from "@/parts/LinkButton";
import { Page } from "@/parts/Page";
import { PageHead } from "@/parts/PageHead";
import { PageSkeleton } from "@/parts/PageSkeleton";
import { ProblemAlert } from "@/parts/ProblemAlert";

import { ExportPanel } from "./ExportPanel";
import { FileRow } from "./FileRow";
import css from "./Files.module.css";

/** Imports and exports as one list of long work; a file may be dropped anywhere on the page. */
export default function FilesPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { data, error, refetch } = useFiles();
  const mayImport = useMay("editor");
  const mayExport = useMay("analyst");
  const [over, setOver] = useState(false);
  const [exporting, setExporting] = useState(false);
  const take = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (!file || !mayImport) return;
    drop(file);
    void navigate("/contacts/import");
  };
  return (
    <div
      className={css.whole}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(mayImport);
      }}
      onDragLeave={(event) => {
        if (event.currentTarget === event.target) setOver(false);
      }}
      onDrop={take}
    >
      <Page>
        <AudienceTabs />
        <PageHead
          title={t("files.title")}
          lead={t("files.lead")}
          actions={
            <>
              {mayExport && <Button onClick={() => setExporting(true)}>{t("files.export")}</Button>}
              {mayImport && (
                <LinkButton type="primary" to="/contacts/import" icon={<Icon name="upload" size={16} />}>
                  {t("files.import")}
                </LinkButton>
              )}
            </>
          }
        />
        {error && <ProblemAlert problem={error} onRetry={() => void refetch()} />}
        {!data && !error && <PageSkeleton />}
        {data?.length === 0 && (
          <EmptyState title={t("files.empty")} picture="cards">
            {t("files.emptyWords")}
          </EmptyState>
        )}
        {data && data.length > 0 && (
          <ul className={css.list} aria-label={t("files.title")}>
            {data.map((one) => (
              <FileRow key={`${one.way}-${one.id}`} one={one} />
            ))}
          </ul>
        )}
      </Page>
      {over && <div className={css.over}>{t("files.letGo")}</div>}
      <ExportPanel open={exporting} onClose={() => setExporting(false)} />
    </div>
  );
}
