const ISO = /^([-+])?P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;

const WORDS = {
  zh: ["年", "个月", "周", "天", "小时", "分钟", "秒"],
  en: ["year", "month", "week", "day", "hour", "minute", "second"],
} as const;

/** An ISO 8601 duration in words: `P7DT2H` is "7 天 2 小时" or "7 days 2 hours".
 *  What is no duration is given back as it is, so that a reader sees what stands there. */
export function durationWords(iso: string, language: "zh" | "en"): string {
  const parts = ISO.exec(iso);
  if (!parts || /^[-+]?PT?$/.test(iso)) return iso;
  const said = parts
    .slice(2)
    .map((amount, index) => (Number(amount) > 0 ? one(Number(amount), index, language) : ""))
    .filter(Boolean)
    .join(" ");
  if (!said) return one(0, 3, language);
  return parts[1] === "-" ? (language === "zh" ? `提前 ${said}` : `${said} before`) : said;
}

function one(amount: number, index: number, language: "zh" | "en"): string {
  const word = WORDS[language][index] ?? "";
  if (language === "zh") return `${amount} ${word}`;
  return `${amount} ${word}${amount === 1 ? "" : "s"}`;
}
