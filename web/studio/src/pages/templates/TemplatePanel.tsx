import { Skeleton } from "antd";
import { useTranslation } from "react-i18next";

import { useTemplate } from "@/api/templates";
import { SideSheet } from "@/parts/SideSheet";
import { useWords } from "@/parts/language";
import { Markdown } from "@/parts/Markdown";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { StageStrip } from "@/parts/StageStrip";

import { CloneButton } from "./CloneButton";
import { TemplateTexts } from "./TemplateTexts";

/** A template's own words about itself, beside the gallery. */
export function TemplatePanel({ slug, onClose }: { slug: string | null; onClose: () => void }) {
  const { t } = useTranslation();
  const words = useWords();
  const { data: template, error, refetch } = useTemplate(slug);
  const name = template ? words(template.name) : t("shell.loading");
  return (
    <SideSheet
      open={slug !== null}
      mask={false}
      onClose={onClose}
      size={620}
      title={name}
      extra={template && <CloneButton slug={template.slug} name={name} />}
    >
      <ProblemAlert problem={error} onRetry={() => void refetch()} />
      {!template && !error && <Skeleton active paragraph={{ rows: 10 }} />}
      {template && (
        <>
          <StageStrip
            names={template.stages.map((stage) => words(stage.name))}
            label={t("templates.stagesOf", { name })}
          />
          <Markdown text={words(template.readme)} />
          <TemplateTexts materials={template.materials} />
        </>
      )}
    </SideSheet>
  );
}
