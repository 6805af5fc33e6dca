import { lazy, Suspense, type ReactNode } from "react";
import { createBrowserRouter, Navigate } from "react-router";

import { PageSkeleton } from "@/parts/PageSkeleton";

const EditorPage = lazy(() => import("@/canvas/EditorPage"));

const later = (page: ReactNode) => <Suspense fallback={<PageSkeleton />}>{page}</Suspense>;

export const router = createBrowserRouter([
  { path: "/journeys/:id", element: later(<EditorPage />) },
  { path: "*", element: <Navigate to="/journeys/1" replace /> },
]);
