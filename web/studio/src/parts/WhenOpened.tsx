import { Suspense, useState, type ReactNode } from "react";

/** Draws (and so loads) a lazy panel only from its first opening on; stays, so that it can close in peace. */
export function WhenOpened({ open, children }: { open: boolean; children: ReactNode }) {
  const [wasOpen, setWasOpen] = useState(open);
  if (open && !wasOpen) setWasOpen(true);
  return wasOpen ? <Suspense fallback={null}>{children}</Suspense> : null;
}
