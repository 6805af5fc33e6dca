import { App, Button, Form, Input, InputNumber, Select, Switch } from "antd";
import { useTranslation } from "react-i18next";

import { useKeepCode, type Code, type CodeDraft, type Mode, type Route } from "@/api/codes";
import { useAllContents } from "@/api/contents";
import { useStaffKeys } from "@/api/tasks";
import { Icon } from "@/parts/Icon";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { SideSheet } from "@/parts/SideSheet";

import css from "./Codes.module.css";
import { PlacesFields } from "./PlacesFields";

const MODES: Mode[] = ["together", "round_robin", "least_load", "attribute"];
const GREETS = "wecom_direct";

/** What the form holds: the places of a route as rows. */
type Entered = CodeDraft & { places?: { value: string; staff: string[] }[] };

const entered = (code: Code): Entered => ({
  ...code,
  places: Object.entries(code.route.places ?? {}).map(([value, staff]) => ({ value, staff })),
});

/** A route as it is kept: without what only another way of dividing needs. */
function routeOf({ route, places }: Entered): Route {
  const { mode, staff, fallback, attribute } = route;
  const rest: Route = { mode, staff, ...(fallback ? { fallback } : {}) };
  if (mode !== "attribute") return rest;
  const byValue = Object.fromEntries((places ?? []).map((one) => [one.value.trim(), one.staff]));
  return { ...rest, ...(attribute ? { attribute } : {}), places: byValue };
}

/** A new code, or one to be changed. */
export function CodePanel({ code, onClose }: { code: Code | undefined; onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const keep = useKeepCode(code?.key);
  const staff = useStaffKeys().data?.map((one) => ({ value: one.key, label: one.name }));
  const greetings = useAllContents()
    .data?.filter((one) => one.carrier === GREETS)
    .map((one) => ({ value: one.key, label: one.name }));
  const [form] = Form.useForm<Entered>();
  const mode = Form.useWatch(["route", "mode"], form) ?? code?.route.mode;
  const save = ({ places, ...given }: Entered) => {
    // What this form does not show stays as it is.
    const route = routeOf({ route: { ...code?.route, ...given.route }, places } as Entered);
    keep.mutate(
      { ...given, route, ...(code ? { attributes: code.attributes } : {}) },
      {
        onSuccess: () => {
          void message.success(t("codes.saved"));
          onClose();
        },
      },
    );
  };
  return (
    <SideSheet open size={560} title={t(code ? "codes.edit" : "codes.new")} onClose={onClose}>
      <Form<Entered>
        form={form}
        layout="vertical"
        initialValues={
          code
            ? entered(code)
            : { active: true, route: { mode: "round_robin", staff: [{ key: undefined, cap: 50 }] } }
        }
        onFinish={save}
      >
        <ProblemAlert problem={keep.error} />
        <Form.Item
          name="name"
          label={t("codes.name")}
          rules={[{ required: true, message: t("codes.needed") }]}
        >
          <Input maxLength={200} placeholder={t("codes.nameExample")} />
        </Form.Item>
        <Form.Item name="promise" label={t("codes.promise")} extra={t("codes.promiseHelp")}>
          <Input.TextArea rows={2} maxLength={500} />
        </Form.Item>
        <Form.Item name="promised" label={t("codes.promised")} extra={t("codes.promisedHelp")}>
          <Select mode="tags" open={false} suffixIcon={null} />
        </Form.Item>
        <Form.Item name="greeting" label={t("codes.greeting")} extra={t("codes.greetingHelp")}>
          <Select options={greetings} allowClear showSearch={{ optionFilterProp: "label" }} />
        </Form.Item>
        <Form.Item name={["route", "mode"]} label={t("codes.route")}>
          <Select options={MODES.map((value) => ({ value, label: t(`codes.modes.${value}`) }))} />
        </Form.Item>
        {mode === "attribute" && <PlacesFields staff={staff} />}
        <Form.Item label={t("codes.staff")} required>
          <Form.List name={["route", "staff"]}>
            {(rows, { add, remove }) => (
              <>
                {rows.map((row) => (
                  <div key={row.key} className={css.row}>
                    <Form.Item
                      name={[row.name, "key"]}
                      noStyle
                      rules={[{ required: true, message: t("codes.needed") }]}
                    >
                      <Select
                        options={staff}
                        aria-label={t("codes.staff")}
                        showSearch={{ optionFilterProp: "label" }}
                      />
                    </Form.Item>
                    <Form.Item name={[row.name, "cap"]} noStyle>
                      <InputNumber min={1} aria-label={t("codes.cap")} placeholder={t("codes.cap")} />
                    </Form.Item>
                    <Button
                      aria-label={t("codes.remove")}
                      icon={<Icon name="close" size={14} />}
                      onClick={() => remove(row.name)}
                    />
                  </div>
                ))}
                <Button size="small" onClick={() => add({ cap: 50 })}>
                  {t("codes.addStaff")}
                </Button>
              </>
            )}
          </Form.List>
        </Form.Item>
        <Form.Item name={["route", "fallback"]} label={t("codes.fallback")} extra={t("codes.fallbackHelp")}>
          <Select mode="multiple" options={staff} />
        </Form.Item>
        <Form.Item name="tags" label={t("codes.tags")}>
          <Select mode="tags" open={false} suffixIcon={null} />
        </Form.Item>
        <Form.Item name="active" label={t("codes.active")} valuePropName="checked">
          <Switch />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={keep.isPending}>
          {t("codes.save")}
        </Button>
      </Form>
    </SideSheet>
  );
}
