import { Button } from "antd";
import { useEffect, useRef, useState, type DragEvent } from "react";
import { useTranslation } from "react-i18next";

import { usePreviewImport, type ImportKind } from "@/api/imports";
import type { ImportPreview } from "@/api/types";
import { Icon } from "@/parts/Icon";
import { ProblemAlert } from "@/parts/ProblemAlert";

import { takeDropped } from "./dropped";
import css from "./Imports.module.css";
import { SAMPLES, sampleFile } from "./sampleFile";

const TABLES = ".csv,.tsv,.txt,.xlsx,text/csv";

interface PickFileProps {
  kind: ImportKind;
  /** Why no file can be picked yet. */
  wanting?: string | undefined;
  onPicked: (file: File, preview: ImportPreview) => void;
}

/** Drop a file or pick one; it is read once to show what stands in it, nothing is stored yet. */
export function PickFile({ kind, wanting, onPicked }: PickFileProps) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const preview = usePreviewImport();
  const take = (file: File | undefined) => {
    if (file && !wanting) preview.mutate({ file, kind }, { onSuccess: (seen) => onPicked(file, seen) });
  };
  useEffect(() => take(takeDropped() ?? undefined), []); // eslint-disable-line react-hooks/exhaustive-deps
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files[0]);
  };
  return (
    <>
      <ProblemAlert problem={preview.error} />
      <section
        className={over ? css.dropOver : css.drop}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <Icon name="upload" size={30} />
        <p className={css.dropWords}>{t("imports.drop")}</p>
        <p className={css.quiet}>{t(kind === "events" ? "imports.formatsOfEvents" : "imports.formats")}</p>
        {wanting && <p className={css.wanting}>{wanting}</p>}
        <div className={css.dropButtons}>
          <Button
            type="primary"
            disabled={wanting !== undefined}
            loading={preview.isPending}
            onClick={() => input.current?.click()}
          >
            {t("imports.choose")}
          </Button>
          <Button icon={<Icon name="download" size={16} />} href={sampleFile(kind)} download={SAMPLES[kind]}>
            {t("imports.sample")}
          </Button>
        </div>
        <input
          ref={input}
          type="file"
          accept={kind === "events" ? `${TABLES},.jsonl,.ndjson` : TABLES}
          hidden
          aria-label={t("imports.choose")}
          onChange={(event) => {
            take(event.target.files?.[0]);
            event.target.value = "";
          }}
        />
      </section>
    </>
  );
}
