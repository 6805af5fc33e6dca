import { createRoot } from "react-dom/client";
import { createBrowserRouter } from "react-router";

import { queries } from "@/api/queries";
import { App } from "@/app/App";
import { startI18n } from "@/app/i18n";
import { routes } from "@/app/routes";
import { startTheme } from "@/app/theme";
import "@/app/theme.css";

startTheme();
await startI18n();

const root = document.getElementById("root");
if (!root) throw new Error("index.html has lost its #root element; restore it.");
createRoot(root).render(<App router={createBrowserRouter(routes)} queries={queries} />);
