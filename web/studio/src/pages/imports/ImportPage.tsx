import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams, useSearchParams } from "react-router";

import { IMPORT_KINDS, type ImportKind } from "@/api/imports";
import type { ImportPreview } from "@/api/types";
import { Page } from "@/parts/Page";
import { PageHead } from "@/parts/PageHead";

import { ImportProgress } from "./ImportProgress";
import { ImportsList } from "./ImportsList";
import { KindChoice } from "./KindChoice";
import { MapColumns } from "./MapColumns";
import { PickFile } from "./PickFile";
import { StepsHead } from "./StepsHead";

/** A file of customers on its way in: pick it, say what its columns are, watch it, see what was refused.
 *  A running import has an address of its own, so that it can be left and found again. */
export default function ImportPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { id } = useParams();
  const [picked, setPicked] = useState<{ file: File; preview: ImportPreview } | null>(null);
  const [asked, setAsked] = useSearchParams();
  const kind = kindOf(asked.get("kind"));
  const list = asked.get("list") ?? "";
  const ask = (next: Record<string, string>) => setAsked(next, { replace: true });
  const running = id ? Number(id) : null;
  const step = running !== null ? 2 : picked ? 1 : 0;
  return (
    <Page width="narrow">
      <PageHead title={t("imports.title")} />
      <StepsHead titles={[t("imports.pick"), t("imports.map"), t("imports.run")]} at={step} />
      {running !== null && <ImportProgress id={running} onAgain={() => void navigate("/contacts/import")} />}
      {running === null && picked && (
        <MapColumns
          kind={kind}
          list={list}
          {...picked}
          onBack={() => setPicked(null)}
          onStarted={(job) => {
            setPicked(null);
            void navigate(`/contacts/import/${job.id}`);
          }}
        />
      )}
      {step === 0 && (
        <>
          <KindChoice
            kind={kind}
            list={list}
            onKind={(next) => ask({ kind: next })}
            onList={(next) => ask({ kind, list: next })}
          />
          <PickFile
            key={`${kind}-${list}`}
            kind={kind}
            wanting={kind === "list" && !list ? t("imports.listNeeded") : undefined}
            onPicked={(file, preview) => setPicked({ file, preview })}
          />
          <ImportsList />
        </>
      )}
    </Page>
  );
}

const kindOf = (asked: string | null): ImportKind =>
  IMPORT_KINDS.find((kind) => kind === asked) ?? "contacts";
