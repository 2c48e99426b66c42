import {
  ApiOutlined,
  AudioOutlined,
  BranchesOutlined,
  CalculatorOutlined,
  ClockCircleOutlined,
  CloudSyncOutlined,
  CustomerServiceOutlined,
  DatabaseOutlined,
  EnterOutlined,
  FieldNumberOutlined,
  ForkOutlined,
  GlobalOutlined,
  InboxOutlined,
  MenuOutlined,
  NodeIndexOutlined,
  PhoneOutlined,
  PoweroffOutlined,
  RetweetOutlined,
  RollbackOutlined,
  SafetyOutlined,
  SmileOutlined,
  SoundOutlined,
  StopOutlined,
  TagOutlined,
} from "@ant-design/icons";
import type { ReactElement } from "react";

export const GROUPS = ["talk", "route", "logic", "end", "other"] as const;
export type Group = (typeof GROUPS)[number];

interface Look {
  group: Group;
  icon: ReactElement;
}

const LOOKS: Readonly<Record<string, Look>> = {
  play: { group: "talk", icon: <SoundOutlined /> },
  menu: { group: "talk", icon: <MenuOutlined /> },
  collect: { group: "talk", icon: <FieldNumberOutlined /> },
  survey: { group: "talk", icon: <SmileOutlined /> },
  language: { group: "talk", icon: <GlobalOutlined /> },
  queue: { group: "route", icon: <CustomerServiceOutlined /> },
  transfer: { group: "route", icon: <PhoneOutlined /> },
  voicemail: { group: "route", icon: <InboxOutlined /> },
  callback: { group: "route", icon: <RollbackOutlined /> },
  hours: { group: "logic", icon: <ClockCircleOutlined /> },
  condition: { group: "logic", icon: <BranchesOutlined /> },
  set: { group: "logic", icon: <CalculatorOutlined /> },
  closure: { group: "logic", icon: <StopOutlined /> },
  split: { group: "logic", icon: <ForkOutlined /> },
  tag: { group: "logic", icon: <TagOutlined /> },
  http_lookup: { group: "logic", icon: <CloudSyncOutlined /> },
  database_lookup: { group: "logic", icon: <DatabaseOutlined /> },
  subflow: { group: "logic", icon: <NodeIndexOutlined /> },
  return: { group: "logic", icon: <EnterOutlined /> },
  consent: { group: "talk", icon: <SafetyOutlined /> },
  record: { group: "end", icon: <AudioOutlined /> },
  echo: { group: "end", icon: <RetweetOutlined /> },
  hangup: { group: "end", icon: <PoweroffOutlined /> },
};
const UNKNOWN: Look = { group: "other", icon: <ApiOutlined /> };

/** How a kind of node is drawn; a kind that this page does not know yet still is. */
export function lookOf(kind: string): Look {
  return LOOKS[kind] ?? UNKNOWN;
}
