/** A small catalogue of kinds for tests and the development page. The product asks the server for its own. */
import type { Catalogue, Field, Words } from "../model/kinds";

const words = (zh: string, en: string): Words => ({ zh, en });
const next = [{ id: "next", title: words("下一步", "next") }];
const exitField: Field = { name: "exit", type: "exit", title: words("出口", "exit"), required: true };

export const catalogue: Catalogue = {
  groups: [
    { group: "time", title: words("时间", "Time") },
    { group: "choice", title: words("分流", "Choice") },
    { group: "reach", title: words("触达", "Reach") },
    { group: "data", title: words("数据", "Data") },
  ],
  items: [
    {
      kind: "wait",
      group: "time",
      title: words("等待", "Wait"),
      icon: "clock",
      exits: next,
      side_exits: [{ id: "late", title: words("已过时", "late") }],
      form: [
        { name: "until", type: "moment", title: words("等到", "Until"), required: true },
        {
          name: "if_past",
          type: "select",
          title: words("已经过了", "If past"),
          default: "skip",
          options: [
            { value: "skip", title: words("跳过", "skip") },
            { value: "now", title: words("马上", "now") },
          ],
        },
      ],
    },
    {
      kind: "wait_event",
      closing_exits: [{ id: "timeout", title: words("超时", "timeout") }],
      group: "time",
      title: words("等待事件", "Wait for event"),
      icon: "bolt",
      exits: null,
      side_exits: [],
      form: [
        {
          name: "events",
          type: "list",
          title: words("事件", "Events"),
          required: true,
          of: [
            exitField,
            { name: "event", type: "event", title: words("事件", "Event"), required: true },
            { name: "where", type: "rule", title: words("条件", "Where") },
          ],
        },
        { name: "longest", type: "moment", title: words("最久", "Longest") },
      ],
    },
    {
      kind: "branch",
      closing_exits: [{ id: "else", title: words("其他", "else") }],
      group: "choice",
      title: words("条件分支", "Branch"),
      icon: "branch",
      exits: null,
      side_exits: [],
      form: [
        {
          name: "rules",
          type: "list",
          title: words("分支", "Cases"),
          required: true,
          of: [
            exitField,
            { name: "name", type: "text", title: words("名称", "Name") },
            { name: "rule", type: "rule", title: words("条件", "Rule"), required: true },
          ],
        },
      ],
    },
    {
      kind: "split",
      group: "choice",
      title: words("随机分流", "Split"),
      icon: "split",
      exits: null,
      side_exits: [],
      form: [
        {
          name: "variants",
          type: "list",
          title: words("分组", "Variants"),
          required: true,
          of: [
            exitField,
            { name: "name", type: "text", title: words("名称", "Name") },
            {
              name: "percent",
              type: "number",
              title: words("百分比", "Percent"),
              required: true,
              min: 0,
              max: 100,
            },
          ],
        },
      ],
    },
    {
      kind: "send",
      group: "reach",
      title: words("发送消息", "Send"),
      icon: "message",
      exits: [{ id: "sent", title: words("已发送", "sent") }],
      side_exits: ["skipped", "failed"],
      form: [
        { name: "carrier", type: "carrier", title: words("载体", "Carrier"), required: true },
        { name: "content", type: "content", title: words("素材", "Content"), required: true },
        { name: "window", type: "moment", title: words("时间窗", "Window") },
      ],
    },
    {
      kind: "tag",
      group: "data",
      title: words("打标签", "Tag"),
      icon: "tag",
      exits: next,
      side_exits: [],
      form: [
        { name: "add", type: "tags", title: words("打上", "Add") },
        { name: "remove", type: "tags", title: words("取下", "Remove") },
      ],
    },
  ],
  entries: [
    {
      type: "event",
      title: words("发生事件", "On an event"),
      form: [{ name: "name", type: "event", title: words("事件", "Event"), required: true }],
    },
    { type: "hand", title: words("手动加入", "By hand"), form: [] },
  ],
  arrows: [
    {
      type: "event",
      title: words("事件", "Event"),
      form: [{ name: "name", type: "event", title: words("事件", "Event"), required: true }],
    },
    {
      type: "after",
      title: words("多久之后", "After"),
      form: [{ name: "duration", type: "duration", title: words("时长", "Duration"), required: true }],
    },
    { type: "done", title: words("步骤走完", "Done"), form: [] },
  ],
  rule: { fields: [], operators: [] },
};
