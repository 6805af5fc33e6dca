import { App, Button } from "antd";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";

import { ApiProblem } from "@/api/problem";
import { useMay } from "@/api/session";
import { useClone } from "@/api/templates";

/** Makes the template a journey of one's own and opens it, simulated at once. */
export function CloneButton({ slug, name }: { slug: string; name: string }) {
  const { t } = useTranslation();
  const mayEdit = useMay("editor");
  const { message } = App.useApp();
  const navigate = useNavigate();
  const clone = useClone();
  const run = () =>
    clone.mutate(
      { slug },
      {
        onSuccess: (journey) => void navigate(`/journeys/${journey.id}?simulate=1`),
        onError: (problem) =>
          void message.error(problem instanceof ApiProblem ? problem.message : t("parts.unreachable")),
      },
    );
  if (!mayEdit) return null;
  return (
    <Button
      type="primary"
      loading={clone.isPending}
      onClick={run}
      aria-label={t("templates.cloneNamed", { name })}
    >
      {t("templates.clone")}
    </Button>
  );
}
