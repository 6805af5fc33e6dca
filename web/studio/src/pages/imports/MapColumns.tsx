import { Alert, Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useStartImport, type ImportKind } from "@/api/imports";
import type { ImportJob, ImportPreview } from "@/api/types";
import { ProblemAlert } from "@/parts/ProblemAlert";

import { useListed } from "@/parts/language";

import { ColumnPlace } from "./ColumnPlace";
import { EventOfAll } from "./EventOfAll";
import { FirstLines } from "./FirstLines";
import css from "./Imports.module.css";
import { eventColumn, wrongWith, type Mapping } from "./mapping";

interface MapColumnsProps {
  kind: ImportKind;
  list: string;
  file: File;
  preview: ImportPreview;
  onBack: () => void;
  onStarted: (job: ImportJob) => void;
}

/** What each column of the file means, with the server's guess filled in and examples beside it. */
export function MapColumns({ kind, list, file, preview, onBack, onStarted }: MapColumnsProps) {
  const { t } = useTranslation();
  const [mapping, setMapping] = useState<Mapping>(preview.mapping);
  const start = useStartImport();
  const [event, setEvent] = useState("");
  const speaks = preview.form === "jsonl";
  const wrong = speaks ? null : wrongWith(mapping, kind, event);
  const meant = {
    file,
    kind,
    mapping,
    ...(kind === "list" ? { list } : {}),
    ...(kind === "events" ? { event } : {}),
  };
  const put = (column: string, place: string) => setMapping({ ...mapping, [column]: place });
  return (
    <section className={css.sheet}>
      <ProblemAlert problem={start.error} />
      <p className={css.file}>
        <strong>{file.name}</strong>{" "}
        {t("imports.encodedIn", { encoding: preview.encoding.toUpperCase().replace("-SIG", "") })}
      </p>
      {kind === "events" && !speaks && (
        <EventOfAll column={eventColumn(mapping)} event={event} onChange={setEvent} />
      )}
      {speaks ? (
        <FirstLines preview={preview} />
      ) : (
        <ColumnsTable kind={kind} preview={preview} mapping={mapping} onPut={put} />
      )}
      {wrong && (
        <Alert type="warning" showIcon title={t(`imports.wrong.${wrong.what}`, { place: wrong.place })} />
      )}
      <div className={css.buttons}>
        <Button
          type="primary"
          disabled={wrong !== null}
          loading={start.isPending}
          onClick={() => start.mutate(meant, { onSuccess: onStarted })}
        >
          {t("imports.start")}
        </Button>
        <Button onClick={onBack}>{t("imports.another")}</Button>
      </div>
    </section>
  );
}

interface ColumnsTableProps {
  kind: ImportKind;
  preview: ImportPreview;
  mapping: Mapping;
  onPut: (column: string, place: string) => void;
}

function ColumnsTable({ kind, preview, mapping, onPut }: ColumnsTableProps) {
  const { t } = useTranslation();
  const listed = useListed();
  return (
    <table className={css.columns} aria-label={t("imports.map")}>
      <thead>
        <tr>
          <th scope="col">{t("imports.column")}</th>
          <th scope="col">{t("imports.examples")}</th>
          <th scope="col">{t("imports.becomes")}</th>
        </tr>
      </thead>
      <tbody>
        {preview.columns.map((column, index) => (
          <tr key={column}>
            <td>{column}</td>
            <td className={css.quiet}>{listed(examples(preview, index))}</td>
            <td>
              <ColumnPlace
                kind={kind}
                column={column}
                place={mapping[column] ?? ""}
                onChange={(place) => onPut(column, place)}
              />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function examples(preview: ImportPreview, index: number): string[] {
  const seen = preview.rows.map((row) => row[index] ?? "").filter(Boolean);
  return [...new Set(seen)].slice(0, 3);
}
