/** A list of small forms: the cases of a branch, the variants of a split, the settings of an update. */
import { useTranslation } from "react-i18next";

import { Glyph } from "../../look/Glyph";
import { freshWord } from "../../model/ids";
import { wholeValues, type Field } from "../../model/kinds";
import { Fields } from "../SchemaForm";
import type { Values, WidgetProps } from "./types";

const FEWEST = 1;

export function ListField({ id, value, onChange, field, scope, lang }: WidgetProps) {
  const { t } = useTranslation("canvas");
  const form = field.of ?? [];
  const exit = form.find((one) => one.type === "exit");
  const items = Array.isArray(value) ? (value as Values[]) : [];
  const add = () => {
    const fresh: Values = wholeValues(form.filter((one) => one.type !== "exit"));
    if (exit)
      fresh[exit.name] = freshWord(
        "case",
        items.map((item) => String(item[exit.name] ?? "")),
      );
    onChange([...items, fresh]);
  };
  const put = (n: number, item: Values) => onChange(items.map((one, k) => (k === n ? item : one)));
  const move = (n: number, by: number) => {
    const next = [...items];
    const [item] = next.splice(n, 1);
    if (item) next.splice(n + by, 0, item);
    onChange(next);
  };
  return (
    <div id={id}>
      <div role="list">
        {items.map((item, n) => (
          <div key={String((exit && item[exit.name]) ?? n)} role="listitem" className="rb-item">
            <div className="rb-item-head">
              <span>{titleOf(item, n, field, t("list.item", { n: n + 1 }))}</span>
              <Mini sign="up" word={t("list.up")} off={n === 0} onPress={() => move(n, -1)} />
              <Mini
                sign="down"
                word={t("list.down")}
                off={n === items.length - 1}
                onPress={() => move(n, 1)}
              />
              <Mini
                sign="bin"
                word={t("list.remove")}
                off={items.length <= FEWEST}
                onPress={() => onChange(items.filter((_, k) => k !== n))}
              />
            </div>
            <Fields
              form={form}
              values={item}
              onChange={(next) => put(n, next)}
              scope={scope}
              lang={lang}
              prefix={`${id}-${n}`}
            />
          </div>
        ))}
      </div>
      <button type="button" className="rb-line-item" onClick={add}>
        ＋ {t("list.add")}
      </button>
    </div>
  );
}

function titleOf(item: Values, n: number, field: Field, plain: string): string {
  const percent = (field.of ?? []).find((one) => one.name === "percent")
    ? ` · ${String(item.percent ?? 0)}%`
    : "";
  return typeof item.name === "string" && item.name && field.of?.some((one) => one.name === "name")
    ? `${n + 1}. ${item.name}${percent}`
    : `${plain}${percent}`;
}

export function Mini({
  sign,
  word,
  off,
  onPress,
}: {
  sign: string;
  word: string;
  off?: boolean;
  onPress(): void;
}) {
  return (
    <button type="button" className="rb-mini" title={word} aria-label={word} disabled={off} onClick={onPress}>
      <Glyph name={sign} size={15} />
    </button>
  );
}
