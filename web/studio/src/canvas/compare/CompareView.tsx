/** Two drawings side by side under one view, with their differences in words; or one version to be looked at. */
import { Button, Select, Switch } from "antd";
import { useCallback, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";

import type { Diff } from "@/api/changing";

import { Glyph } from "../look/Glyph";
import type { Id } from "../model/definition";
import { Changes, Tallies } from "../publish/Changes";
import { Bones } from "../publish/Drawer";
import { useCanvas } from "../store";
import { lookAt, useCameras, useFirstSight, useOwnKeys } from "./looking";
import { Numbers } from "./Numbers";
import { PassedBadges } from "./PassedBadges";
import { Sheet } from "./Sheet";
import { compare, endComparing, useComparing, type Shown } from "./store";
import { useComparison } from "./useComparison";
import { useTakeBack, useVersionNumbers, useVersions } from "./versions";

export function CompareView() {
  const left = useComparing((state) => state.left);
  return left === null ? null : <Comparing />;
}

function Comparing() {
  const { t } = useTranslation("canvas");
  const { left, right, numbers } = useComparing();
  const found = useComparison();
  const counted = useVersionNumbers([left, right].filter((one): one is number => typeof one === "number"));
  const cameras = useCameras(right !== null);
  // Looked at only when all of it is there, so that it is fitted into the room that it has.
  const first = right === null || found.right ? found.left : undefined;
  const show = useCallback(
    (node: Id | null) => node && lookAt(cameras[0], node, found.right, found.left),
    [cameras, found.right, found.left],
  );
  const latest = useRef(found);
  useEffect(() => {
    latest.current = found;
  });
  useFirstSight(cameras[0], first, found.count > 0 ? () => show(found.go(1)) : null);
  const go = (by: number) => () => show(latest.current.go(by));
  useOwnKeys({ n: go(1), "]": go(1), p: go(-1), "[": go(-1), escape: endComparing });
  const pick = useCallback((node: Id) => {
    const change = latest.current.diff?.changes.find((one) => one.node === node);
    if (change) latest.current.show(change);
  }, []);
  const numbersOf = (shown: Shown | null) =>
    numbers ? counted.data?.find((one) => one.number === shown) : undefined;
  return (
    <div className="rb-compare rb-over" role="region" aria-label={t("compare.title")}>
      <CompareHead found={found} onGo={(by) => show(found.go(by))} />
      <div className="rb-compare-body">
        {found.left && left !== null && (
          <Sheet
            definition={found.left}
            camera={cameras[0]}
            label={t("compare.left")}
            title={<Which shown={left} side="left" />}
            onPick={pick}
          >
            {(scene) => <PassedBadges scene={scene} numbers={numbersOf(left)} />}
          </Sheet>
        )}
        {found.right && right !== null && (
          <Sheet
            definition={found.right}
            camera={cameras[1]}
            label={t("compare.right")}
            title={<Which shown={right} side="right" />}
            onPick={pick}
          >
            {(scene) => <PassedBadges scene={scene} numbers={numbersOf(right)} />}
          </Sheet>
        )}
        {right !== null && (
          <aside className="rb-compare-list rb-scrolls" aria-label={t("compare.differences")}>
            {found.error && <p className="rb-wrong">{found.error.message}</p>}
            {numbers && counted.data && found.right && (
              <section className="rb-part">
                <h3>{t("compare.numbers")}</h3>
                <Numbers versions={counted.data} definition={found.right} />
              </section>
            )}
            <section className="rb-part">
              <h3>{t("compare.differences")}</h3>
              <List diff={found.diff} onShow={(change) => show(found.show(change))} />
            </section>
          </aside>
        )}
      </div>
    </div>
  );
}

function List({ diff, onShow }: { diff: Diff | undefined; onShow(change: Diff["changes"][number]): void }) {
  const { t } = useTranslation("canvas");
  if (!diff) return <Bones />;
  if (diff.changes.length === 0) return <p className="rb-quiet">{t("compare.none")}</p>;
  return (
    <>
      <Tallies counts={diff.counts} />
      <Changes diff={diff} onShow={(_node, change) => onShow(change)} />
    </>
  );
}

type Found = ReturnType<typeof useComparison>;

function CompareHead({ found, onGo }: { found: Found; onGo(by: number): void }) {
  const { t } = useTranslation("canvas");
  const { left, right, numbers } = useComparing();
  const readOnly = useCanvas((state) => state.readOnly);
  const takeBack = useTakeBack();
  const older = typeof left === "number" ? left : null;
  return (
    <header className="rb-compare-head">
      <button type="button" className="rb-tool" onClick={endComparing}>
        <Glyph name="back" size={18} />
        <span>{t("compare.close")}</span>
      </button>
      <span className="rb-rule" />
      {right === null ? (
        <b>{t("compare.only", { number: left })}</b>
      ) : (
        <div className="rb-stepper" role="group" aria-label={t("compare.differences")}>
          <button
            type="button"
            className="rb-tool"
            disabled={found.count === 0}
            title={`${t("compare.previous")} P`}
            aria-label={t("compare.previous")}
            onClick={() => onGo(-1)}
          >
            <Glyph name="up" />
          </button>
          <span className="numbers" role="status">
            {t("compare.of", { at: found.at + 1, all: found.count })}
          </span>
          <button
            type="button"
            className="rb-tool"
            disabled={found.count === 0}
            title={`${t("compare.next")} N`}
            aria-label={t("compare.next")}
            onClick={() => onGo(1)}
          >
            <Glyph name="down" />
          </button>
        </div>
      )}
      <span className="rb-quiet rb-compare-keys">{right !== null && t("compare.keys")}</span>
      <label className="rb-switch">
        <Switch size="small" checked={numbers} onChange={(on) => useComparing.setState({ numbers: on })} />
        {t("compare.numbers")}
      </label>
      {!readOnly && older !== null && (
        <Button onClick={() => takeBack(older)}>{t("versions.takeThis", { number: older })}</Button>
      )}
    </header>
  );
}

/** Which drawing a pane shows; it can be changed where it is read. */
function Which({ shown, side }: { shown: Shown; side: "left" | "right" }) {
  const { t } = useTranslation("canvas");
  const versions = useVersions().data ?? [];
  const { left, right } = useComparing();
  const name = (one: Shown) => (one === "draft" ? t("compare.draft") : t("compare.version", { number: one }));
  const options: { value: Shown | "none"; label: string }[] = [
    ...(side === "right" ? [{ value: "draft" as const, label: t("compare.draft") }] : []),
    ...versions.map(({ number }) => ({ value: number, label: name(number) })),
    ...(side === "right" ? [{ value: "none" as const, label: t("compare.nothing") }] : []),
  ];
  return (
    <Select<Shown | "none">
      variant="borderless"
      value={shown}
      options={options}
      aria-label={t(`compare.${side}`)}
      popupMatchSelectWidth={false}
      onChange={(next) => {
        if (side === "left" && next !== "none") compare(next, right);
        if (side === "right") compare(left!, next === "none" ? null : next);
      }}
    />
  );
}
