/** The palette: press to add where it fits best, or drag with mouse or finger onto the canvas, a stage or an arrow. */
import { useRef } from "react";
import { useTranslation } from "react-i18next";

import { useCamera } from "../flow/camera";
import { screenPoint, underPoint } from "../flow/under";
import { Glyph } from "../look/Glyph";
import { useCanvas } from "../store";
import { addWhereItFits } from "./addWhereItFits";
import { useSeeds, type Seed } from "./seeds";

/** The pointer must travel this far before pressing becomes dragging. */
const DRAG_AFTER = 5;

export function Palette() {
  const { t } = useTranslation("canvas");
  const groups = useSeeds();
  return (
    <nav className="rb-palette" aria-label={t("palette.title")}>
      {groups.map((group) => (
        <div key={group.key} role="group" aria-label={group.title}>
          <h3>{group.title}</h3>
          {group.seeds.map((seed) => (
            <SeedButton key={seed.key} seed={seed} />
          ))}
        </div>
      ))}
    </nav>
  );
}

function SeedButton({ seed }: { seed: Seed }) {
  const camera = useCamera();
  const carried = useRef(false);
  const carry = (down: React.PointerEvent) => {
    if (down.button !== 0) return;
    carried.current = false;
    const { send } = useCanvas.getState();
    const start = screenPoint(down);
    const aim = (event: PointerEvent) => {
      const screen = screenPoint(event);
      if (!carried.current && Math.hypot(screen.x - start.x, screen.y - start.y) < DRAG_AFTER) return;
      if (!carried.current) {
        carried.current = true;
        send({ type: "cancel" });
        send({ type: "carry", plant: seed.plant, screen });
      }
      send({
        type: "aim",
        screen,
        point: camera.toCanvas(screen),
        under: underPoint(screen),
      });
    };
    const stop = (event: PointerEvent) => {
      window.removeEventListener("pointermove", aim);
      window.removeEventListener("pointerup", stop);
      window.removeEventListener("pointercancel", stop);
      if (!carried.current) return;
      const screen = screenPoint(event);
      const fell = event.type === "pointercancel";
      if (fell) send({ type: "cancel" });
      else
        send({
          type: "release",
          screen,
          point: camera.toCanvas(screen),
          under: underPoint(screen),
        });
    };
    window.addEventListener("pointermove", aim);
    window.addEventListener("pointerup", stop);
    window.addEventListener("pointercancel", stop);
  };
  return (
    <button
      type="button"
      className={`rb-seed rb-group-${seed.group}`}
      title={seed.help}
      onPointerDown={carry}
      onClick={() => {
        if (!carried.current) addWhereItFits(seed.plant);
        carried.current = false;
      }}
    >
      <span className="rb-sign">
        <Glyph name={seed.icon} group={seed.group} />
      </span>
      <span>{seed.title}</span>
    </button>
  );
}

/** What is carried, beside the pointer, with a word on what would happen to it here. */
export function Ghost() {
  const { t } = useTranslation("canvas");
  const groups = useSeeds();
  const tool = useCanvas((state) => state.tool);
  if (tool.name !== "placing") return null;
  const wanted = JSON.stringify(tool.plant);
  const seed = groups.flatMap((group) => group.seeds).find((one) => JSON.stringify(one.plant) === wanted);
  if (!seed) return null;
  const soil = tool.soil;
  const where = !soil ? "" : soil.on === "stage" && soil.near ? "near" : soil.on;
  return (
    <div className={`rb-ghost rb-group-${seed.group}`} style={{ left: tool.screen.x, top: tool.screen.y }}>
      <span className="rb-sign">
        <Glyph name={seed.icon} group={seed.group} />
      </span>
      <span>
        {seed.title} {where && <small>{t(`soil.${seed.plant.what === "step" ? where : "canvas"}`)}</small>}
      </span>
    </div>
  );
}
