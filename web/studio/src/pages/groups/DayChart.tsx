/** A group day by day, drawn by ECharts, which comes only when a chart is to be seen. */
import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use as register } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";

import type { GroupDay } from "@/api/groups";

import css from "./Groups.module.css";

register([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, SVGRenderer]);

export default function DayChart({ days }: { days: GroupDay[] }) {
  const { t } = useTranslation();
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!place.current) return;
    const chart = init(place.current, null, { renderer: "svg" });
    const names = {
      members: t("groups.members"),
      joined: t("groups.joined"),
      left: t("groups.left"),
      speaking: t("groups.speaking"),
      messages: t("groups.messages"),
    };
    chart.setOption(optionOf(days, place.current, names));
    const watch = new ResizeObserver(() => chart.resize());
    watch.observe(place.current);
    return () => {
      watch.disconnect();
      chart.dispose();
    };
  }, [days, t]);
  const sum = (name: "joined" | "left" | "messages") => days.reduce((all, day) => all + day[name], 0);
  const said = (["joined", "left", "messages"] as const).map((name) => `${t(`groups.${name}`)} ${sum(name)}`);
  return (
    <>
      <div ref={place} className={css.chart} role="img" aria-label={said.join(", ")} />
      {sum("joined") + sum("left") + sum("messages") === 0 && (
        <p className={css.quiet}>{t("groups.noDays")}</p>
      )}
    </>
  );
}

type Names = Record<"members" | "joined" | "left" | "speaking" | "messages", string>;

function optionOf(days: GroupDay[], place: HTMLElement, names: Names) {
  const style = getComputedStyle(place);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const quiet = { color: colour("ink-3"), fontFamily: style.fontFamily };
  const lines = { lineStyle: { color: colour("line") } };
  const bars = { type: "bar" as const, barMaxWidth: 10, yAxisIndex: 1 };
  const line = { type: "line" as const, symbolSize: 3 };
  return {
    animation: false,
    textStyle: { fontFamily: style.fontFamily },
    color: ["brand", "kind-reach", "kind-time", "good", "kind-people"].map(colour),
    legend: { data: Object.values(names), textStyle: quiet, top: 0, right: 0, itemHeight: 8 },
    grid: { left: 8, right: 8, top: 34, bottom: 4, containLabel: true },
    tooltip: { trigger: "axis", backgroundColor: colour("sheet"), textStyle: { color: colour("ink") } },
    xAxis: {
      type: "category",
      data: days.map((day) => day.day.slice(5)),
      axisLabel: quiet,
      axisLine: lines,
      axisTick: { show: false },
    },
    yAxis: [
      { type: "value", minInterval: 1, axisLabel: quiet, splitLine: lines },
      {
        type: "value",
        minInterval: 1,
        axisLabel: { ...quiet, formatter: (n: number) => String(Math.abs(n)) },
        splitLine: { show: false },
      },
    ],
    series: [
      { name: names.members, ...line, step: "middle", data: days.map((day) => day.members) },
      { name: names.messages, ...line, yAxisIndex: 1, data: days.map((day) => day.messages) },
      { name: names.speaking, ...line, yAxisIndex: 1, data: days.map((day) => day.speaking) },
      { name: names.joined, ...bars, stack: "day", data: days.map((day) => day.joined) },
      { name: names.left, ...bars, stack: "day", data: days.map((day) => -day.left) },
    ],
  };
}
