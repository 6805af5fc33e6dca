import { QueryClientProvider, type QueryClient } from "@tanstack/react-query";
import { App as AntdApp, ConfigProvider } from "antd";
import enUS from "antd/locale/en_US";
import zhCN from "antd/locale/zh_CN";
import { lazy, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { RouterProvider, type RouterProviderProps } from "react-router";

import { RuleDeskContext } from "@/parts/RuleDesk";

import { antdTheme } from "./antdTheme";
import { useTheme } from "./theme";

const RuleDesk = lazy(() => import("@/canvas/RuleDesk"));

interface AppProps {
  router: RouterProviderProps["router"];
  queries: QueryClient;
}

/** The whole studio: its dress, its language, its memory of answers, and the room that the address names. */
export function App({ router, queries }: AppProps) {
  const mode = useTheme((state) => state.mode);
  const { i18n } = useTranslation();
  const dress = useMemo(() => antdTheme(mode), [mode]);
  return (
    <ConfigProvider
      locale={i18n.language === "en" ? enUS : zhCN}
      theme={dress}
      button={{ autoInsertSpace: false }}
    >
      <AntdApp component={false}>
        <QueryClientProvider client={queries}>
          <RuleDeskContext value={RuleDesk}>
            <RouterProvider router={router} />
          </RuleDeskContext>
        </QueryClientProvider>
      </AntdApp>
    </ConfigProvider>
  );
}
