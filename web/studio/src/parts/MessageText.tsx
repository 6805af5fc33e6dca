import { Fragment } from "react";

import css from "./PhonePreview.module.css";

const PLACE = /(\{\{.*?\}\}|\{%.*?%\})/gs;

/** A message's text with its line breaks; places that are not filled yet stand out as chips. */
export function MessageText({ text }: { text: string }) {
  return (
    <div className={css.text}>
      {text.split(PLACE).map((piece, index) =>
        index % 2 === 0 ? (
          <Fragment key={index}>{piece}</Fragment>
        ) : (
          <span key={index} className={css.place} title={piece}>
            {placeName(piece)}
          </span>
        ),
      )}
    </div>
  );
}

/** `{{ contact.name | default: "朋友" }}` is spoken of as `contact.name`. */
function placeName(place: string): string {
  return place.slice(2, -2).split("|")[0]?.trim() || place;
}
