import { Button, Skeleton, Tooltip } from "antd";
import dayjs from "dayjs";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useMay } from "@/api/session";
import { useContactTags, useTagByHand, type WornTag } from "@/api/tags";
import { Icon } from "@/parts/Icon";
import { ProblemAlert } from "@/parts/ProblemAlert";

import { TagPicker } from "./TagPicker";
import css from "./Tags.module.css";
import { useCategoryTitle } from "./useCategoryTitle";
import { useSaid } from "./useSaid";

/** The tags of a contact by category: since when, by whom and until when; changed by hand where that is allowed. */
export function ContactTags({ contact }: { contact: number }) {
  const { t } = useTranslation();
  const titleOf = useCategoryTitle();
  const mayEdit = useMay("editor");
  const { data, error } = useContactTags(contact);
  const change = useTagByHand(contact);
  const [adding, setAdding] = useState<string[] | null>(null);
  if (error) return <ProblemAlert problem={error} />;
  if (!data) return <Skeleton active title={false} paragraph={{ rows: 2 }} />;
  const categories = [...new Set(data.map((one) => one.category))].sort(undefinedLast);
  return (
    <section className={css.contactTags} aria-label={t("tags.ofContact")}>
      {data.length === 0 && <p className={css.quiet}>{t("tags.nothingWorn")}</p>}
      {categories.map((category) => (
        <div key={category ?? ""} className={css.contactLine}>
          <span className={css.quiet}>{titleOf(category)}</span>
          <span className={css.acts}>
            {data
              .filter((one) => one.category === category)
              .map((one) => (
                <Worn
                  key={one.tag}
                  worn={one}
                  onTakeOff={mayEdit && one.by_hand ? () => change.mutate({ remove: [one.tag] }) : undefined}
                />
              ))}
          </span>
        </div>
      ))}
      <ProblemAlert problem={change.error} />
      {mayEdit &&
        (adding === null ? (
          <Button size="small" icon={<Icon name="plus" size={14} />} onClick={() => setAdding([])}>
            {t("tags.addToContact")}
          </Button>
        ) : (
          <div className={css.addLine}>
            <TagPicker label={t("tags.addToContact")} value={adding} onChange={setAdding} />
            <Button
              type="primary"
              disabled={adding.length === 0}
              loading={change.isPending}
              onClick={() => change.mutate({ add: adding }, { onSuccess: () => setAdding(null) })}
            >
              {t("tags.add")}
            </Button>
            <Button onClick={() => setAdding(null)}>{t("parts.cancel")}</Button>
          </div>
        ))}
    </section>
  );
}

function Worn({ worn, onTakeOff }: { worn: WornTag; onTakeOff?: () => void }) {
  const { t } = useTranslation();
  const said = useSaid();
  const told = [
    worn.since && t("tags.since", { when: dayjs(worn.since).format("YYYY-MM-DD HH:mm") }),
    worn.source && said(worn.source.words),
    worn.until && t("tags.until", { when: dayjs(worn.until).format("YYYY-MM-DD HH:mm") }),
  ].filter(Boolean);
  return (
    <Tooltip title={told.join(" · ")}>
      <span className={css.chip} tabIndex={0}>
        {worn.title}
        {worn.until && <Icon name="clock" size={12} />}
        {onTakeOff && (
          <button type="button" aria-label={t("tags.takeOff", { tag: worn.title })} onClick={onTakeOff}>
            <Icon name="close" size={12} />
          </button>
        )}
      </span>
    </Tooltip>
  );
}

const undefinedLast = (one: string | null, other: string | null) =>
  Number(one === null) - Number(other === null) || (one ?? "").localeCompare(other ?? "");
