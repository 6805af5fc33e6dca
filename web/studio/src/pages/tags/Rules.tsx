import { Alert, Button, Popconfirm, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { useMay } from "@/api/session";
import { useDeleteTagRule, useSwitchTagRule, useTagRules, type TagRule } from "@/api/tags";
import { EmptyState } from "@/parts/EmptyState";
import { Icon } from "@/parts/Icon";
import { LinkButton } from "@/parts/LinkButton";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { StatusPill, type Tone } from "@/parts/StatusPill";

import { Acts } from "./Acts";
import css from "./Tags.module.css";

const tones: Record<TagRule["state"], Tone> = { on: "good", off: "quiet", stopped: "bad" };

/** The rules that set tags, each as a sentence with what it does. */
export function Rules() {
  const { t } = useTranslation();
  const mayEdit = useMay("editor");
  const { data, error, refetch } = useTagRules();
  if (error && !data) return <ProblemAlert problem={error} onRetry={() => refetch()} />;
  if (!data) return <Skeleton active />;
  const make = mayEdit && (
    <LinkButton type="primary" to="/tags/rules/new" icon={<Icon name="plus" size={16} />}>
      {t("tags.newRule")}
    </LinkButton>
  );
  if (data.length === 0)
    return (
      <EmptyState picture="road" title={t("tags.noRules")} action={make}>
        {t("tags.noRulesWords")}
      </EmptyState>
    );
  return (
    <section className={css.cards} aria-label={t("tags.part.rules")}>
      <div className={css.cardsHead}>{make}</div>
      {data.map((rule) => (
        <RuleCard key={rule.id} rule={rule} mayEdit={mayEdit} />
      ))}
    </section>
  );
}

function RuleCard({ rule, mayEdit }: { rule: TagRule; mayEdit: boolean }) {
  const { t } = useTranslation();
  const turn = useSwitchTagRule();
  const remove = useDeleteTagRule();
  return (
    <article className={css.card} aria-label={rule.name}>
      <header className={css.cardHead}>
        <h2>{mayEdit ? <Link to={`/tags/rules/${rule.id}`}>{rule.name}</Link> : rule.name}</h2>
        <StatusPill tone={rule.filling ? "brand" : tones[rule.state]}>
          {rule.filling ? t("tags.filling") : t(`tags.states.${rule.state}`)}
        </StatusPill>
        <span className={css.quiet}>{t("tags.holdsFor", { count: rule.holds_for })}</span>
        <span className={css.spacer} />
        {mayEdit && (
          <>
            <Button
              size="small"
              loading={turn.isPending}
              onClick={() => turn.mutate({ id: rule.id, on: rule.state !== "on" })}
            >
              {rule.state === "on" ? t("tags.stop") : t("tags.start")}
            </Button>
            <Popconfirm
              title={t("tags.deleteRuleAsk", { name: rule.name })}
              description={t("tags.deleteRuleWords")}
              onConfirm={() => remove.mutate(rule.id)}
            >
              <Button size="small">{t("tags.deleteRule")}</Button>
            </Popconfirm>
          </>
        )}
      </header>
      <p className={css.sentence}>{rule.words}</p>
      <div className={css.actsLine}>
        <Acts title={t("tags.onHolding")} acts={rule.holding} />
        <Acts title={t("tags.onEnding").replace(/[（(].*/, "")} acts={rule.ending} />
      </div>
      {rule.fights && (
        <Alert
          type={rule.state === "stopped" ? "error" : "warning"}
          showIcon
          title={t(rule.state === "stopped" ? "tags.fightsStopped" : "tags.fights", {
            count: rule.fights.contacts,
            rivals: rule.fights.rivals.map((name) => `“${name}”`).join("、") || t("tags.others"),
          })}
        />
      )}
      <ProblemAlert problem={turn.error ?? remove.error} />
    </article>
  );
}
