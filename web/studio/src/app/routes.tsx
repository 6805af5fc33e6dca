import { lazy, Suspense, type ReactNode } from "react";

import { PageSkeleton } from "@/parts/PageSkeleton";

import { Home } from "./Home";
import { NotFoundPage } from "./NotFoundPage";
import { RequireSession } from "./RequireSession";
import { RouteFailed } from "./RouteFailed";
import { Shell } from "./Shell";

const SignInPage = lazy(() => import("@/pages/signin/SignInPage"));
const LanguageSwitch = lazy(() => import("./LanguageSwitch"));
const EditorPage = lazy(() => import("@/canvas/EditorPage"));
const JourneysPage = lazy(() => import("@/pages/journeys/JourneysPage"));
const TemplatesPage = lazy(() => import("@/pages/templates/TemplatesPage"));
const AttributesPage = lazy(() => import("@/pages/attributes/AttributesPage"));
const ContactPage = lazy(() => import("@/pages/contacts/ContactPage"));
const ContactsPage = lazy(() => import("@/pages/contacts/ContactsPage"));
const ImportPage = lazy(() => import("@/pages/imports/ImportPage"));
const CouponsPage = lazy(() => import("@/pages/coupons/CouponsPage"));
const TiersPage = lazy(() => import("@/pages/tiers/TiersPage"));
const DimensionEditorPage = lazy(() => import("@/pages/tiers/DimensionEditorPage"));
const RfmPage = lazy(() => import("@/pages/tiers/RfmPage"));
const SegmentsPage = lazy(() => import("@/pages/segments/SegmentsPage"));
const SegmentEditorPage = lazy(() => import("@/pages/segments/SegmentEditorPage"));
const SegmentPage = lazy(() => import("@/pages/segments/SegmentPage"));
const OverlapPage = lazy(() => import("@/pages/segments/OverlapPage"));
const TagsPage = lazy(() => import("@/pages/tags/TagsPage"));
const TagRulePage = lazy(() => import("@/pages/tags/TagRulePage"));
const GroupsPage = lazy(() => import("@/pages/groups/GroupsPage"));
const GroupPage = lazy(() => import("@/pages/groups/GroupPage"));
const LifecyclePage = lazy(() => import("@/pages/lifecycle/LifecyclePage"));
const LifecycleEditorPage = lazy(() => import("@/pages/lifecycle/LifecycleEditorPage"));
const ScenesPage = lazy(() => import("@/pages/scenes/ScenesPage"));
const ScenePage = lazy(() => import("@/pages/scenes/ScenePage"));
const EventsPage = lazy(() => import("@/pages/events/EventsPage"));
const FilesPage = lazy(() => import("@/pages/files/FilesPage"));
const ContentsPage = lazy(() => import("@/pages/contents/ContentsPage"));
const ScriptsPage = lazy(() => import("@/pages/contents/ScriptsPage"));
const CodesPage = lazy(() => import("@/pages/codes/CodesPage"));
const ContentPage = lazy(() => import("@/pages/contents/ContentPage"));
const TasksPage = lazy(() => import("@/pages/tasks/TasksPage"));
const MessagesPage = lazy(() => import("@/pages/messages/MessagesPage"));
const SettingsPage = lazy(() => import("@/pages/settings/SettingsPage"));

const onItsOwn = (page: ReactNode) => <Suspense fallback={<PageSkeleton />}>{page}</Suspense>;

export const routes = [
  {
    errorElement: <RouteFailed />,
    children: [
      { path: "/sign-in", element: onItsOwn(<SignInPage foot={<LanguageSwitch />} />) },
      {
        element: <RequireSession />,
        children: [
          { path: "/journeys/:id", element: onItsOwn(<EditorPage />) },
          {
            element: <Shell />,
            errorElement: <RouteFailed />,
            children: [
              { index: true, element: <Home /> },
              { path: "/journeys", element: <JourneysPage /> },
              { path: "/templates/:slug?", element: <TemplatesPage /> },
              { path: "/contacts/import/:id?", element: <ImportPage /> },
              { path: "/contacts", element: <ContactsPage /> },
              { path: "/contacts/:id", element: <ContactPage /> },
              { path: "/attributes", element: <AttributesPage /> },
              { path: "/coupons", element: <CouponsPage /> },
              { path: "/coupons/:part", element: <CouponsPage /> },
              { path: "/tiers", element: <TiersPage /> },
              { path: "/tiers/new", element: <DimensionEditorPage /> },
              { path: "/tiers/rfm", element: <RfmPage /> },
              { path: "/tiers/:key/edit", element: <DimensionEditorPage /> },
              { path: "/lifecycle", element: <LifecyclePage /> },
              { path: "/lifecycle/new", element: <LifecycleEditorPage /> },
              { path: "/lifecycle/:key/edit", element: <LifecycleEditorPage /> },
              { path: "/scenes", element: <ScenesPage /> },
              { path: "/scenes/new", element: <ScenePage /> },
              { path: "/scenes/:key", element: <ScenePage /> },
              { path: "/segments", element: <SegmentsPage /> },
              { path: "/segments/new", element: <SegmentEditorPage /> },
              { path: "/segments/overlap", element: <OverlapPage /> },
              { path: "/segments/:key", element: <SegmentPage /> },
              { path: "/segments/:key/edit", element: <SegmentEditorPage /> },
              { path: "/tags/:part?", element: <TagsPage /> },
              { path: "/tags/rules/:id", element: <TagRulePage /> },
              { path: "/groups", element: <GroupsPage /> },
              { path: "/groups/:id", element: <GroupPage /> },
              { path: "/events/:part?", element: <EventsPage /> },
              { path: "/files", element: <FilesPage /> },
              { path: "/contents", element: <ContentsPage /> },
              { path: "/contents/scripts", element: <ScriptsPage /> },
              { path: "/codes", element: <CodesPage /> },
              { path: "/contents/:id", element: <ContentPage /> },
              { path: "/messages", element: <MessagesPage /> },
              { path: "/tasks/:part?", element: <TasksPage /> },
              { path: "/settings/:part?", element: <SettingsPage /> },
              { path: "*", element: <NotFoundPage /> },
            ],
          },
        ],
      },
    ],
  },
];
