import { Skeleton } from "antd";

/** The shape of a page while it loads, so that nothing jumps when it arrives. */
export function PageSkeleton() {
  return (
    <div style={{ padding: "28px 32px", maxWidth: 1080 }} aria-busy="true">
      <Skeleton active title={{ width: 220 }} paragraph={{ rows: 6 }} />
    </div>
  );
}
