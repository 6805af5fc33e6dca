export const parts = {
  byKey: "密钥“{{name}}”",
  byProgram: "程序",
  retry: "再试一次",
  unreachable: "连不上服务器。请检查网络后再试一次，已填写的内容还在。",
  unexpected: "出了意料之外的问题。请重新载入页面，如果仍然这样，请告诉管理员。",
  forbidden: "你的角色不能做这件事：{{said}}请联系工作区的所有者。",
  serverFailed: "服务器出错了，什么都没有改动。请稍后再试；如果仍然这样，请把编号 {{id}} 告诉管理员。",
  more: "载入更多",
  copy: "复制",
  copied: "已复制",
  actions: "操作",
  cancel: "取消",
  brand: "品牌顾问",
  phone: "手机预览：{{carrier}}",
  readMore: "查看详情",
  letter: "邮件正文",
  noSubject: "（没有主题）",
};

export const carriers = {
  wecom_direct: "企微单聊",
  wecom_group: "企微客户群",
  moments: "朋友圈",
  official_account: "公众号",
  mini_program: "小程序订阅消息",
  sms: "短信",
  email: "邮件",
  webhook: "外部系统",
  sandbox: "沙盒",
};

export const attachments = {
  link: "网页",
  image: "图片",
  miniprogram: "小程序",
  video: "视频",
  file: "文件",
};

export const roles = {
  owner: "所有者",
  editor: "编辑",
  analyst: "分析",
  viewer: "查看",
  sender: "发送",
  staff: "员工",
};

export const roleWords = {
  owner: "可以做一切，包括成员和密钥",
  editor: "可以画旅程、改内容、发布",
  analyst: "可以看数据和客户",
  viewer: "只能看",
  sender: "只能发送事件，给 Segment 客户端用",
  staff: "只能做自己的任务",
};

export const journeyStatus = { draft: "草稿", live: "运行中", paused: "已暂停", archived: "已归档" };

export const enrollmentStatus = {
  new: "刚进入",
  waiting: "等待中",
  resting: "停留在阶段",
  stopped: "出错停下",
  holdout: "对照组",
  ended: "已结束",
};

export const messageStatus = {
  pending: "待发送",
  sending: "发送中",
  sent: "已发送",
  delivered: "已送达",
  failed: "失败",
  withdrawn: "已撤回",
  expired: "已过期",
  refused: "被拦下",
  unknown: "结果未知",
};

export const importState = {
  arriving: "上传中",
  waiting: "排队中",
  running: "导入中",
  paused: "已暂停",
  cancelled: "已取消",
  done: "已完成",
  failed: "没能完成",
};

export const identities = {
  phone: "手机号",
  email: "邮箱",
  unionid: "UnionID",
  openid: "OpenID",
  external_userid: "企微客户 ID",
};
