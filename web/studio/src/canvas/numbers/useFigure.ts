/** The number on a card or an arrow in the layer that is shown, and its title. */
import { useTranslation } from "react-i18next";

import { isExitArrow, type Id } from "../model/definition";
import { findArrow } from "../model/lookup";
import type { CanvasState } from "../state/types";
import { useCanvas } from "../store";
import { EMPTY, figure, heatOf, lasting, lostAt, percent, shareOf, type Heat } from "./reading";

/** What a card says: its text and its title, and whether it says that there was nobody. */
export interface Said {
  text: string;
  title: string;
  none: boolean;
}

/** What is read of the state: as one text, so that a card is drawn again only when its number has changed. */
type Raw = `${"play" | "here" | "passed" | "share" | "median" | "loss"}|${number}|${number}` | null;

export function useNodeFigure(id: Id, always: boolean): Said | null {
  const { t } = useTranslation("canvas");
  const raw = useCanvas((state) => ofNode(state, id, always));
  if (raw === null) return null;
  const [layer, first, second] = raw.split("|") as [string, string, string];
  const [n, of] = [Number(first), Number(second)];
  switch (layer) {
    case "play":
      return { text: figure(n), title: "", none: false };
    case "passed":
      return {
        text: figure(n),
        title: t("numbers.passedHere", { count: n, shown: figure(n) }),
        none: n === 0,
      };
    case "share": {
      const values = { share: percent(n, of), passed: figure(n), entered: figure(of) };
      return { text: values.share, title: t("numbers.shareHere", values), none: n === 0 };
    }
    case "median": {
      const time = lasting(n);
      const text = t(`numbers.${time.unit}`, { n: time.n });
      return { text, title: t("numbers.medianHere", { time: text, of: figure(of) }), none: false };
    }
    case "loss":
      // Of an end everybody who came is lost; that needs no share.
      return {
        text: of > n ? `${figure(n)} · ${percent(n, of)}` : figure(n),
        title: t("numbers.lostHere", { count: n, shown: figure(n), share: percent(n, of) }),
        none: false,
      };
    default:
      return { text: figure(n), title: t("numbers.standHere", { count: n, shown: figure(n) }), none: false };
  }
}

function ofNode(state: CanvasState, id: Id, always: boolean): Raw {
  if (state.playing) {
    const count = state.frame?.counts[id] ?? 0;
    return count > 0 ? `play|${count}|0` : null;
  }
  const { layer, numbers } = state;
  if (!numbers || (layer === "off" && !always)) return null;
  const node = numbers.nodes[id] ?? EMPTY;
  switch (layer) {
    case "passed":
      return `passed|${node.passed}|0`;
    case "share":
      return `share|${node.passed}|${numbers.entered}`;
    case "median":
      // What takes no time is not worth a number.
      return typeof node.median_secs === "number" && node.median_secs >= 1
        ? `median|${node.median_secs}|${numbers.sample?.[id] ?? 0}`
        : null;
    case "loss": {
      const lost = lostAt(state.history.present, numbers, id);
      return lost > 0 ? `loss|${lost}|${node.passed}` : null;
    }
    default:
      // Nobody here is no news.
      return node.here > 0 ? `here|${node.here}|0` : null;
  }
}

export function useArrowFigure(id: Id): Said | null {
  const { t } = useTranslation("canvas");
  const raw = useCanvas((state) => ofArrow(state, id));
  if (raw === null) return null;
  const [layer, first, second] = raw.split("|") as [string, string, string];
  const n = Number(first);
  if (layer === "play") return { text: figure(n), title: "", none: false };
  const share = percent(n, Number(second));
  const title = t("numbers.wentAlong", { count: n, shown: figure(n), share });
  return { text: layer === "share" || layer === "loss" ? share : figure(n), title, none: false };
}

function ofArrow(state: CanvasState, id: Id): Raw {
  if (state.playing) {
    const count = state.frame?.passed[id] ?? 0;
    return count > 0 ? `play|${count}|0` : null;
  }
  const { layer, numbers } = state;
  if (!numbers || layer === "off" || layer === "median") return null;
  const definition = state.history.present;
  const arrow = findArrow(definition, id);
  if (!arrow) return null;
  const [took, whole] = shareOf(numbers, arrow);
  if (took === 0 || (layer === "loss" && !heatOf(definition, numbers, arrow, layer))) return null;
  return `${layer}|${took}|${whole}`;
}

/** How an arrow glows; null if it does not. */
export function useHeat(id: Id | undefined): Heat | null {
  const heat = useCanvas((state) => {
    if (!id || state.playing || state.layer === "off" || !state.numbers) return "";
    const arrow = findArrow(state.history.present, id);
    const found = arrow && heatOf(state.history.present, state.numbers, arrow, state.layer);
    return found ? `${found.tone} ${found.width}` : "";
  });
  if (!heat) return null;
  const [tone, width] = heat.split(" ");
  return { tone: tone as Heat["tone"], width: Number(width) };
}

/** Where the people are to whom an arrow's number leads: at what it leads to, or else where it begins. */
export function peopleOf(state: CanvasState, id: Id): Id | null {
  const arrow = findArrow(state.history.present, id);
  if (!arrow) return null;
  if (!state.history.present.ends.some((end) => end.id === arrow.to)) return arrow.to;
  return isExitArrow(arrow) ? arrow.from : null;
}
