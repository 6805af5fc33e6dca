/** A segment day by day, drawn by ECharts, which comes only when a chart is to be seen. */
import { Segmented } from "antd";
import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use as bring } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { useSegmentDays, type SegmentDay } from "@/api/segments";
import { ProblemAlert } from "@/parts/ProblemAlert";

import css from "./Segments.module.css";

bring([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, SVGRenderer]);

const SPANS = [30, 90];

/** How many were in it, came and left, for 30 or 90 days. */
export default function Days({ segment }: { segment: string }) {
  const { t } = useTranslation();
  const [span, setSpan] = useState(SPANS[0]!);
  const { data, error } = useSegmentDays(segment, span);
  return (
    <>
      <div className={css.figureHead}>
        <h2 className={css.partTitle}>{t("segments.since")}</h2>
        <Segmented
          size="small"
          value={span}
          options={[
            { value: 30, label: t("segments.days30") },
            { value: 90, label: t("segments.days90") },
          ]}
          onChange={setSpan}
        />
      </div>
      <ProblemAlert problem={error} />
      {data ? <Chart days={data} /> : <div className={css.chart} />}
    </>
  );
}

function Chart({ days }: { days: SegmentDay[] }) {
  const { t } = useTranslation();
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!place.current) return;
    const chart = init(place.current, null, { renderer: "svg" });
    chart.setOption(
      optionOf(days, place.current, [t("segments.count"), t("segments.entered"), t("segments.left")]),
    );
    const watch = new ResizeObserver(() => chart.resize());
    watch.observe(place.current);
    return () => {
      watch.disconnect();
      chart.dispose();
    };
  }, [days, t]);
  const came = days.reduce((sum, day) => sum + day.entered, 0);
  const went = days.reduce((sum, day) => sum + day.left, 0);
  return (
    <>
      <div
        ref={place}
        className={css.chart}
        role="img"
        aria-label={`${t("segments.entered")} ${came}, ${t("segments.left")} ${went}`}
      />
      {came + went === 0 && <p className={css.quiet}>{t("segments.noDays")}</p>}
    </>
  );
}

function optionOf(days: SegmentDay[], place: HTMLElement, [count, entered, left]: string[]) {
  const style = getComputedStyle(place);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const quiet = { color: colour("ink-3"), fontFamily: style.fontFamily };
  const lines = { lineStyle: { color: colour("line") } };
  const bars = { type: "bar" as const, stack: "day", xAxisIndex: 1, yAxisIndex: 1, barMaxWidth: 14 };
  const names = days.map((day) => day.day.slice(5));
  const across = { type: "category", data: names, axisLine: lines, axisTick: { show: false } };
  return {
    animation: false,
    textStyle: { fontFamily: style.fontFamily },
    color: [colour("brand"), colour("good"), colour("kind-people")],
    legend: { data: [count!, entered!, left!], textStyle: quiet, top: 0, right: 0, itemHeight: 8 },
    // How many there were above, who came and left below: two axes in one drawing would be read as one.
    grid: [
      { left: 44, right: 8, top: 30, height: 70 },
      { left: 44, right: 8, top: 124, height: 54 },
    ],
    axisPointer: { link: [{ xAxisIndex: "all" }] },
    tooltip: { trigger: "axis", backgroundColor: colour("sheet"), textStyle: { color: colour("ink") } },
    xAxis: [
      { ...across, axisLabel: { show: false } },
      { ...across, gridIndex: 1, axisLabel: quiet },
    ],
    yAxis: [
      { type: "value", minInterval: 1, splitNumber: 3, axisLabel: quiet, splitLine: lines },
      {
        type: "value",
        gridIndex: 1,
        minInterval: 1,
        splitNumber: 2,
        axisLabel: { ...quiet, formatter: (n: number) => Math.abs(n).toLocaleString("en-US") },
        splitLine: lines,
      },
    ],
    series: [
      { name: count!, type: "line", data: days.map((day) => day.count), symbolSize: 4, step: "middle" },
      { name: entered!, ...bars, data: days.map((day) => day.entered) },
      { name: left!, ...bars, data: days.map((day) => -day.left) },
    ],
  };
}
