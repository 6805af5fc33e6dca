// What a program of a brand does with the published client, unchanged: ROADBOOK_HOST and ROADBOOK_WRITE_KEY say where.
import { Analytics } from "@segment/analytics-node";

const analytics = new Analytics({
  writeKey: process.env.ROADBOOK_WRITE_KEY,
  host: process.env.ROADBOOK_HOST,
  maxRetries: 0,
});
const failed = [];
analytics.on("error", (error) => failed.push(String(error.reason ?? error)));

analytics.track({ anonymousId: "node-visitor", event: "Product Viewed", properties: { sku: "a-1" } });
analytics.identify({
  userId: "node-1",
  anonymousId: "node-visitor",
  traits: { name: "林一", email: "lin@node.example", address: { city: "杭州" } },
});
analytics.track({
  userId: "node-1",
  event: "Order Completed",
  messageId: "node-order-1",
  timestamp: new Date(Date.now() - 86_400_000),
  properties: { total: 199.5, coupon: null },
});
analytics.track({ userId: "node-1", event: "Order Completed", messageId: "node-order-1" });
analytics.page({ userId: "node-1", name: "Home", properties: { url: "https://shop.example/" } });
analytics.screen({ userId: "node-1", name: "Cart" });
analytics.group({ userId: "node-1", groupId: "g-1", traits: { name: "花间", seats: 3 } });
analytics.alias({ userId: "node-1", previousId: "node-old-phone" });
await analytics.flush({ close: true });

if (failed.length) {
  console.error(failed.join("\n"));
  process.exit(1);
}
