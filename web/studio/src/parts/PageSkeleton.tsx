import { Bones } from "./Bones";
import { Page } from "./Page";

/** The shape of a page while it loads, so that nothing jumps when it arrives. */
export function PageSkeleton() {
  return (
    <Page>
      <div aria-busy="true">
        <Bones heading={220} rows={7} />
      </div>
    </Page>
  );
}
