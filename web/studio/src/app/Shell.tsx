import { useTranslation } from "react-i18next";
import { Outlet } from "react-router";
import { Suspense } from "react";

import { useSession } from "@/api/session";
import { audiencePages } from "@/pages/audience/pages";
import { StopButton } from "@/parts/guarding/StopButton";
import { PageSkeleton } from "@/parts/PageSkeleton";
import { RailLayout, type Room } from "@/parts/RailLayout";
import { Tray } from "@/parts/Tray";
import { Wordmark } from "@/parts/Wordmark";

import { AccountMenu } from "./AccountMenu";

/** The studio around a page: rooms, workspace, account. Only rooms with something behind them are shown. */
export function Shell() {
  const { t } = useTranslation();
  const { data: session } = useSession();
  const isStaff = session?.workspace.role === "staff";
  const rooms: Room[] = [
    { to: "/journeys", title: t("shell.journeys"), icon: "road" },
    { to: "/templates", title: t("shell.templates"), icon: "shelf" },
    {
      to: "/contacts",
      title: t("shell.contacts"),
      icon: "people",
      also: audiencePages.map((name) => `/${name}`),
    },
    { to: "/tasks", title: t("shell.tasks"), icon: "check" },
    { to: "/contents", title: t("shell.contents"), icon: "text", also: ["/coupons", "/codes"] },
    { to: "/messages", title: t("shell.messages"), icon: "bubble" },
    { to: "/settings", title: t("shell.settings"), icon: "gear" },
  ];
  return (
    <RailLayout
      label={t("shell.rooms")}
      head={<Wordmark name={t("shell.product")} note={session?.workspace.name} />}
      rooms={isStaff ? rooms.filter((room) => room.to === "/tasks") : rooms}
      foot={
        <>
          {!isStaff && <Tray on="rail" />}
          {!isStaff && <StopButton />}
          <AccountMenu />
        </>
      }
    >
      <Suspense fallback={<PageSkeleton />}>
        <Outlet />
      </Suspense>
    </RailLayout>
  );
}
