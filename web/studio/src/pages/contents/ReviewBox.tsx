import { App, Button, Input, Radio } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useReview, useReviews, useSubmitForReview, type Answers, type Question } from "@/api/materials";
import { useMay } from "@/api/session";
import type { Material } from "@/api/types";
import { DateText } from "@/parts/DateText";
import { ProblemAlert } from "@/parts/ProblemAlert";

import css from "./Materials.module.css";
import { MaterialState } from "./MaterialState";

const QUESTIONS: Question[] = ["compliance", "fit", "appeal"];
const UNASKED = Object.fromEntries(QUESTIONS.map((one) => [one, { fine: true, note: "" }])) as Answers;

/** Three questions about the version at hand, and what was said of those before. */
export function ReviewBox({ material }: { material: Material }) {
  const { t } = useTranslation();
  const mayEdit = useMay("editor");
  const { message } = App.useApp();
  const submit = useSubmitForReview(material.id);
  const { data: reviews } = useReviews(material.id);
  const open = material.status === "draft" || material.status === "sent_back";
  return (
    <div>
      <p className={css.row}>
        <MaterialState material={material} />
        <span className={css.quiet}>{t("contents.version", { number: material.version })}</span>
        {open && mayEdit && (
          <Button
            size="small"
            loading={submit.isPending}
            onClick={() =>
              submit.mutate(undefined, { onSuccess: () => void message.success(t("contents.submitted")) })
            }
          >
            {t("contents.submit")}
          </Button>
        )}
      </p>
      <ProblemAlert problem={submit.error} />
      {material.status !== "approved" && mayEdit && <ReviewForm key={material.version} material={material} />}
      {reviews?.length === 0 && <p className={css.quiet}>{t("contents.noReviews")}</p>}
      <ul className={css.versions}>
        {reviews?.map((one) => (
          <li key={one.id}>
            <strong>{t("contents.version", { number: one.version })}</strong>{" "}
            {t(`contents.verdicts.${one.verdict}`)}{" "}
            <span className={css.quiet}>
              {one.by} · <DateText iso={one.at} />
            </span>
            {QUESTIONS.filter((question) => one.answers[question]?.note).map((question) => (
              <div key={question}>{one.answers[question]?.note}</div>
            ))}
          </li>
        ))}
      </ul>
    </div>
  );
}

function ReviewForm({ material }: { material: Material }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [answers, setAnswers] = useState(UNASKED);
  const review = useReview(material.id);
  const fine = QUESTIONS.every((one) => answers[one].fine);
  const answer = (question: Question, given: Partial<Answers[Question]>) =>
    setAnswers({ ...answers, [question]: { ...answers[question], ...given } });
  const send = () =>
    review.mutate(
      { version: material.version, answers },
      { onSuccess: () => void message.success(t("contents.reviewed")) },
    );
  return (
    <section aria-label={t("contents.reviewOf", { number: material.version })}>
      <h3>{t("contents.reviewOf", { number: material.version })}</h3>
      {QUESTIONS.map((question) => (
        <div
          key={question}
          className={css.question}
          role="group"
          aria-label={t(`contents.questions.${question}`)}
        >
          <span>{t(`contents.questions.${question}`)}</span>
          <div className={css.row}>
            <Radio.Group
              optionType="button"
              size="small"
              value={answers[question].fine}
              onChange={(event) => answer(question, { fine: Boolean(event.target.value) })}
              options={[
                { value: true, label: t("contents.fine") },
                { value: false, label: t("contents.notFine") },
              ]}
            />
            {!answers[question].fine && (
              <Input
                style={{ flex: 1, minWidth: 200 }}
                aria-label={t("contents.why")}
                placeholder={t("contents.why")}
                value={answers[question].note}
                onChange={(event) => answer(question, { note: event.target.value })}
              />
            )}
          </div>
        </div>
      ))}
      <ProblemAlert problem={review.error} />
      <Button type={fine ? "primary" : "default"} danger={!fine} loading={review.isPending} onClick={send}>
        {t(fine ? "contents.approve" : "contents.sendBack")}
      </Button>
    </section>
  );
}
