import { App, Button, DatePicker, Input, Select } from "antd";
import type { Dayjs } from "dayjs";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useFill, useSlots, type Slot } from "@/api/materials";
import { useStaff } from "@/api/profile";
import { useMay } from "@/api/session";
import type { Material } from "@/api/types";
import { ProblemAlert } from "@/parts/ProblemAlert";

import { Pieces } from "./History";
import css from "./Materials.module.css";

const BRAND = 0;

/** What the brand and each member of staff say in the open slots; the core stays as it is. */
export function SlotEditor({ material }: { material: Material }) {
  const { t } = useTranslation();
  const { data: slots } = useSlots(material.id);
  const { data: staff } = useStaff();
  const mayEdit = useMay("editor");
  const [who, setWho] = useState(BRAND);
  const [day, setDay] = useState<Dayjs | null>(null);
  const date = day?.format("YYYY-MM-DD") ?? "";
  if (!slots) return null;
  if (slots.length === 0) return <p className={css.quiet}>{t("contents.noSlots")}</p>;
  return (
    <>
      <p className={css.quiet}>{t("contents.slotsHelp")}</p>
      <div className={css.row}>
        <Select
          aria-label={t("contents.slotFor")}
          style={{ minWidth: 170 }}
          value={who}
          onChange={setWho}
          options={[
            { value: BRAND, label: t("contents.slotBrand") },
            ...(staff ?? []).map((one) => ({ value: one.id, label: one.name })),
          ]}
        />
        <DatePicker
          aria-label={t("contents.slotDay")}
          placeholder={t("contents.everyDay")}
          value={day}
          onChange={setDay}
        />
      </div>
      {slots.map((slot) => (
        <OneSlot
          key={`${slot.name}${who}${date}`}
          {...{ material, slot, date }}
          staffId={who || null}
          mayEdit={mayEdit}
        />
      ))}
    </>
  );
}

interface OneSlotProps {
  material: Material;
  slot: Slot;
  staffId: number | null;
  date: string;
  mayEdit: boolean;
}

function OneSlot({ material, slot, staffId, date, mayEdit }: OneSlotProps) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const known = slot.filled.find((one) => one.staff_id === staffId && one.day === date)?.words;
  const [words, setWords] = useState(known ?? "");
  const fill = useFill(material.id);
  const save = (said: string) => {
    setWords(said);
    fill.mutate(
      { slot: slot.name, words: said, staff_id: staffId, day: date },
      { onSuccess: () => void message.success(t("contents.slotSaved")) },
    );
  };
  const changed = [
    { how: "out", text: slot.default },
    { how: "in", text: words },
  ];
  return (
    <section className={css.question} aria-label={slot.name}>
      <h3>{slot.name}</h3>
      <div className={css.row}>
        <Input
          style={{ flex: 1, minWidth: 220 }}
          aria-label={slot.name}
          disabled={!mayEdit}
          maxLength={slot.max}
          showCount
          placeholder={slot.default}
          value={words}
          onChange={(event) => setWords(event.target.value)}
        />
        {mayEdit && (
          <>
            <Button
              type="primary"
              disabled={!words.trim()}
              loading={fill.isPending}
              onClick={() => save(words)}
            >
              {t("contents.slotSave")}
            </Button>
            {known && <Button onClick={() => save("")}>{t("contents.slotClear")}</Button>}
          </>
        )}
      </div>
      {words && words !== slot.default && (
        <div className={css.diff}>
          <Pieces pieces={changed} />
        </div>
      )}
      <ProblemAlert problem={fill.error} />
    </section>
  );
}
