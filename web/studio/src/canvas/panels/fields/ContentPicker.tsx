/** A material chosen by name, shown on a phone, or made on the spot. */
import { Alert, App, Button, Input, Select, Space } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { useAllContents, usePreview, useSaveContent } from "@/api/contents";
import type { Carrier, Material } from "@/api/types";
import { ContactPicker } from "@/parts/ContactPicker";
import { PhonePreview } from "@/parts/PhonePreview";

import { freshWord } from "../../model/ids";
import { selectDefinition, useCanvas } from "../../store";
import { asText, type WidgetProps } from "./types";

export function ContentField({ id, value, onChange, values }: WidgetProps) {
  const { t } = useTranslation("canvas");
  const rows = useAllContents().data ?? [];
  const [making, setMaking] = useState(false);
  const carrier = (asText(values.carrier) || "sandbox") as Carrier;
  const key = asText(value);
  const chosen = rows.find((one) => one.key === key);
  const fitting = rows.filter((one) => one.carrier === carrier || one.key === key || carrier === "sandbox");
  const missing = key && !chosen ? [{ value: key, label: t("content.missing", { key }) }] : [];
  return (
    <>
      <Space.Compact style={{ width: "100%" }}>
        <Select
          id={id}
          value={key || undefined}
          style={{ width: "100%" }}
          placeholder={t("content.choose")}
          notFoundContent={t("content.none")}
          showSearch={{ optionFilterProp: "label" }}
          options={[...missing, ...fitting.map((one) => ({ value: one.key, label: one.name }))]}
          onChange={(next: string) => onChange(next)}
        />
        <Button onClick={() => setMaking(!making)}>{t("content.new")}</Button>
      </Space.Compact>
      {making && (
        <QuickCreate
          carrier={carrier}
          taken={rows}
          onMade={(made) => {
            onChange(made.key);
            setMaking(false);
          }}
          onClose={() => setMaking(false)}
        />
      )}
      {chosen && !making && <Preview material={chosen} carrier={carrier} />}
    </>
  );
}

/** As the chosen customer would read it; while nobody is chosen, words that cannot be filled in show as places. */
function Preview({ material, carrier }: { material: Material; carrier: Carrier }) {
  const { t } = useTranslation("canvas");
  const { t: shared } = useTranslation();
  const ofContacts = useCanvas((state) => selectDefinition(state).subject === "contact");
  const [reader, setReader] = useState<number | null>(null);
  const rendered = usePreview({ key: material.key }, reader);
  const missing = reader === null ? [] : (rendered.data?.missing ?? []);
  return (
    <div style={{ display: "grid", gap: 8, marginTop: 12 }}>
      {ofContacts && (
        <ContactPicker
          label={shared("contents.readAs")}
          value={reader}
          onPick={(id) => setReader(id ?? null)}
          clearable
        />
      )}
      <PhonePreview
        carrier={carrier === "sandbox" ? material.carrier : carrier}
        body={rendered.data ?? material.body}
      />
      {missing.length > 0 && (
        <Alert type="warning" showIcon title={shared("contents.missing", { names: missing.join(", ") })} />
      )}
      <Link to={`/contents/${material.id}`} target="_blank">
        {t("content.edit")}
      </Link>
    </div>
  );
}

function QuickCreate({
  carrier,
  taken,
  onMade,
  onClose,
}: {
  carrier: Carrier;
  taken: Material[];
  onMade(made: Material): void;
  onClose(): void;
}) {
  const { t } = useTranslation("canvas");
  const { message } = App.useApp();
  const save = useSaveContent();
  const [name, setName] = useState("");
  const [text, setText] = useState("");
  const make = () => {
    const keys = taken.map((one) => one.key);
    const draft = {
      key: freshWord(carrier.replaceAll("_", "-"), keys),
      name: name.trim(),
      carrier: carrier === "sandbox" ? ("wecom_direct" as const) : carrier,
      body: { text },
    };
    save.mutate(
      { id: null, draft },
      { onSuccess: onMade, onError: (problem) => void message.error(problem.message) },
    );
  };
  return (
    <div className="rb-item" style={{ marginTop: 10, paddingBottom: 10 }}>
      <Space orientation="vertical" style={{ width: "100%" }}>
        <Input
          value={name}
          placeholder={t("content.name")}
          aria-label={t("content.name")}
          maxLength={120}
          onChange={(event) => setName(event.target.value)}
        />
        <Input.TextArea
          value={text}
          rows={4}
          placeholder={t("content.text")}
          aria-label={t("content.text")}
          onChange={(event) => setText(event.target.value)}
        />
        <Space>
          <Button
            type="primary"
            disabled={!name.trim() || !text.trim()}
            loading={save.isPending}
            onClick={make}
          >
            {t("content.make")}
          </Button>
          <Button onClick={onClose}>{t("cancel")}</Button>
        </Space>
      </Space>
    </div>
  );
}
