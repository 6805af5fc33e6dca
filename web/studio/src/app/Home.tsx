import { Navigate } from "react-router";

import { useSession } from "@/api/session";

/** Where somebody begins: the staff at their day, everybody else at the journeys. */
export function Home() {
  const { data: session } = useSession();
  return <Navigate to={session?.workspace.role === "staff" ? "/tasks" : "/journeys"} replace />;
}
