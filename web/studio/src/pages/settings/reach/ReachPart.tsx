import { App, Button, Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { usePolicies, useReachTemplates, useSetPolicies, type Policies, type Setting } from "@/api/reach";
import { useMay } from "@/api/session";
import { useWords } from "@/parts/language";
import { ProblemAlert } from "@/parts/ProblemAlert";

import { AheadChart } from "./AheadChart";
import { CapMatrix } from "./CapMatrix";
import { MorePolicies } from "./MorePolicies";
import css from "./Reach.module.css";
import { TryPolicies } from "./TryPolicies";

/** Who may be reached how often and when: the list that is asked before every message, and what it does. */
export function ReachPart() {
  const policies = usePolicies();
  if (policies.error)
    return <ProblemAlert problem={policies.error} onRetry={() => void policies.refetch()} />;
  if (!policies.data) return <Skeleton active />;
  return <Reach key={policies.data.revision} saved={policies.data} />;
}

function Reach({ saved }: { saved: Policies }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const isOwner = useMay("owner");
  const save = useSetPolicies();
  const [setting, setSetting] = useState<Setting>(saved.policies);
  const changed = JSON.stringify(setting) !== JSON.stringify(saved.policies);
  const tried = changed ? setting : undefined;
  // What was saved is drawn anew, so the answer is told by the promise and not by this page.
  const submit = () =>
    save
      .mutateAsync({ ...setting, revision: saved.revision })
      .then(() => void message.success(t("reach.saved")))
      .catch(() => undefined); // the problem is shown above the buttons
  return (
    <>
      <p className={css.lead}>{t("reach.lead")}</p>
      <div className={css.columns}>
        <section className={css.sheet} aria-labelledby="reach-list">
          <h2 id="reach-list">{t("reach.list")}</h2>
          <p className={css.quiet}>{t("reach.listWords")}</p>
          <PolicyList list={saved.list} />
        </section>
        <section className={css.sheet} aria-labelledby="reach-try">
          <h2 id="reach-try">{t("reach.try")}</h2>
          <p className={css.quiet}>{t("reach.tryWords")}</p>
          <TryPolicies setting={tried} />
        </section>
      </div>
      <section className={css.sheet} aria-labelledby="reach-caps">
        <div className={css.head}>
          <h2 id="reach-caps">{t("reach.caps")}</h2>
          {isOwner && <Templates onChoose={setSetting} />}
        </div>
        <p className={css.quiet}>{t("reach.capsWords")}</p>
        <CapMatrix
          caps={setting.caps}
          onChange={isOwner ? (caps) => setSetting({ ...setting, caps }) : undefined}
        />
        <MorePolicies setting={setting} onChange={isOwner ? setSetting : undefined} />
        <ProblemAlert problem={save.error} />
        {isOwner && changed && (
          <div className={css.save} role="status">
            <span>{t("reach.unsaved")}</span>
            <Button onClick={() => setSetting(saved.policies)}>{t("reach.undo")}</Button>
            <Button type="primary" loading={save.isPending} onClick={() => void submit()}>
              {t("reach.save")}
            </Button>
          </div>
        )}
      </section>
      <section className={css.sheet} aria-labelledby="reach-ahead">
        <h2 id="reach-ahead">{t("reach.ahead")}</h2>
        <AheadChart setting={tried} />
      </section>
    </>
  );
}

function PolicyList({ list }: { list: Policies["list"] }) {
  const { t } = useTranslation();
  const words = useWords();
  return (
    <ol className={css.list}>
      {list.map((one) => (
        <li key={one.where || one.kind}>
          <strong>{words(one.title)}</strong>
          <span>{words(one.words)}</span>
          {!one.where && <small>{t("reach.always")}</small>}
        </li>
      ))}
    </ol>
  );
}

function Templates({ onChoose }: { onChoose: (setting: Setting) => void }) {
  const { t } = useTranslation();
  const words = useWords();
  const templates = useReachTemplates().data ?? [];
  return (
    <div className={css.templates} role="group" aria-label={t("reach.templates")}>
      <span className={css.quiet}>{t("reach.templates")}</span>
      {templates.map((one) => (
        <Button
          key={one.key}
          size="small"
          title={words(one.words)}
          onClick={() => onChoose({ ...one.policies, priority: null })}
        >
          {words(one.title)}
        </Button>
      ))}
    </div>
  );
}
