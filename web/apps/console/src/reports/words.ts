import type { ReportSubject } from "@lingtong/api";
import { titleIn } from "@lingtong/model";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { enUS } from "../locales/reports.en-US";
import { zhCN } from "../locales/reports.zh-CN";
import { texts } from "../texts";

// Both languages come with the pages that need them, so that the first screen carries neither.
texts.instance.addResourceBundle("zh-CN", "reports", zhCN);
texts.instance.addResourceBundle("en-US", "reports", enUS);

export type ReportWords = TFunction<"reports">;

export function useReportWords(): { t: ReportWords; language: string } {
  const { t, i18n } = useTranslation("reports");
  return { t, language: i18n.language };
}

/** What a line is about; what was removed since goes by its id. */
export function subjectName(t: ReportWords, language: string, subject: ReportSubject): string {
  const title = titleIn(subject.title, language);
  if (title !== "") return subject.name === "" || title === subject.name || !/^\d+$/.test(subject.name) ? title : `${subject.name} ${title}`;
  return subject.name === "" ? t("removed", { id: subject.id }) : subject.name;
}
