/** Texts of the panels, in both languages side by side. */
export const panelsZh = {};
export const panelsEn: typeof panelsZh = {};
