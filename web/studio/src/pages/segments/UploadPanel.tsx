import { Button, Input } from "antd";
import { useRef, useState, type DragEvent } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { usePutPeople, useUploadPeople } from "@/api/segments";
import { Icon } from "@/parts/Icon";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { SideSheet } from "@/parts/SideSheet";

import css from "./Segments.module.css";
import { UploadResult } from "./UploadResult";

interface UploadPanelProps {
  segment: string;
  open: boolean;
  onClose: () => void;
}

/** Put people on a list: all whom a file names, or some by their ids. */
export function UploadPanel({ segment, open, onClose }: UploadPanelProps) {
  const { t } = useTranslation();
  return (
    <SideSheet title={t("segments.upload")} open={open} onClose={onClose} size={520} destroyOnHidden>
      <ByFile segment={segment} />
      <ById segment={segment} />
      <Button type="primary" onClick={onClose}>
        {t("segments.close")}
      </Button>
    </SideSheet>
  );
}

function ByFile({ segment }: { segment: string }) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  const upload = useUploadPeople(segment);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    const file = event.dataTransfer.files[0];
    if (file) upload.mutate(file);
  };
  return (
    <>
      <p className={css.lead}>{t("segments.uploadWords")}</p>
      <p>
        <Link to={`/contacts/import?kind=list&list=${segment}`}>{t("segments.uploadLarge")}</Link>
      </p>
      <section
        className={css.drop}
        aria-label={t("segments.upload")}
        onDragOver={(event) => event.preventDefault()}
        onDrop={drop}
      >
        <Icon name="upload" size={26} />
        <span>{t("segments.uploadDrop")}</span>
        <Button loading={upload.isPending} onClick={() => input.current?.click()}>
          {t("segments.choose")}
        </Button>
        <input
          ref={input}
          type="file"
          accept=".csv,.txt,text/csv"
          hidden
          aria-label={t("segments.choose")}
          onChange={(event) => {
            const file = event.target.files?.[0];
            if (file) upload.mutate(file);
            event.target.value = "";
          }}
        />
      </section>
      <ProblemAlert problem={upload.error} />
      {upload.data && <UploadResult done={upload.data} />}
    </>
  );
}

const MOST = 1000;

function ById({ segment }: { segment: string }) {
  const { t } = useTranslation();
  const put = usePutPeople(segment);
  const [typed, setTyped] = useState("");
  const ids = typed.split(/[\s,，;；]+/).filter(Boolean);
  return (
    <section className={css.byId}>
      <label htmlFor="segment-ids">{t("segments.addById")}</label>
      <Input.TextArea
        id="segment-ids"
        rows={4}
        value={typed}
        placeholder={t("segments.addByIdHelp")}
        onChange={(event) => setTyped(event.target.value)}
      />
      <Button
        disabled={ids.length === 0 || ids.length > MOST}
        loading={put.isPending}
        onClick={() => put.mutate({ act: "add", external_ids: ids }, { onSuccess: () => setTyped("") })}
      >
        {t("segments.add")}
      </Button>
      <ProblemAlert problem={put.error} />
      {put.data && (
        <p role="status">
          {t("segments.uploaded", {
            added: put.data.added,
            already: Math.max(
              0,
              put.variables.external_ids!.length - put.data.added - put.data.errors.length,
            ),
          })}
          {put.data.errors.length > 0 && (
            <span className={css.bad}> {t("segments.failedRows", { count: put.data.errors.length })}</span>
          )}
        </p>
      )}
    </section>
  );
}
