import { Button, Form, Input, Select } from "antd";
import { useTranslation } from "react-i18next";

import { useAttributeTypes } from "@/api/catalogue";
import { Icon } from "@/parts/Icon";

import css from "./Codes.module.css";

interface PlacesFieldsProps {
  staff: { value: string; label: string }[] | undefined;
}

/** Who looks after whom by an attribute: each value with the staff for it. */
export function PlacesFields({ staff }: PlacesFieldsProps) {
  const { t } = useTranslation();
  const attributes = useAttributeTypes()
    .data?.filter((one) => !one.type || one.type === "text" || one.type === "mixed")
    .map(({ name, title }) => ({ value: name, label: title ? `${title}（${name}）` : name }));
  const needed = [{ required: true, message: t("codes.needed") }];
  return (
    <>
      <Form.Item
        name={["route", "attribute"]}
        label={t("codes.attribute")}
        extra={t("codes.attributeHelp")}
        rules={needed}
      >
        <Select options={attributes} showSearch={{ optionFilterProp: "label" }} />
      </Form.Item>
      <Form.Item label={t("codes.places")} required>
        <Form.List
          name="places"
          rules={[
            {
              validator: (_, rows: unknown[] | undefined) =>
                rows?.length ? Promise.resolve() : Promise.reject(new Error(t("codes.placeNeeded"))),
            },
          ]}
        >
          {(rows, { add, remove }, { errors }) => (
            <>
              {rows.map((row) => (
                <div key={row.key} className={css.row}>
                  <Form.Item name={[row.name, "value"]} noStyle rules={needed}>
                    <Input
                      maxLength={200}
                      aria-label={t("codes.placeValue")}
                      placeholder={t("codes.placeExample")}
                    />
                  </Form.Item>
                  <Form.Item name={[row.name, "staff"]} noStyle rules={needed}>
                    <Select
                      mode="multiple"
                      options={staff}
                      aria-label={t("codes.placeStaff")}
                      placeholder={t("codes.placeStaff")}
                      showSearch={{ optionFilterProp: "label" }}
                    />
                  </Form.Item>
                  <Button
                    aria-label={t("codes.removePlace")}
                    icon={<Icon name="close" size={14} />}
                    onClick={() => remove(row.name)}
                  />
                </div>
              ))}
              <Button size="small" onClick={() => add({})}>
                {t("codes.addPlace")}
              </Button>
              <Form.ErrorList errors={errors} />
            </>
          )}
        </Form.List>
      </Form.Item>
    </>
  );
}
