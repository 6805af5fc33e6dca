/// <reference types="vitest/config" />
import react from "@vitejs/plugin-react";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

import { precompress } from "./build/precompress.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  base: "/static/studio/",
  plugins: [react(), precompress()],
  resolve: { alias: { "@": here("./src") } },
  build: {
    outDir: here("../static/studio"),
    emptyOutDir: true,
    target: "es2022",
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            {
              name: "react",
              test: /node_modules\/(react|react-dom|scheduler|react-router|react-i18next|i18next)\//,
            },
            // What the first page needs, and nothing that only another page needs.
            {
              name: "house",
              test: /src\/(app\/(App|RequireSession|Shell)|pages\/journeys\/JourneysPage)\.tsx$/,
            },
            { name: "desk", test: /src\/(parts|api)\//, minShareCount: 2 },
          ],
        },
      },
    },
  },
  server: { proxy: { "/api": "http://127.0.0.1:8000" } },
  test: {
    environment: "jsdom",
    setupFiles: [here("./src/test/setup.ts")],
    restoreMocks: true,
    testTimeout: 40_000,
    // As in the real browser (docs/decisions/0010): what fails twice has failed.
    retry: 1,
    // Their modules name one another without an ending, which Node alone does not always find: let Vite find them.
    server: { deps: { inline: [/antd/, /@ant-design/, /@rc-component/, /react-querybuilder/] } },
  },
});
