import { Button, Input, Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useMay } from "@/api/session";
import {
  useAddCategory,
  useTagCategories,
  useTagDefinitions,
  useUndefinedTags,
  type TagDefinition,
} from "@/api/tags";
import { EmptyState } from "@/parts/EmptyState";
import { Icon } from "@/parts/Icon";
import { ProblemAlert } from "@/parts/ProblemAlert";

import { DefinitionCard } from "./DefinitionCard";
import { DefinitionPanel } from "./DefinitionPanel";
import { Refused } from "./Refused";
import { TagHistoryPanel } from "./TagHistoryPanel";
import css from "./Tags.module.css";
import { Undefined } from "./Undefined";
import { useCategoryTitle } from "./useCategoryTitle";

const ALL = "";
const UNDEFINED = "?";

/** The library: categories at the left, what tags mean and who wears them at the right. */
export function Shelf() {
  const { t } = useTranslation();
  const mayEdit = useMay("editor");
  const definitions = useTagDefinitions();
  const undefinedTags = useUndefinedTags();
  const [category, setCategory] = useState(ALL);
  const [edited, setEdited] = useState<TagDefinition | "new" | null>(null);
  const [told, setTold] = useState<string | null>(null);
  const all = definitions.data;
  const shown = all?.filter((one) => category === ALL || one.category === category);
  const unsorted = undefinedTags.data ?? [];
  return (
    <>
      <Refused />
      <ProblemAlert problem={definitions.error} onRetry={() => definitions.refetch()} />
      <div className={css.shelf}>
        <Categories all={all ?? []} unsorted={unsorted.length} chosen={category} onChoose={setCategory} />
        <section className={css.cards} aria-label={t("tags.part.shelf")}>
          {mayEdit && category !== UNDEFINED && all?.length !== 0 && (
            <div className={css.cardsHead}>
              <Button type="primary" icon={<Icon name="plus" size={16} />} onClick={() => setEdited("new")}>
                {t("tags.define")}
              </Button>
            </div>
          )}
          {category === UNDEFINED ? (
            <Undefined tags={unsorted} />
          ) : !shown ? (
            <Skeleton active />
          ) : all?.length === 0 ? (
            <EmptyState
              picture="cards"
              title={t("tags.none")}
              action={
                mayEdit && (
                  <Button type="primary" onClick={() => setEdited("new")}>
                    {t("tags.define")}
                  </Button>
                )
              }
            >
              {t("tags.noneWords")}
            </EmptyState>
          ) : shown.length === 0 ? (
            <p className={css.quiet}>{t("tags.noneHere")}</p>
          ) : (
            shown.map((one) => (
              <DefinitionCard
                key={one.id}
                definition={one}
                onEdit={mayEdit ? () => setEdited(one) : undefined}
                onTell={setTold}
              />
            ))
          )}
        </section>
      </div>
      <DefinitionPanel
        key={edited === "new" ? "new" : edited?.id}
        definition={edited === "new" ? null : edited}
        category={category === ALL || category === UNDEFINED ? "basic" : category}
        open={edited !== null}
        onClose={() => setEdited(null)}
      />
      <TagHistoryPanel tag={told} onClose={() => setTold(null)} />
    </>
  );
}

interface CategoriesProps {
  all: TagDefinition[];
  unsorted: number;
  chosen: string;
  onChoose: (category: string) => void;
}

function Categories({ all, unsorted, chosen, onChoose }: CategoriesProps) {
  const { t } = useTranslation();
  const { data } = useTagCategories();
  const titleOf = useCategoryTitle();
  const mayEdit = useMay("editor");
  const lines: [string, string, number][] = [
    [ALL, t("tags.all"), all.length],
    ...(data ?? []).map((one): [string, string, number] => [
      one.key,
      titleOf(one.key),
      all.filter((definition) => definition.category === one.key).length,
    ]),
    [UNDEFINED, t("tags.undefined"), unsorted],
  ];
  return (
    <nav className={css.categories} aria-label={t("tags.categories")}>
      <ul>
        {lines.map(([key, title, count]) => (
          <li key={key}>
            <button
              type="button"
              aria-current={key === chosen}
              className={key === chosen ? css.categoryOn : css.category}
              onClick={() => onChoose(key)}
            >
              <span>{title}</span>
              <span className="numbers">{count}</span>
            </button>
          </li>
        ))}
      </ul>
      {mayEdit && <NewCategory />}
    </nav>
  );
}

function NewCategory() {
  const { t } = useTranslation();
  const add = useAddCategory();
  const [title, setTitle] = useState("");
  const save = () => title.trim() && add.mutate(title.trim(), { onSuccess: () => setTitle("") });
  return (
    <form
      className={css.newCategory}
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <Input
        size="small"
        value={title}
        maxLength={100}
        placeholder={t("tags.newCategory")}
        aria-label={t("tags.newCategory")}
        onChange={(event) => setTitle(event.target.value)}
      />
      {title.trim() && (
        <Button size="small" htmlType="submit" loading={add.isPending}>
          {t("tags.addCategory")}
        </Button>
      )}
      <ProblemAlert problem={add.error} />
    </form>
  );
}
