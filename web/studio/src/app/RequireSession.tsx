import { useEffect } from "react";
import { Navigate, useLocation } from "react-router";
import { useQueryClient } from "@tanstack/react-query";

import { whenSignedOut } from "@/api/client";
import { SESSION, useSession } from "@/api/session";
import { UnderTheStop } from "@/parts/guarding/StoppedBanner";
import { Page } from "@/parts/Page";
import { PageSkeleton } from "@/parts/PageSkeleton";
import { ProblemAlert } from "@/parts/ProblemAlert";

/** Lets in who is signed in; sends others to the sign-in and remembers where they wanted to go. */
export function RequireSession() {
  const { data: session, error, isPending, refetch } = useSession();
  const { pathname, search } = useLocation();
  const cache = useQueryClient();
  useEffect(() => whenSignedOut(() => cache.setQueryData(SESSION, null)), [cache]);
  if (isPending) return <PageSkeleton />;
  if (error) {
    return (
      <Page>
        <ProblemAlert problem={error} onRetry={() => void refetch()} />
      </Page>
    );
  }
  if (!session) return <Navigate to={`/sign-in?next=${encodeURIComponent(pathname + search)}`} replace />;
  return <UnderTheStop />;
}
