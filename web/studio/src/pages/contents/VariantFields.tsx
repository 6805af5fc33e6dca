import { Button, Form, InputNumber, Select, type FormInstance } from "antd";
import { useTranslation } from "react-i18next";

import type { MaterialDraft } from "@/api/contents";
import type { FormField } from "@/api/kindTypes";
import { Icon } from "@/parts/Icon";

import { BodyFields } from "./BodyFields";
import css from "./Materials.module.css";

const KEYS = ["b", "c", "d", "e"];
const USUAL_SAMPLE = 200;

/** Other ways of saying it, each told to a share of the contacts. */
export function VariantFields({ form, fields }: { form: FormInstance<MaterialDraft>; fields: FormField[] }) {
  const { t } = useTranslation();
  const variants = Form.useWatch("variants", form) ?? [];
  const choosing = Form.useWatch("choosing", form);
  const rest = 100 - variants.reduce((sum, one) => sum + (one?.weight ?? 0), 0);
  return (
    <Form.Item label={t("contents.variants")} extra={t("contents.variantsHelp")}>
      <Form.List name="variants">
        {(rows, { add, remove }) => (
          <>
            {rows.map((row, number) => {
              const key = variants[number]?.key ?? "";
              return (
                <section
                  key={row.key}
                  className={css.variant}
                  aria-label={t("contents.variantName", { key })}
                >
                  <div className={css.scriptHead}>
                    <strong>{t("contents.variantName", { key: key.toUpperCase() })}</strong>
                    <Button
                      type="text"
                      icon={<Icon name="close" size={16} />}
                      aria-label={t("contents.removeVariant", { key })}
                      onClick={() => remove(row.name)}
                    />
                  </div>
                  <Form.Item hidden name={[row.name, "key"]}>
                    <input />
                  </Form.Item>
                  <Form.Item name={[row.name, "weight"]} label={t("contents.variantWeight")}>
                    <InputNumber min={1} max={99} />
                  </Form.Item>
                  <BodyFields form={fields} under={[row.name, "body"]} />
                </section>
              );
            })}
            {rows.length > 0 && <p className={css.quiet}>{t("contents.variantRest", { rest })}</p>}
            {rows.length < KEYS.length && (
              <Button
                icon={<Icon name="plus" size={16} />}
                onClick={() => {
                  const free = KEYS.find((key) => !variants.some((one) => one?.key === key));
                  add({
                    key: free,
                    weight: Math.max(1, Math.floor(rest / 2)),
                    body: form.getFieldValue("body") as unknown,
                  });
                }}
              >
                {t("contents.addVariant")}
              </Button>
            )}
          </>
        )}
      </Form.List>
      {variants.length > 0 && (
        <div className={css.row}>
          <span>{t("contents.auto")}</span>
          <Form.Item noStyle name={["choosing", "by"]}>
            <Select
              allowClear
              aria-label={t("contents.auto")}
              placeholder={t("contents.autoNone")}
              style={{ minWidth: 190 }}
              options={(["replied", "converted"] as const).map((value) => ({
                value,
                label: t(`contents.autoBy.${value}`),
              }))}
            />
          </Form.Item>
          {choosing?.by && (
            <>
              <span>{t("contents.sample")}</span>
              <Form.Item noStyle name={["choosing", "sample"]} initialValue={USUAL_SAMPLE}>
                <InputNumber min={30} max={1_000_000} aria-label={t("contents.sample")} />
              </Form.Item>
              <span>{t("contents.samplePeople")}</span>
            </>
          )}
        </div>
      )}
    </Form.Item>
  );
}
