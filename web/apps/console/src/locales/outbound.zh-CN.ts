export const deliveries = {
  title: "投递记录",
  filter: "投递状态",
  kind: { mail: "邮件", webhook: "推送" },
  status: { "": "全部", waiting: "待投递", sent: "已送达", failed: "已放弃" },
  column: { at: "时间", by: "方式", about: "内容", recipient: "收件人", state: "状态", answer: "对方答复" },
  attempts: "共 {{count}} 次",
  again: "立即重试",
  againOf: "立即重试发给 {{recipient}} 的内容",
  none: "没有投递记录",
  noneText: "按定时报表和告警订阅发出的邮件和推送会出现在这里，保留 30 天。",
} as const;

export const schedules = {
  title: "定时报表",
  column: { report: "报表", repeat: "周期", recipients: "收件人", next: "下次发送", last: "上次发送" },
  seen: "查看下次发送时间和上次结果",
  never: "尚未发送",
  failed: "未能生成",
  letters: "{{count}} 封邮件",
  missed: "此前错过 {{count}} 期",
  paused: "已暂停",
  active: "启用 {{title}}",
  run: "立即发送",
  runOf: "立即发送：{{title}}",
  ran: "已生成，发出 {{count}} 封邮件",
} as const;
