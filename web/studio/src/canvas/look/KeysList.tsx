/** Every key, under `?`, by what one wants to do. */
import { Modal } from "antd";
import { useTranslation } from "react-i18next";

import { CLIPBOARD_KEYS, SHORTCUTS, shownKeys, type KeyGroup } from "../keyboard";
import { useCanvas } from "../store";

const GROUPS: KeyGroup[] = ["walk", "draw", "edit", "arrange", "view"];
const BY_POINTER = ["pan", "select", "more", "zoom", "touch"] as const;

export function KeysList() {
  const { t } = useTranslation("canvas");
  const open = useCanvas((state) => state.showingKeys);
  if (!open) return null;
  const listed = (group: KeyGroup) => [
    ...SHORTCUTS.filter((one) => one.group === group && one.word),
    ...(group === "edit" ? CLIPBOARD_KEYS : []),
  ];
  return (
    <Modal
      open
      footer={null}
      title={t("keys.title")}
      width={760}
      style={{ top: 24 }}
      onCancel={() => useCanvas.getState().setShowingKeys(false)}
    >
      <div className="rb-keys-columns">
        {GROUPS.map((group) => (
          <section key={group}>
            <h3>{t(`keys.group.${group}`)}</h3>
            <dl className="rb-keys">
              {listed(group).map((one) => (
                <Row key={one.word} word={t(`keys.${one.word}`)} keys={one.keys.map(shownKeys)} />
              ))}
            </dl>
          </section>
        ))}
        <section>
          <h3>{t("keys.group.pointer")}</h3>
          <dl className="rb-keys">
            {BY_POINTER.map((word) => (
              <Row key={word} word={t(`keys.${word}`)} keys={[t(`keys.${word}Keys`)]} />
            ))}
          </dl>
        </section>
      </div>
    </Modal>
  );
}

function Row({ word, keys }: { word: string; keys: string[] }) {
  return (
    <>
      <dt>{word}</dt>
      <dd>
        {keys.map((one) => (
          <kbd key={one}>{one}</kbd>
        ))}
      </dd>
    </>
  );
}
