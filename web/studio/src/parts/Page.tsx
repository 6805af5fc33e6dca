import type { ReactNode } from "react";

import css from "./Page.module.css";

interface PageProps {
  children: ReactNode;
  /** Reading pages are narrow, tables wide. */
  width?: "narrow" | "wide";
}

/** The margins of a page inside the studio. */
export function Page({ children, width = "wide" }: PageProps) {
  return <div className={`${css.page} ${css[width]}`}>{children}</div>;
}
