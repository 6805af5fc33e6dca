import { Button, Form, Input, InputNumber, Popconfirm, Select, Switch } from "antd";
import { useTranslation } from "react-i18next";

import { useDeleteDefinition, useSaveDefinition, useTagCategories, type TagDefinition } from "@/api/tags";
import { Icon } from "@/parts/Icon";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { SideSheet } from "@/parts/SideSheet";

import css from "./Tags.module.css";
import { useCategoryTitle } from "./useCategoryTitle";

interface DefinitionPanelProps {
  definition: TagDefinition | null;
  category: string;
  open: boolean;
  onClose: () => void;
}

interface Draft {
  name: string;
  title: string;
  category: string;
  description: string;
  values: { value: string; title?: string }[];
  exclusive: boolean;
  days: number | null;
  by_hand: TagDefinition["by_hand"];
  source: TagDefinition["source"];
}

const HANDS = ["editor", "owner", "nobody"] as const;
const SOURCES = ["hand", "rule", "journey", "wecom"] as const;
const MOST_DAYS = 3650;

/** What a tag means: to be written and changed beside the library. */
export function DefinitionPanel({ definition, category, open, onClose }: DefinitionPanelProps) {
  const { t } = useTranslation();
  const save = useSaveDefinition(definition?.id ?? null);
  const { data: categories } = useTagCategories();
  const titleOf = useCategoryTitle();
  const [form] = Form.useForm<Draft>();
  const values = Form.useWatch("values", form);
  const finish = (draft: Draft) =>
    save.mutate(
      { ...draft, exclusive: Boolean(draft.exclusive && draft.values?.length), days: draft.days ?? null },
      { onSuccess: onClose },
    );
  return (
    <SideSheet
      title={definition ? definition.title || definition.name : t("tags.define")}
      open={open}
      onClose={onClose}
      size={520}
      destroyOnHidden
    >
      <ProblemAlert problem={save.error} />
      <Form<Draft>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={initial(definition, category)}
        onFinish={finish}
      >
        <div className={css.two}>
          <Form.Item
            name="name"
            label={t("tags.name")}
            extra={t("tags.nameHelp")}
            rules={[{ required: true, whitespace: true, message: t("tags.nameNeeded") }]}
          >
            <Input maxLength={64} disabled={definition !== null} autoFocus={definition === null} />
          </Form.Item>
          <Form.Item name="title" label={t("tags.show")}>
            <Input maxLength={100} />
          </Form.Item>
        </div>
        <div className={css.two}>
          <Form.Item name="category" label={t("tags.category")}>
            <Select options={categories?.map((one) => ({ value: one.key, label: titleOf(one.key) }))} />
          </Form.Item>
          <Form.Item name="source" label={t("tags.source")}>
            <Select options={SOURCES.map((value) => ({ value, label: t(`tags.sourceOptions.${value}`) }))} />
          </Form.Item>
        </div>
        <Form.Item name="description" label={t("tags.description")}>
          <Input.TextArea maxLength={1000} rows={2} placeholder={t("tags.descriptionHelp")} />
        </Form.Item>
        <Values />
        {(values?.length ?? 0) > 0 && (
          <Form.Item name="exclusive" label={t("tags.isExclusive")} valuePropName="checked">
            <Switch />
          </Form.Item>
        )}
        <Form.Item name="days" label={t("tags.expires")} extra={t("tags.expiresHelp")}>
          <InputNumber min={1} max={MOST_DAYS} precision={0} placeholder={t("tags.forever")} />
        </Form.Item>
        <Form.Item name="by_hand" label={t("tags.byHand")}>
          <Select options={HANDS.map((value) => ({ value, label: t(`tags.byHandOptions.${value}`) }))} />
        </Form.Item>
        <div className={css.panelFoot}>
          <Button type="primary" htmlType="submit" loading={save.isPending}>
            {t("tags.save")}
          </Button>
          {definition && <DeleteDefinition definition={definition} onDone={onClose} />}
        </div>
      </Form>
    </SideSheet>
  );
}

function Values() {
  const { t } = useTranslation();
  return (
    <fieldset className={css.fields}>
      <legend>{t("tags.values")}</legend>
      <p className={css.quiet}>{t("tags.valuesHelp")}</p>
      <Form.List name="values">
        {(fields, { add, remove }) => (
          <>
            {fields.map((field, index) => (
              <div key={field.key} className={css.valueRow}>
                <Form.Item name={[field.name, "value"]} noStyle rules={[{ required: true, message: "" }]}>
                  <Input maxLength={64} placeholder={t("tags.value")} aria-label={t("tags.value")} />
                </Form.Item>
                <Form.Item name={[field.name, "title"]} noStyle>
                  <Input
                    maxLength={100}
                    placeholder={t("tags.valueTitle")}
                    aria-label={t("tags.valueTitle")}
                  />
                </Form.Item>
                <Button
                  type="text"
                  aria-label={t("tags.removeValue", { value: index + 1 })}
                  icon={<Icon name="close" size={14} />}
                  onClick={() => remove(field.name)}
                />
              </div>
            ))}
            <Button type="dashed" onClick={() => add({ value: "", title: "" })}>
              {t("tags.addValue")}
            </Button>
          </>
        )}
      </Form.List>
    </fieldset>
  );
}

function DeleteDefinition({ definition, onDone }: { definition: TagDefinition; onDone: () => void }) {
  const { t } = useTranslation();
  const remove = useDeleteDefinition();
  return (
    <Popconfirm
      title={t("tags.deleteAsk", { name: definition.title || definition.name })}
      description={t("tags.deleteWords", { count: definition.worn })}
      onConfirm={() => remove.mutate(definition.id, { onSuccess: onDone })}
    >
      <Button danger loading={remove.isPending}>
        {t("tags.delete")}
      </Button>
    </Popconfirm>
  );
}

function initial(definition: TagDefinition | null, category: string): Partial<Draft> {
  if (!definition) return { category, by_hand: "editor", source: "hand", values: [] };
  return {
    ...definition,
    values: definition.has_values
      ? definition.values.filter((one) => one.allowed).map(({ value, title }) => ({ value, title }))
      : [],
  };
}
