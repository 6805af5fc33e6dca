import { NavLink } from "react-router";

import css from "./PartTabs.module.css";

interface PartTabsProps {
  label: string;
  parts: { to: string; title: string }[];
}

/** The parts of one page, each with an address of its own. */
export function PartTabs({ label, parts }: PartTabsProps) {
  return (
    <nav className={css.parts} aria-label={label}>
      {parts.map(({ to, title }) => (
        <NavLink key={to} end to={to} className={({ isActive }) => (isActive ? css.partOn : css.part)}>
          {title}
        </NavLink>
      ))}
    </nav>
  );
}
