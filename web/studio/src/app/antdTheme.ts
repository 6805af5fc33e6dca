import { theme as antd, type ThemeConfig } from "antd";

import type { Mode } from "./theme";

const paint = {
  light: {
    paper: "#f5f3ee",
    sheet: "#fffefb",
    line: "#e5e0d5",
    ink: "#23272f",
    brand: "#2f4f7f",
    bad: "#b3261e",
  },
  dark: {
    paper: "#15181d",
    sheet: "#1d2127",
    line: "#30363f",
    ink: "#e8e6e1",
    brand: "#9dbcec",
    bad: "#f2938a",
  },
} as const;

/** antd dressed in the colours of theme.css, so that its parts and ours are one sheet of paper. */
export function antdTheme(mode: Mode): ThemeConfig {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const colour = paint[mode];
  const dark = mode === "dark";
  return {
    algorithm: dark ? antd.darkAlgorithm : antd.defaultAlgorithm,
    token: {
      colorPrimary: colour.brand,
      colorInfo: colour.brand,
      colorLink: colour.brand,
      colorError: colour.bad,
      colorWarning: dark ? "#e5b765" : "#8a5a00",
      colorSuccess: dark ? "#86cfa1" : "#2d6a45",
      colorWarningBg: dark ? "#3a2f1a" : "#fbf0d9",
      colorWarningBorder: dark ? "#5c4a28" : "#ecd9ae",
      colorInfoBg: dark ? "#202a3a" : "#eaf0f8",
      colorInfoBorder: dark ? "#3a4c68" : "#c5d3e8",
      colorErrorBg: dark ? "#3d2422" : "#fbe9e6",
      colorErrorBorder: dark ? "#633b37" : "#eec5bf",
      colorTextBase: colour.ink,
      colorBgBase: dark ? colour.paper : colour.sheet,
      colorBgLayout: colour.paper,
      colorBgContainer: colour.sheet,
      colorBgElevated: dark ? "#262b33" : "#ffffff",
      colorBorder: dark ? "#474f5b" : "#cfc8b9",
      colorBorderSecondary: colour.line,
      colorTextPlaceholder: dark ? "#8a909b" : "#6f7480",
      colorTextTertiary: dark ? "#979ca6" : "#676c77",
      colorTextLightSolid: dark ? "#14202f" : "#ffffff",
      borderRadius: 7,
      borderRadiusLG: 10,
      fontFamily: "var(--font)",
      fontSize: 14,
      controlHeight: 34,
      lineHeight: 1.6,
      wireframe: false,
      // Where theme.css takes transitions away, nothing may wait for the end of one.
      motion: !calm,
      boxShadowTertiary: "none",
    },
    components: {
      Button: { primaryShadow: "none", defaultShadow: "none", dangerShadow: "none", fontWeight: 500 },
      Table: {
        headerBg: "transparent",
        headerColor: "var(--ink-3)",
        headerSplitColor: "transparent",
        rowHoverBg: "var(--sheet-2)",
        cellPaddingBlock: 12,
      },
      Drawer: { colorBgElevated: colour.sheet },
      Tag: { defaultBg: "var(--sheet-2)", defaultColor: "var(--ink-2)" },
      Tooltip: { colorBgSpotlight: dark ? "#3a4250" : "#2b3140", colorTextLightSolid: "#ffffff" },
    },
  };
}
