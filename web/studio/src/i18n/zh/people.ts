export const profile = {
  merge: "合并",
  more: "更多操作",
  export: "导出全部资料",
  erase: "清除此人",
  consent: "授权",
  staff: "服务员工",
  addStaff: "添加",
  staffName: "员工姓名",
  relation: "和客户的关系",
  noStaff: "还没有员工加为好友。",
  segments: "所在人群",
  noSegments: "不在任何人群里。",
  groups: "所在客户群",
  noGroups: "不在任何客户群里。",
};

export const relation = { friend: "好友", deleted: "已被客户删除", none: "非好友" };

export const consent = {
  marketing: "营销消息",
  profiling: "自动画像",
  closed: "已被“营销消息”关闭",
  history: "记录",
  never: "客户还没有说过什么。没说过的，都算允许。",
  why: "客户是怎么说的？",
  note: "说明",
  noteExample: "例如：电话里要求不再收短信",
  withdraw: "关闭",
  granted: "允许",
  withdrawn: "不允许",
  source: {
    hand: "手工",
    data: "数据传入",
    journey: "旅程",
    merge: "合并",
    link: "退订链接",
    callback: "平台通知",
  },
};

export const merge = {
  title: "把另一位客户并入“{{name}}”",
  lead: "选出和“{{name}}”是同一个人的另一位客户。先看会变成什么样，再决定。",
  other: "按姓名、编号或手机号找另一位",
  after: "合并之后",
  moves: "会一起带过来",
  nothing: "另一位没有任何记录。",
  what: {
    identities: "{{count}} 个标识",
    events: "{{count}} 个事件",
    messages: "{{count}} 条消息",
    journeys: "{{count}} 段旅程",
    staff: "{{count}} 位服务员工",
    segments: "{{count}} 个人群",
    groups: "{{count}} 个客户群",
  },
  ending: "两位都在“{{journeys}}”里：后进入的那一段会结束，还没发出的消息会撤回。",
  forGood: "合并不能撤销。以后用任何一个旧编号，都会找到保留的这一位。",
  go: "合并为一位",
  done: "已合并",
};

export const erase = {
  title: "清除“{{name}}”？",
  everything: "资料、标识、事件、消息内容、授权记录、导出文件里的行，全部删除，不能恢复。",
  journeys: "所在旅程立即结束，不会再发出任何消息。",
  hash: "只保留标识的加盐摘要，让导入和接口不会悄悄重新创建此人。",
  backups: "备份里的数据随备份在 30 天内过期。",
  type: "输入“{{name}}”确认",
  go: "永久清除",
  done: "已清除",
};

export const timelineKinds = {
  all: "全部",
  event: "事件",
  message: "消息",
  trail: "旅程",
  tag: "标签",
  tier: "分层",
  segment: "人群",
  consent: "授权",
  merge: "合并",
};

export const timelineWords = {
  tagOn: "加上标签“{{tag}}”",
  tagOff: "去掉标签“{{tag}}”",
  segment: "进入人群“{{segment}}”",
  merge: "客户 #{{gone}} 并入了这一位",
};

export const attributes = {
  title: "属性",
  lead: "客户的每个属性是什么意思、有哪些值、谁能看。规则、文案和导入都按这里的说法。",
  add: "登记属性",
  name: "名称",
  key: "属性名",
  keyHelp: "接口和文案里用的名字，登记后不能改。",
  keyWrong: "以英文字母开头，只用字母、数字和下划线，例如 skin_type。",
  type: "类型",
  types: {
    text: "文字",
    number: "数字",
    boolean: "是 / 否",
    date: "日期",
    time: "时间",
    list: "多个值",
    mixed: "不一致",
  },
  allowed: "可选值",
  allowedHelp: "输入一个值后按回车。留空表示任何值都可以。",
  anyValue: "任何值",
  description: "说明",
  seenBy: "谁能看",
  seen: { everyone: "所有成员", personal: "编辑者和所有者" },
  state: "状态",
  builtIn: "内置",
  met: "未登记",
  strict: "严格",
  strictHelp: "打开后，不符合的值会被拒绝并说明原因；关闭时照收，只在这里计数提醒。",
  warnings_other: "{{count}} 个值不符",
  wrong: { type_other: "类型不对 {{count}} 次", allowed_other: "不在可选值里 {{count}} 次" },
  saved: "已保存",
  forget: "从目录移除",
  forgetSure: "客户已有的值会保留，只是不再检查。移除吗？",
};
