import { useTranslation } from "react-i18next";

import type { SceneMoment } from "@/api/matching";

import { bands, momentColor } from "./moments";
import css from "./Scenes.module.css";

/** The moments as coloured bands of one day; the list beside it says the same in words. */
export function DayBands({ moments }: { moments: SceneMoment[] }) {
  const { t } = useTranslation();
  const said = moments.map((one) => `${one.name} ${one.from}–${one.to}`).join("，");
  return (
    <div role="img" aria-label={`${t("scene.day")}：${said}`}>
      <div className={css.day}>
        {moments.flatMap((one, place) =>
          bands(one).map((band, piece) => (
            <span
              key={`${one.key} ${piece}`}
              className={css.band}
              style={{
                left: `${band.left * 100}%`,
                width: `${band.width * 100}%`,
                borderColor: momentColor(one, place),
                background: `color-mix(in srgb, ${momentColor(one, place)} 26%, transparent)`,
              }}
            >
              {one.name}
            </span>
          )),
        )}
      </div>
      <div className={css.hours} aria-hidden="true">
        {["0:00", "6:00", "12:00", "18:00", "24:00"].map((hour) => (
          <span key={hour}>{hour}</span>
        ))}
      </div>
    </div>
  );
}
