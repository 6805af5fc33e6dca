import { Alert, Button } from "antd";
import { useTranslation } from "react-i18next";

import { ApiProblem, Unreachable } from "@/api/problem";

import css from "./ProblemAlert.module.css";

interface ProblemAlertProps {
  problem: unknown;
  onRetry?: () => void;
}

/** What went wrong, where, and what to do, in the server's own sentence where it has one. */
export function ProblemAlert({ problem, onRetry }: ProblemAlertProps) {
  const { t } = useTranslation();
  if (!problem) return null;
  const entries = problem instanceof ApiProblem ? problem.entries : [];
  return (
    <Alert
      className={css.problem}
      type="error"
      showIcon
      role="alert"
      title={sentence(problem, t)}
      description={
        entries.length > 0 && (
          <ul className={css.entries}>
            {entries.map((entry) => (
              <li key={`${entry.path}:${entry.message}`}>
                {entry.path && <code>{entry.path}</code>} {entry.message}
              </li>
            ))}
          </ul>
        )
      }
      action={
        onRetry && (
          <Button size="small" onClick={onRetry}>
            {t("parts.retry")}
          </Button>
        )
      }
    />
  );
}

function sentence(problem: unknown, t: (key: string, values?: Record<string, unknown>) => string): string {
  if (problem instanceof Unreachable) return t("parts.unreachable");
  if (!(problem instanceof ApiProblem)) return t("parts.unexpected");
  if (problem.status === 403) return t("parts.forbidden", { said: problem.message });
  if (problem.status >= 500) return t("parts.serverFailed", { id: problem.requestId ?? "—" });
  return problem.message;
}
