import { useTranslation } from "react-i18next";

import type { Customer } from "@/api/tasks";
import { DateText } from "@/parts/DateText";
import { Icon } from "@/parts/Icon";

import { TaskBody } from "./TaskBody";
import css from "./Tasks.module.css";

interface Props {
  of: Customer;
  /** A guard gives this person nothing new: tasks of the team are not to be taken. */
  paused: boolean;
  open: boolean;
  /** Opened by a tap: then the first open slot gets the cursor. */
  byTap: boolean;
  onOpen(): void;
}

/** One customer with everything that is to be done for him today. */
export function CustomerCard({ of, paused, open, byTap, onOpen }: Props) {
  const { t } = useTranslation();
  const name = of.name || t(of.contact_id || of.group_id ? "tasks.unnamed" : "tasks.noCustomer");
  return (
    <li className={css.card}>
      <button type="button" className={css.head} aria-expanded={open} onClick={onOpen}>
        <span className={css.who}>
          <b>{name}</b>
          {of.group_id !== null && <span className={css.chip}>{t("tasks.group")}</span>}
          {of.levels.map((level) => (
            <span key={level} className={css.chip}>
              {level}
            </span>
          ))}
        </span>
        <span className={of.overdue ? css.dueLate : css.due}>
          {of.overdue && `${t("tasks.overdue")} · `}
          {of.due_at ? <DateText iso={of.due_at} as="minute" /> : t("tasks.noDue")}
        </span>
        <span className={css.what}>
          {of.tasks.map((one) => one.title).join(" · ")}
          {of.phone && <span className={css.phone}>{of.phone}</span>}
        </span>
        <span className={css.turn} data-open={open}>
          <Icon name="down" size={16} />
        </span>
      </button>
      {open &&
        of.tasks.map((one, n) => (
          <TaskBody
            key={one.id}
            task={one}
            closed={paused && one.staff_id === null}
            focus={byTap && n === 0}
          />
        ))}
    </li>
  );
}
