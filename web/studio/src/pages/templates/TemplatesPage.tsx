import { useTranslation } from "react-i18next";
import { useNavigate, useParams } from "react-router";

import { Page } from "@/parts/Page";
import { PageHead } from "@/parts/PageHead";

import { TemplatePanel } from "./TemplatePanel";
import { TemplateShelf } from "./TemplateShelf";

/** The gallery: whole journeys by industry, each ready to be made one's own. */
export default function TemplatesPage() {
  const { t } = useTranslation();
  const { slug } = useParams();
  const navigate = useNavigate();
  return (
    <Page>
      <PageHead title={t("templates.title")} lead={t("templates.lead")} />
      <TemplateShelf />
      <TemplatePanel slug={slug ?? null} onClose={() => void navigate("/templates")} />
    </Page>
  );
}
