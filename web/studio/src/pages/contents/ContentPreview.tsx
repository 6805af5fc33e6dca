import { Alert } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { usePreview } from "@/api/contents";
import { ApiProblem } from "@/api/problem";
import type { Body, Carrier } from "@/api/types";
import { ContactPicker } from "@/parts/ContactPicker";
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
      <ContactPicker
        label={t("contents.readAs")}
        value={contactId}
        onPick={(id) => setContactId(id ?? null)}
        clearable
      />
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
