import { Checkbox, Form, Switch } from "antd";
import { useTranslation } from "react-i18next";

import { useListed } from "@/parts/language";

import css from "./Settings.module.css";

/** By these names no two people go; the other two are shared in families and handed out again. */
export const SURE = ["external_userid", "unionid", "openid", "external_id"];
const SHARED = ["phone", "email"];

/** Whether two contacts who turn out to go by one name become one by themselves, and by which names. */
export function MergeFields({ on, by }: { on: boolean; by: string[] }) {
  const { t } = useTranslation();
  const listed = useListed();
  const named = (kind: string) =>
    t(kind === "external_id" ? "imports.place.external_id" : `imports.place.identity:${kind}`);
  const risky = SHARED.filter((kind) => by.includes(kind)).map(named);
  return (
    <>
      <Form.Item
        name="merge"
        label={t("settings.merge")}
        extra={t(on ? "settings.mergeOn" : "settings.mergeOff")}
        valuePropName="checked"
      >
        <Switch />
      </Form.Item>
      <div hidden={!on}>
        <Form.Item
          name="mergeBy"
          label={t("settings.mergeBy")}
          rules={[
            {
              // Not `required`, which antd would say as aria-required on a group, where it is not allowed.
              validator: (_, chosen: string[] | undefined) =>
                on && !chosen?.length
                  ? Promise.reject(new Error(t("settings.mergeNone")))
                  : Promise.resolve(),
            },
          ]}
          extra={
            risky.length > 0 && (
              <span className={css.risk}>{t("settings.mergeRisk", { names: listed(risky) })}</span>
            )
          }
        >
          <Checkbox.Group options={[...SURE, ...SHARED].map((value) => ({ value, label: named(value) }))} />
        </Form.Item>
      </div>
    </>
  );
}
