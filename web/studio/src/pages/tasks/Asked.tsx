import { useTranslation } from "react-i18next";

import { useCopied } from "@/api/scripts";
import { useTaskScripts } from "@/api/tasks";
import { CopyButton } from "@/parts/CopyButton";

import css from "./Asked.module.css";

/** What customers ask at this point, each answer one click away from the clipboard. */
export function Asked({ task }: { task: number }) {
  const { t } = useTranslation();
  const { data } = useTaskScripts(task);
  const copied = useCopied();
  if (!data || data.length === 0) return null;
  return (
    <details className={css.asked}>
      <summary>{t("tasks.asked", { count: data.length })}</summary>
      <dl>
        {data.map((script) => (
          <div key={script.id} className={css.one}>
            <dt>{script.question}</dt>
            {script.answers.map((answer, number) => (
              <dd key={number}>
                <p>{answer}</p>
                <CopyButton
                  text={answer}
                  label={t("tasks.copyThis")}
                  name={t("tasks.copyAnswer", { question: script.question })}
                  onCopied={() => copied.mutate({ id: script.id, answer: number })}
                />
              </dd>
            ))}
          </div>
        ))}
      </dl>
    </details>
  );
}
