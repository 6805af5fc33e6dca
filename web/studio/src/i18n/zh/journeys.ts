export const journeys = {
  title: "旅程",
  lead: "每条旅程是一类客户的一程：什么时候、对谁、做什么。",
  firstTitle: "先选一个行业",
  firstLead: "克隆一个模板，马上能看到它怎样走；文案、时间和分流都可以改，改好再发布。",
  new: "新建旅程",
  blank: "从空白画布开始",
  fromTemplate: "从模板开始",
  orTemplate: "不想从零画起？模板带着阶段、文案和标签，克隆后就能发布。",
  name: "名称",
  namePlaceholder: "例如：美妆新客旅程",
  nameHelp: "同事会在列表和数据里看到这个名称。",
  nameNeeded: "请给旅程起个名称。",
  create: "创建并打开画布",
  save: "保存",
  status: "状态",
  version: "运行版本",
  inside: "在途人数",
  updated: "最近修改",
  actionsOf: "“{{name}}”的操作",
};

export const deeds = {
  rename: {
    name: "重命名",
  },
  duplicate: {
    name: "复制一份",
    called: "{{name}}（副本）",
    done: "已复制“{{name}}”，副本是一份草稿。",
  },
  pause: {
    name: "暂停",
    ask: "暂停“{{name}}”？",
    words: "在途的 {{count}} 人会停在原地，不再收到消息；继续运行后接着走，没有人会被移出。",
    done: "“{{name}}”已暂停。",
  },
  resume: {
    name: "继续运行",
    done: "“{{name}}”继续运行。",
  },
  archive: {
    name: "归档",
    ask: "归档“{{name}}”？",
    words: "在途的 {{count}} 人会结束这条旅程，之后不再有人进入。轨迹和数据会保留。",
    done: "“{{name}}”已归档。",
  },
  delete: {
    name: "删除",
    ask: "删除“{{name}}”？",
    words: "这份草稿从未发布，没有客户在里面。删除后不能恢复。",
    done: "“{{name}}”已删除。",
  },
};

export const templates = {
  title: "模板",
  lead: "按行业做好的完整旅程，带着阶段、文案、标签和目标。克隆一份就是你的。",
  none: "架子上还没有模板",
  clone: "克隆",
  cloneNamed: "克隆“{{name}}”",
  read: "看看里面有什么",
  texts: "里面的文案（{{count}} 段）",
  stagesOf: "“{{name}}”的阶段",
};
