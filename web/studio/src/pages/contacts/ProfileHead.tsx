import { Button, Dropdown } from "antd";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { address } from "@/api/client";
import { useMay } from "@/api/session";
import type { Person } from "@/api/types";
import { nameOf } from "@/parts/contactName";
import { Icon } from "@/parts/Icon";

import css from "./ProfileHead.module.css";
import { TierMarks } from "@/pages/tiers/TierMarks";

import { TagList } from "./TagList";

interface ProfileHeadProps {
  person: Person;
  onMerge: () => void;
  onErase: () => void;
}

/** Who this is at a glance: the name, how they are known, tags and tiers; and what can be done with the whole. */
export function ProfileHead({ person, onMerge, onErase }: ProfileHeadProps) {
  const { t } = useTranslation();
  const mayEdit = useMay("editor");
  const mayErase = useMay("owner");
  const name = nameOf(person);
  useEffect(() => {
    document.title = `${name} · ${t("shell.product")}`;
  }, [name, t]);
  const known = Object.entries(person.identities);
  return (
    <header className={css.head}>
      <span className={css.face} aria-hidden="true" data-letter={[...name][0]} />
      <div className={css.words}>
        <p className={css.way}>
          <Link to="/contacts">{t("contacts.title")}</Link> ›
        </p>
        <h1 className={css.name}>{name}</h1>
        <p className={css.known}>
          {person.external_id && <code>{person.external_id}</code>}
          {known.map(([kind, value]) => (
            <span key={kind}>
              {t(`identities.${kind}`, { defaultValue: kind })} {value}
            </span>
          ))}
        </p>
        <div className={css.marks}>
          <TierMarks tiers={person.tiers as Record<string, string>} />
          {person.tags.length > 0 && <TagList tags={person.tags} />}
        </div>
      </div>
      {mayEdit && (
        <div className={css.deeds}>
          <Button onClick={onMerge}>{t("profile.merge")}</Button>
          <Dropdown
            trigger={["click"]}
            menu={{
              items: [
                {
                  key: "export",
                  icon: <Icon name="download" size={16} />,
                  label: (
                    <a href={address(`contacts/${person.id}/export`)} download>
                      {t("profile.export")}
                    </a>
                  ),
                },
                ...(mayErase
                  ? [
                      {
                        key: "erase",
                        danger: true,
                        icon: <Icon name="bin" size={16} />,
                        label: t("profile.erase"),
                        onClick: onErase,
                      },
                    ]
                  : []),
              ],
            }}
          >
            <Button icon={<Icon name="dots" size={16} />} aria-label={t("profile.more")} />
          </Dropdown>
        </div>
      )}
    </header>
  );
}
