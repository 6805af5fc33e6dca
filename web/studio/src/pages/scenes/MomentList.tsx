import { Button, Checkbox, Input, Select } from "antd";
import { useTranslation } from "react-i18next";

import type { SceneMoment } from "@/api/matching";
import { Icon } from "@/parts/Icon";
import { useLanguage } from "@/parts/language";

import { freshKey, momentColor } from "./moments";
import css from "./Scenes.module.css";

interface MomentListProps {
  moments: SceneMoment[];
  disabled: boolean;
  onChange: (moments: SceneMoment[]) => void;
}

/** The moments with their hours and days, each to be changed where it stands. */
export function MomentList({ moments, disabled, onChange }: MomentListProps) {
  const { t } = useTranslation();
  const lang = useLanguage();
  const days = Array.from({ length: 7 }, (_, day) => {
    const name = new Intl.DateTimeFormat(lang, { weekday: "short", timeZone: "UTC" });
    return { value: day + 1, label: name.format(new Date(Date.UTC(2026, 2, 2 + day))) };
  });
  const add = () =>
    onChange([
      ...moments,
      {
        key: freshKey(moments),
        name: "",
        from: "09:00",
        to: "10:00",
        weekdays: [],
        workdays: false,
        color: "",
      },
    ]);
  return (
    <>
      <ul className={css.moments}>
        {moments.map((one, place) => {
          const set = (part: Partial<SceneMoment>) =>
            onChange(moments.map((each, n) => (n === place ? { ...each, ...part } : each)));
          return (
            <li key={one.key} className={css.moment}>
              <input
                type="color"
                className={css.color}
                disabled={disabled}
                aria-label={`${one.name} ${t("scene.color")}`}
                value={momentColor(one, place)}
                onChange={(event) => set({ color: event.target.value })}
              />
              <Input
                aria-label={t("scene.momentName")}
                placeholder={t("scene.momentName")}
                style={{ width: 150 }}
                disabled={disabled}
                value={one.name}
                maxLength={60}
                onChange={(event) => set({ name: event.target.value })}
              />
              {(["from", "to"] as const).map((end) => (
                <Input
                  key={end}
                  type="time"
                  className={css.clock}
                  disabled={disabled}
                  aria-label={`${one.name} ${t(`scene.${end}`)}`}
                  value={one[end]}
                  onChange={(event) => set({ [end]: event.target.value })}
                />
              ))}
              <Select<number[]>
                mode="multiple"
                aria-label={`${one.name} ${t("scene.weekdays")}`}
                placeholder={t("scene.everyDay")}
                style={{ minWidth: 220 }}
                disabled={disabled}
                value={one.weekdays}
                options={days}
                onChange={(weekdays) => set({ weekdays: [...weekdays].sort((a, b) => a - b) })}
              />
              <Checkbox
                disabled={disabled}
                checked={one.workdays}
                onChange={(event) => set({ workdays: event.target.checked })}
              >
                {t("scene.workdays")}
              </Checkbox>
              <Button
                type="text"
                disabled={disabled}
                aria-label={t("scene.removeMoment", { name: one.name })}
                icon={<Icon name="close" size={16} />}
                onClick={() => onChange(moments.toSpliced(place, 1))}
              />
            </li>
          );
        })}
      </ul>
      <Button icon={<Icon name="plus" size={16} />} disabled={disabled || moments.length >= 24} onClick={add}>
        {t("scene.addMoment")}
      </Button>
    </>
  );
}
