import { QueryClientProvider } from "@tanstack/react-query";
import { App as AntdApp, ConfigProvider } from "antd";
import enUS from "antd/locale/en_US";
import zhCN from "antd/locale/zh_CN";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { RouterProvider } from "react-router";

import { queries } from "@/api/queries";

import { antdTheme } from "./antdTheme";
import { router } from "./routes";
import { useTheme } from "./theme";

export function App() {
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
          <RouterProvider router={router} />
        </QueryClientProvider>
      </AntdApp>
    </ConfigProvider>
  );
}
