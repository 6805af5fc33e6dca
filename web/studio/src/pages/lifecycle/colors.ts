/** One hue from early to late: a life gets darker, and no stage looks like a warning. */
const COLORS = ["#8fa6c8", "#6f8fbf", "#5379b1", "#3d659f", "#2f5288", "#24406c", "#1b3156"];

export const stageColor = (place: number): string => COLORS[place % COLORS.length] ?? "#5379b1";
