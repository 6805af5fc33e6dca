/** A wide drawer beside the canvas: title, a body that scrolls, and a foot that stays. */
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { Glyph } from "../look/Glyph";
import { useCanvas } from "../store";

interface Props {
  title: string;
  sign: string;
  lead?: ReactNode;
  foot?: ReactNode;
  children: ReactNode;
}

export function Drawer({ title, sign, lead, foot, children }: Props) {
  const { t } = useTranslation("canvas");
  return (
    <aside className="rb-side rb-wide rb-over rb-group-flow" aria-label={title}>
      <header className="rb-side-head">
        <span className="rb-sign">
          <Glyph name={sign} group="flow" size={18} />
        </span>
        <div className="rb-wide-title">
          <h2 title={title}>{title}</h2>
          {lead && <p className="rb-quiet">{lead}</p>}
        </div>
        <button
          type="button"
          className="rb-mini"
          title={`${t("close")} Esc`}
          aria-label={t("close")}
          onClick={() => useCanvas.getState().setSide(null)}
        >
          <Glyph name="close" size={18} />
        </button>
      </header>
      <div className="rb-side-body">{children}</div>
      {foot && <footer className="rb-side-foot">{foot}</footer>}
    </aside>
  );
}

/** A numbered part of the drawer. */
export function Part({ title, note, children }: { title: string; note?: ReactNode; children: ReactNode }) {
  return (
    <section className="rb-part" aria-label={title}>
      <h3>
        {title}
        {note && <span className="rb-part-note">{note}</span>}
      </h3>
      {children}
    </section>
  );
}

/** What is still being read, as grey lines of about its size. */
export const Bones = () => (
  <div className="rb-bones" aria-hidden="true">
    <span />
    <span />
    <span />
  </div>
);
