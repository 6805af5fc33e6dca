/** The canvas's texts are a namespace of their own, loaded with the canvas and not with the studio's first page. */
import i18next from "i18next";

import { changingEn } from "./changing.en";
import { changingZh } from "./changing.zh";
import { en } from "./en";
import { panelsEn } from "./panels.en";
import { panelsZh } from "./panels.zh";
import { storyEn } from "./story.en";
import { storyZh } from "./story.zh";
import { watchingEn } from "./watching.en";
import { watchingZh } from "./watching.zh";
import { zh } from "./zh";

export const CANVAS = "canvas";

function add(): void {
  // Deep: both files have texts of stages, arrows and others.
  for (const texts of [zh, panelsZh, changingZh, storyZh, watchingZh])
    i18next.addResourceBundle("zh", CANVAS, texts, true, true);
  for (const texts of [en, panelsEn, changingEn, storyEn, watchingEn])
    i18next.addResourceBundle("en", CANVAS, texts, true, true);
}

if (i18next.isInitialized) add();
else i18next.on("initialized", add);
