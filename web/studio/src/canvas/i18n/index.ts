/** The canvas's texts are a namespace of their own, loaded with the canvas and not with the studio's first page. */
import i18next from "i18next";

import { en } from "./en";
import { panelsEn, panelsZh } from "./panels";
import { zh } from "./zh";

export const CANVAS = "canvas";

i18next.addResourceBundle("zh", CANVAS, { ...zh, ...panelsZh }, true, true);
i18next.addResourceBundle("en", CANVAS, { ...en, ...panelsEn }, true, true);
