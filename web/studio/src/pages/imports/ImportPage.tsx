import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams } from "react-router";

import type { ImportPreview } from "@/api/types";
import { Page } from "@/parts/Page";
import { PageHead } from "@/parts/PageHead";

import { ImportProgress } from "./ImportProgress";
import { ImportsList } from "./ImportsList";
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
  const running = id ? Number(id) : null;
  const step = running !== null ? 2 : picked ? 1 : 0;
  return (
    <Page width="narrow">
      <PageHead title={t("imports.title")} lead={t("imports.lead")} />
      <StepsHead titles={[t("imports.pick"), t("imports.map"), t("imports.run")]} at={step} />
      {running !== null && <ImportProgress id={running} onAgain={() => void navigate("/contacts/import")} />}
      {running === null && picked && (
        <MapColumns
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
          <PickFile onPicked={(file, preview) => setPicked({ file, preview })} />
          <ImportsList />
        </>
      )}
    </Page>
  );
}
