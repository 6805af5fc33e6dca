import { Button, Form, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams } from "react-router";

import { useSaveTagRule, useTagRules, type RuleTrial, type TagActs, type TagRule } from "@/api/tags";
import { AudienceTabs } from "@/pages/audience/AudienceTabs";
import { NotThere } from "@/pages/tags/NotThere";
import { Page } from "@/parts/Page";
import { PageHead } from "@/parts/PageHead";
import { PageSkeleton } from "@/parts/PageSkeleton";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { RuleDesk, type RuleTree } from "@/parts/RuleDesk";

import { RulePreview } from "./RulePreview";
import { TagPicker } from "./TagPicker";
import css from "./Tags.module.css";

const NOTHING: TagActs = { add: [], remove: [] };
const isEmpty = (acts: TagActs) => acts.add.length + acts.remove.length === 0;

/** A rule that sets tags, with what it would do beside it while one writes. */
export default function TagRulePage() {
  const { id } = useParams();
  const { data, error } = useTagRules();
  if (error) return <ProblemAlert problem={error} />;
  if (id === "new") return <Editor key="new" rule={null} />;
  if (!data) return <PageSkeleton />;
  const rule = data.find((one) => String(one.id) === id);
  return rule ? <Editor key={rule.id} rule={rule} /> : <NotThere />;
}

function Editor({ rule }: { rule: TagRule | null }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [name, setName] = useState(rule?.name ?? "");
  const [tree, setTree] = useState<RuleTree | null>(rule?.rule ?? null);
  const [holding, setHolding] = useState(rule?.holding ?? NOTHING);
  const [ending, setEnding] = useState(rule?.ending ?? NOTHING);
  const save = useSaveTagRule(rule?.id ?? null);
  const whole = tree !== null && !isEmpty(holding);
  const trial: RuleTrial | null = whole
    ? { rule: tree, holding, ending, ...(rule ? { id: rule.id } : {}) }
    : null;
  const back = () => void navigate("/tags/rules");
  return (
    <Page>
      <AudienceTabs />
      <PageHead
        title={rule?.name ?? t("tags.newRule")}
        actions={
          <>
            <Button onClick={back}>{t("parts.cancel")}</Button>
            <Button
              type="primary"
              disabled={!name.trim() || !whole}
              loading={save.isPending}
              onClick={() =>
                tree && save.mutate({ name, rule: tree, holding, ending, on: true }, { onSuccess: back })
              }
            >
              {t("tags.saveRule")}
            </Button>
          </>
        }
      />
      <ProblemAlert problem={save.error} />
      <div className={css.desk}>
        <Form layout="vertical" component="div">
          <Form.Item label={t("tags.ruleName")} htmlFor="tag-rule-name">
            <Input
              id="tag-rule-name"
              value={name}
              maxLength={100}
              autoFocus={!rule}
              placeholder={t("tags.ruleNameNeeded")}
              onChange={(event) => setName(event.target.value)}
            />
          </Form.Item>
          <section aria-label={t("tags.whenHolds")}>
            <h2 className={css.partTitle}>{t("tags.whenHolds")}</h2>
            <RuleDesk value={tree} onChange={setTree} />
          </section>
          <ActsFields title={t("tags.onHolding")} value={holding} onChange={setHolding} />
          <ActsFields title={t("tags.onEnding")} value={ending} onChange={setEnding} />
        </Form>
        <aside className={css.aside} aria-label={t("tags.previewTitle")}>
          <RulePreview trial={trial} />
        </aside>
      </div>
    </Page>
  );
}

interface ActsFieldsProps {
  title: string;
  value: TagActs;
  onChange: (acts: TagActs) => void;
}

function ActsFields({ title, value, onChange }: ActsFieldsProps) {
  const { t } = useTranslation();
  return (
    <section aria-label={title}>
      <h2 className={css.partTitle}>{title}</h2>
      <div className={css.two}>
        {(["add", "remove"] as const).map((way) => (
          <div key={way}>
            <div className={css.fieldName}>{t(`tags.${way}`)}</div>
            <TagPicker
              label={`${title} · ${t(`tags.${way}`)}`}
              value={value[way]}
              onChange={(tags) => onChange({ ...value, [way]: tags })}
            />
          </div>
        ))}
      </div>
    </section>
  );
}
