import type { ReactNode } from "react";
import { NavLink, useLocation } from "react-router";

import { Icon, type IconName } from "./Icon";
import css from "./RailLayout.module.css";

export interface Room {
  to: string;
  title: string;
  icon: IconName;
  /** Other addresses that belong to this room. */
  also?: string[];
}

interface RailLayoutProps {
  /** What the landmark is called by a screen reader. */
  label: string;
  head: ReactNode;
  rooms: Room[];
  foot: ReactNode;
  children: ReactNode;
}

/** The house's rooms on the left (at the thumb on a phone), the room that is open on the right. */
export function RailLayout({ label, head, rooms, foot, children }: RailLayoutProps) {
  const here = useLocation().pathname.split("/", 2).join("/");
  return (
    <div className={css.house}>
      <aside className={css.rail}>
        <div className={css.head}>{head}</div>
        <nav className={css.rooms} aria-label={label}>
          {rooms.map((room) => (
            <NavLink
              key={room.to}
              to={room.to}
              className={({ isActive }) => (isActive || room.also?.includes(here) ? css.on : css.room)}
            >
              <Icon name={room.icon} />
              <span>{room.title}</span>
            </NavLink>
          ))}
        </nav>
        <div className={css.foot}>{foot}</div>
      </aside>
      <main className={css.main}>{children}</main>
    </div>
  );
}
