export const audience = {
  pages: "客户的各个页面",
  tab: {
    contacts: "客户",
    groups: "客户群",
    segments: "人群",
    tags: "标签",
    tiers: "分层",
    lifecycle: "生命周期",
    scenes: "人货场",
    attributes: "属性",
    events: "事件",
    files: "导入与导出",
  },
};
