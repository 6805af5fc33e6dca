import { Skeleton } from "antd";

import { Page } from "./Page";

/** The shape of a page while it loads, so that nothing jumps when it arrives. */
export function PageSkeleton() {
  return (
    <Page>
      <div aria-busy="true">
        <Skeleton active title={{ width: 220 }} paragraph={{ rows: 7 }} />
      </div>
    </Page>
  );
}
