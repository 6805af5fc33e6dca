import { cleanup, configure } from "@testing-library/react";
import { afterEach, beforeAll } from "vitest";

import { startI18n } from "@/app/i18n";

// jsdom draws nothing, so it lacks what antd asks the window for.
window.matchMedia ??= (query: string) =>
  ({
    matches: false,
    media: query,
    addEventListener() {},
    removeEventListener() {},
  }) as unknown as MediaQueryList;
window.ResizeObserver ??= class {
  observe() {}
  unobserve() {}
  disconnect() {}
};
Element.prototype.scrollIntoView ??= () => undefined;

// Pages are loaded on demand, which takes its time on a busy machine.
configure({ asyncUtilTimeout: 10_000 });

beforeAll(() => startI18n("zh"));
afterEach(cleanup);
