import type { zhCN as uiWords } from "@lingtong/ui/locales/zh-CN";
import type { zhCN as boardWords } from "./apps/console/src/locales/dashboards.zh-CN";
import type { zhCN as flowWords } from "./apps/console/src/locales/flows.zh-CN";
import type { zhCN as reportWords } from "./apps/console/src/locales/reports.zh-CN";
import type { zhCN as promptWords } from "./apps/console/src/locales/prompts.zh-CN";
import type { zhCN as consoleWords } from "./apps/console/src/locales/zh-CN";
import type { zhCN as deskWords } from "./apps/desk/src/locales/zh-CN";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "console";
    resources: { console: typeof consoleWords; dashboards: typeof boardWords;
      flows: typeof flowWords; reports: typeof reportWords; prompts: typeof promptWords; desk: typeof deskWords; ui: typeof uiWords };
    returnNull: false;
  }
}
