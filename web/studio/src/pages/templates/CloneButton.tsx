import { App, Button } from "antd";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";

import { ApiProblem } from "@/api/problem";
import { useMay } from "@/api/session";
import { type Made, useClone } from "@/api/templates";

const SAID_FOR_SECS = 8;

/** How many of each kind were made, in the order in which they were. */
function byKind(made: Made[]): [Made["kind"], number][] {
  const counts = new Map<Made["kind"], number>();
  for (const { kind } of made) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts];
}

/** Makes the template a journey of one's own and opens it, simulated at once. */
export function CloneButton({ slug, name }: { slug: string; name: string }) {
  const { t } = useTranslation();
  const mayEdit = useMay("editor");
  const { message, notification } = App.useApp();
  const navigate = useNavigate();
  const clone = useClone();
  const run = () =>
    clone.mutate(
      { slug },
      {
        onSuccess: (journey) => {
          if (journey.made.length > 0)
            notification.success({
              title: t("templates.made"),
              description: byKind(journey.made)
                .map(([kind, count]) => `${t(`templates.kinds.${kind}`)} ${count}`)
                .join(" · "),
              duration: SAID_FOR_SECS,
            });
          void navigate(`/journeys/${journey.id}?simulate=1`);
        },
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
