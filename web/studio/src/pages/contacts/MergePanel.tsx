import { App, Button, Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useAttributeTypes, useTitles } from "@/api/catalogue";
import { useMerge, useMergePreview, type MergePreview } from "@/api/profile";
import type { Contact, Person } from "@/api/types";
import { ContactPicker } from "@/parts/ContactPicker";
import { SideSheet } from "@/parts/SideSheet";
import { nameOf } from "@/parts/contactName";
import { ProblemAlert } from "@/parts/ProblemAlert";

import { useListed } from "@/parts/language";

import { attributeText } from "./attributes";
import css from "./MergePanel.module.css";
import { TagList } from "./TagList";

/** Two customers who are one person: choose the other, see what will become of both, and only then do it. */
export default function MergePanel({ person, onClose }: { person: Person; onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [other, setOther] = useState<number | null>(null);
  const preview = useMergePreview(person.id, other);
  const merge = useMerge(person.id);
  const go = () =>
    other !== null &&
    merge.mutate(other, {
      onSuccess: () => {
        void message.success(t("merge.done"));
        onClose();
      },
    });
  return (
    <SideSheet open title={t("merge.title", { name: nameOf(person) })} onClose={onClose} size={560}>
      <p className={css.lead}>{t("merge.lead", { name: nameOf(person) })}</p>
      <ContactPicker
        className={css.other}
        label={t("merge.other")}
        but={person.id}
        onPick={(id) => setOther(id ?? null)}
      />
      <ProblemAlert problem={preview.error ?? merge.error} />
      {other !== null && preview.isPending && <Skeleton active />}
      {preview.data && (
        <>
          <Outcome preview={preview.data} />
          <div className={css.deeds}>
            <Button type="primary" danger loading={merge.isPending} onClick={go}>
              {t("merge.go")}
            </Button>
            <Button onClick={onClose}>{t("parts.cancel")}</Button>
          </div>
        </>
      )}
    </SideSheet>
  );
}

function Outcome({ preview }: { preview: MergePreview }) {
  const { t } = useTranslation();
  const listed = useListed();
  const titled = useTitles(useAttributeTypes().data);
  const keep = preview.keep as Contact;
  const moves = Object.entries(preview.moves as Record<string, number>).filter(([, count]) => count > 0);
  return (
    <div className={css.outcome}>
      <h3>{t("merge.after")}</h3>
      <dl>
        <dt>{t("contacts.name")}</dt>
        <dd>{preview.name || "—"}</dd>
        <dt>{t("contacts.tags")}</dt>
        <dd>
          <TagList tags={preview.tags} />
        </dd>
        {Object.entries(preview.attributes).map(([name, value]) => (
          <Change key={name} name={titled(name)} old={keep.attributes[name]} now={value} />
        ))}
      </dl>
      <h3>{t("merge.moves")}</h3>
      {moves.length === 0 && <p>{t("merge.nothing")}</p>}
      <ul>
        {moves.map(([what, count]) => (
          <li key={what}>{t(`merge.what.${what}`, { count })}</li>
        ))}
      </ul>
      {preview.ending.length > 0 && (
        <p className={css.ending}>
          {t("merge.ending", { journeys: listed(preview.ending.map((one) => one.journey_name)) })}
        </p>
      )}
      <p className={css.lead}>{t("merge.forGood")}</p>
    </div>
  );
}

function Change({ name, old, now }: { name: string; old: unknown; now: unknown }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>
        {old !== undefined && <s>{attributeText(old)}</s>} {attributeText(now)}
      </dd>
    </>
  );
}
