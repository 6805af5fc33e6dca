import { Button, Select } from "antd";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";

import { useExportColumns, useStartExport, type ExportKind } from "@/api/files";
import { useMay } from "@/api/session";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { SideSheet } from "@/parts/SideSheet";

import css from "./Files.module.css";

const kinds: ExportKind[] = ["contacts", "messages", "events"];

/** What to export, and which columns of it. */
export function ExportPanel({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const id = useId();
  const [kind, setKind] = useState<ExportKind>("contacts");
  const [columns, setColumns] = useState<string[]>([]);
  const there = useExportColumns(kind);
  const start = useStartExport();
  const whole = useMay("editor");
  return (
    <SideSheet open={open} onClose={onClose} title={t("files.export")} size={420}>
      <ProblemAlert problem={start.error} />
      <div className={css.form}>
        <label htmlFor={`${id}-kind`}>{t("files.what")}</label>
        <Select
          id={`${id}-kind`}
          value={kind}
          options={kinds.map((value) => ({ value, label: t(`files.kind.${value}`) }))}
          onChange={(next) => {
            setKind(next);
            setColumns([]);
          }}
        />
        <label htmlFor={`${id}-columns`}>{t("files.columns")}</label>
        <Select
          id={`${id}-columns`}
          mode="multiple"
          allowClear
          placeholder={t("files.allColumns")}
          value={columns}
          options={(there.data ?? []).map((value) => ({ value, label: value }))}
          onChange={setColumns}
        />
        <p className={css.quiet}>{t(whole ? "files.safe" : "files.masked")}</p>
        <Button
          type="primary"
          loading={start.isPending}
          onClick={() =>
            start.mutate({ kind, ...(columns.length > 0 ? { columns } : {}) }, { onSuccess: onClose })
          }
        >
          {t("files.start")}
        </Button>
      </div>
    </SideSheet>
  );
}
