import { Select, Segmented } from "antd";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { IMPORT_KINDS, type ImportKind } from "@/api/imports";
import { useAllSegments } from "@/api/segments";

import css from "./Imports.module.css";

interface KindChoiceProps {
  kind: ImportKind;
  list: string;
  onKind: (kind: ImportKind) => void;
  onList: (list: string) => void;
}

/** What a file holds, and of a list's people onto which list they go. */
export function KindChoice({ kind, list, onKind, onList }: KindChoiceProps) {
  const { t } = useTranslation();
  return (
    <section className={css.kind}>
      <Segmented<ImportKind>
        aria-label={t("imports.what")}
        value={kind}
        options={IMPORT_KINDS.map((value) => ({ value, label: t(`imports.kind.${value}`) }))}
        onChange={onKind}
      />
      <p className={css.quiet}>{t(`imports.lead.${kind}`)}</p>
      {kind === "list" && <ListChoice list={list} onList={onList} />}
    </section>
  );
}

function ListChoice({ list, onList }: Pick<KindChoiceProps, "list" | "onList">) {
  const { t } = useTranslation();
  const id = useId();
  const { data } = useAllSegments();
  const lists = data?.filter((segment) => segment.kind === "static");
  return (
    <div className={css.kindList}>
      <label htmlFor={id}>{t("imports.list")}</label>
      <Select
        id={id}
        value={list || undefined}
        loading={!data}
        placeholder={t("imports.pickList")}
        showSearch={{ optionFilterProp: "label" }}
        notFoundContent={t("imports.noLists")}
        options={lists?.map((segment) => ({ value: segment.key, label: segment.name }))}
        onChange={onList}
      />
      <Link to="/segments/new?kind=static">{t("imports.newList")}</Link>
    </div>
  );
}
