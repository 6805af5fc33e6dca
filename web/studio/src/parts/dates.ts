import dayjs from "dayjs";
import "dayjs/locale/zh-cn";
import relativeTime from "dayjs/plugin/relativeTime";

dayjs.extend(relativeTime);

export function setDateLanguage(language: "zh" | "en"): void {
  dayjs.locale(language === "zh" ? "zh-cn" : "en");
}

/** "3 天前", "in 2 hours": how far `iso` is from now, in the reader's language. */
export function fromNow(iso: string): string {
  return spaced(dayjs(iso).fromNow());
}

/** The full local time, with the weekday: "2026-11-22 20:00:05 周日". */
export function exact(iso: string): string {
  return dayjs(iso).format("YYYY-MM-DD HH:mm:ss ddd");
}

/** Local date and minute: "2026-11-22 20:00". */
export function minute(iso: string): string {
  return dayjs(iso).format("YYYY-MM-DD HH:mm");
}

/** Chinese typography: a space between Chinese characters and Latin letters or digits. */
export function spaced(text: string): string {
  return text
    .replace(/([\u4e00-\u9fff])([A-Za-z0-9])/g, "$1 $2")
    .replace(/([A-Za-z0-9%])([\u4e00-\u9fff])/g, "$1 $2");
}
