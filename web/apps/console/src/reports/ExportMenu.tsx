import { DownloadOutlined } from "@ant-design/icons";
import { toApiError, type ReportFile } from "@lingtong/api";
import { reportQuery, type ReportColumn, type ReportDraft } from "@lingtong/model";
import { useMutation } from "@tanstack/react-query";
import { Button, Dropdown, message as messages } from "antd";
import type { ReactElement } from "react";
import { useServices } from "../services";
import type { Shown } from "./useReport";
import { useReportWords } from "./words";

const FORMATS = ["xlsx", "csv", "pdf"] as const;

function save(name: string, data: Blob): void {
  const address = URL.createObjectURL(data);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}

/** The report as it is chosen, as a file. */
export function ExportMenu({ draft, shown, columns }: { draft: ReportDraft; shown: Shown; columns: readonly ReportColumn[] }): ReactElement {
  const { t, language } = useReportWords();
  const { reports } = useServices();
  const [message, holder] = messages.useMessage();
  const file = useMutation({
    mutationFn: (format: ReportFile["format"]) =>
      reports.file(reportQuery(draft.by, shown.every, shown.span, draft.subjects), {
        format,
        columns: columns.map((column) => column.id).join(","),
        level: draft.level,
        language,
      }),
    onSuccess: ({ name, data }) => {
      save(name, data);
    },
    onError: (error) => {
      const failure = toApiError(error);
      void message.error(failure.code === "too_large" ? `${t("tooMany")} ${t("tooManyText")}` : failure.message);
    },
  });
  return (
    <>
      {holder}
      <Dropdown
        trigger={["click"]}
        menu={{
          items: FORMATS.map((format) => ({ key: format, label: t(`format.${format}`) })),
          onClick: ({ key }) => {
            const format = FORMATS.find((one) => one === key);
            if (format !== undefined) file.mutate(format);
          },
        }}
      >
        <Button icon={<DownloadOutlined />} loading={file.isPending}>
          {t("export")}
        </Button>
      </Dropdown>
    </>
  );
}
