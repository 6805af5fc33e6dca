import { Alert, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { usePreview } from "@/api/contents";
import { useContacts } from "@/api/people";
import { ApiProblem } from "@/api/problem";
import type { Body, Carrier } from "@/api/types";
import { PhonePreview } from "@/parts/PhonePreview";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useSettled } from "@/parts/useSettled";

import css from "./Contents.module.css";

const TYPING_MS = 400;

/** The text on a phone, as it stands or as a chosen customer would read it. */
export function ContentPreview({ carrier, body }: { carrier: Carrier; body: Body }) {
  const { t } = useTranslation();
  const [contactId, setContactId] = useState<number | null>(null);
  const settled = useSettled(body, TYPING_MS);
  const preview = usePreview({ body: settled, carrier }, contactId, Boolean(settled.text?.trim()));
  const read = preview.data && !preview.error ? preview.data : null;
  const shown = contactId !== null && read ? read : { ...unfolded(body), html: read?.html };
  const missing = contactId === null ? [] : (preview.data?.missing ?? []);
  return (
    <aside className={css.phone} aria-label={t("contents.preview")}>
      <h2 className={css.previewTitle}>{t("contents.preview")}</h2>
      <ReadAs value={contactId} onChange={setContactId} />
      <PhonePreview carrier={carrier} body={{ ...shown, text: shown.text || t("contents.textHere") }} />
      <ProblemAlert problem={aboutTheText(preview.error)} />
      {missing.length > 0 && (
        <Alert type="warning" showIcon title={t("contents.missing", { names: missing.join(", ") })} />
      )}
      <p className={css.quiet}>{t("contents.previewWords")}</p>
    </aside>
  );
}

const SLOT = /\{%\s*slot\s+["'][^"']*["'](?:\s+max:\s*\d+)?\s*%\}([\s\S]*?)\{%\s*endslot\s*%\}/g;

/** Open slots with their usual words in them. */
function unfolded(body: Body): Body {
  return { ...body, text: body.text?.replace(SLOT, "$1") };
}

/** Fields that are only not filled in yet are the form's to ask for; here only a text that cannot be read counts. */
function aboutTheText(problem: unknown): unknown {
  if (!(problem instanceof ApiProblem) || problem.entries.length === 0) return problem;
  return problem.entries.some(({ path }) => path.startsWith("body.text")) ? problem : null;
}

function ReadAs({ value, onChange }: { value: number | null; onChange: (id: number | null) => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const { rows, isPending } = useContacts(useSettled(typed, TYPING_MS));
  return (
    <Select
      allowClear
      showSearch={{ filterOption: false, onSearch: setTyped }}
      aria-label={t("contents.readAs")}
      placeholder={t("contents.readAs")}
      value={value}
      onChange={(id?: number) => onChange(id ?? null)}
      loading={isPending}
      options={rows?.map((one) => ({ value: one.id, label: one.name || one.external_id || `#${one.id}` }))}
    />
  );
}
