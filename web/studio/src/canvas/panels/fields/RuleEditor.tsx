/** The rule editor: the query builder with our fields, our operators and our inputs. */
import { QueryBuilderAntD } from "@react-querybuilder/antd";
import { Select } from "antd";
import { useContext, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import {
  QueryBuilder,
  type Field as RuleField,
  type FieldSelectorProps,
  type OptionGroup,
  type OperatorSelectorProps,
  type RuleGroupType,
} from "react-querybuilder";
import "react-querybuilder/dist/query-builder.css";

import type { Rule } from "../../model/definition";
import { plainRule } from "../../model/plainRule";
import { typeset } from "../../model/words/names";
import { sayField } from "../../model/words/rule";
import { useCanvas } from "../../store";
import { patternOf, typedChoices, useRuleChoices } from "./ruleFields";
import { AddButton, CombinatorPick, NotBox, RemoveButton } from "./ruleButtons";
import { RuleValue } from "./RuleValue";
import { isOfAJourney, OnlyContacts } from "./ruleScope";

const EMPTY: Rule = { combinator: "and", rules: [] };

interface Props {
  value: Rule | null | undefined;
  onChange(value: Rule | null): void;
}

export default function RuleEditor({ value, onChange }: Props) {
  const { t } = useTranslation("canvas");
  const catalogue = useCanvas((state) => state.catalogue);
  const lang = useCanvas((state) => state.names.lang);
  // The editor gives its parts ids; they are kept here as long as it and the journey mean the same.
  const [kept, setKept] = useState<RuleGroupType>(() => (value ?? EMPTY) as RuleGroupType);
  const given = JSON.stringify(plainRule(value ?? EMPTY));
  const query =
    JSON.stringify(plainRule(kept as Rule)) === given ? kept : ((value ?? EMPTY) as RuleGroupType);
  const choices = useRuleChoices(value);
  const combinators = useMemo(
    () => [
      { name: "and", value: "and", label: t("rule.and") },
      { name: "or", value: "or", label: t("rule.or") },
    ],
    [t],
  );
  const operators = useMemo(() => {
    const titled = (
      catalogue.rule.operators as { operator: string; title: { zh: string; en: string } }[]
    ).map((one) => ({ name: one.operator, value: one.operator, label: one.title[lang] }));
    return (field: string) => {
      const allowed = patternOf(catalogue, field)?.operators;
      // In the order of the field's own list: what is asked most stands first.
      return allowed ? allowed.flatMap((name) => titled.find((one) => one.name === name) ?? []) : titled;
    };
  }, [catalogue, lang]);
  const translations = useMemo(
    () => ({
      addRule: { label: `＋ ${t("rule.add")}`, title: t("rule.add") },
      addGroup: { label: `＋ ${t("rule.addGroup")}`, title: t("rule.addGroup") },
      removeRule: { label: "✕", title: t("rule.remove") },
      removeGroup: { label: "✕", title: t("rule.removeGroup") },
      notToggle: { label: t("rule.not"), title: t("rule.not") },
      combinators: { title: t("rule.combinator") },
    }),
    [t],
  );
  return (
    <div className="rb-rules">
      <QueryBuilderAntD>
        <QueryBuilder
          query={query}
          fields={choices as unknown as OptionGroup<RuleField>[]}
          combinators={combinators}
          getOperators={operators}
          translations={translations}
          showNotToggle
          listsAsArrays
          resetOnFieldChange
          controlElements={CONTROLS}
          enableMountQueryChange={false}
          controlClassnames={CLASSES}
          getDefaultOperator={(field: string) => operators(field)[0]?.name ?? "="}
          onQueryChange={(next) => {
            setKept(next);
            const plain = plainRule(next as Rule);
            if (JSON.stringify(plain) !== given) onChange(plain.rules.length === 0 ? null : plain);
          }}
        />
      </QueryBuilderAntD>
    </div>
  );
}

const CLASSES = { queryBuilder: "rb-rule-tree" };
const CONTROLS = {
  fieldSelector: FieldPick,
  operatorSelector: OperatorPick,
  valueEditor: RuleValue,
  addRuleAction: AddButton,
  addGroupAction: AddButton,
  removeRuleAction: RemoveButton,
  removeGroupAction: RemoveButton,
  notToggle: NotBox,
  combinatorSelector: CombinatorPick,
};

type Listed = { label: string; value?: string; options?: { label: string; value: string }[] };

/** Fields by group, with a search; a name that is not known yet can be typed. */
function FieldPick({ options, value, handleOnChange }: FieldSelectorProps) {
  const { t } = useTranslation("canvas");
  const catalogue = useCanvas((state) => state.catalogue);
  const names = useCanvas((state) => state.names);
  const [typed, setTyped] = useState("");
  const onlyContacts = useContext(OnlyContacts);
  const fitting = typedChoices(catalogue, typed).filter((one) => !onlyContacts || !isOfAJourney(one.field));
  const fresh = fitting.map((one) => ({
    value: one.field,
    label: `${typeset(sayField(one.field, names))}（${t(`rule.new.${one.field.split(".")[0]}`)}）`,
  }));
  const list =
    fresh.length > 0
      ? [...(options as unknown as Listed[]), { label: t("rule.typed"), options: fresh }]
      : (options as unknown as Listed[]);
  return (
    <Select
      className="rb-rule-field"
      value={value || undefined}
      options={list}
      placeholder={t("rule.field")}
      aria-label={t("rule.field")}
      popupMatchSelectWidth={260}
      showSearch={{
        onSearch: setTyped,
        filterOption: (text, one) =>
          `${String(one?.label ?? "")} ${String((one as { value?: string })?.value ?? "")}`
            .toLowerCase()
            .includes(text.toLowerCase()),
      }}
      labelRender={(one) => one.label ?? typeset(sayField(String(one.value), names))}
      onChange={(next: string) => {
        setTyped("");
        handleOnChange(next);
      }}
    />
  );
}

function OperatorPick({ options, value, handleOnChange }: OperatorSelectorProps) {
  const { t } = useTranslation("canvas");
  return (
    <Select
      className="rb-rule-operator"
      value={value || undefined}
      options={options as object[]}
      onChange={handleOnChange}
      popupMatchSelectWidth={140}
      aria-label={t("rule.operator")}
    />
  );
}
