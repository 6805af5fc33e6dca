/** The kinds as the server tells them, for tests of pages, which stand below the canvas. */
export { catalogue } from "@/canvas/testing/kinds";
