import { ApartmentOutlined, AppstoreOutlined, BarChartOutlined, CalculatorOutlined, CustomerServiceOutlined, DashboardOutlined, ExperimentOutlined, MailOutlined, PhoneOutlined, RollbackOutlined, SettingOutlined, SoundOutlined } from "@ant-design/icons";
import { PATHS, pagesFor, type PageId } from "@lingtong/model";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { serverBase, useServices } from "../services";

const ICONS: Readonly<Record<PageId, ReactElement>> = {
  live: <DashboardOutlined />,
  dashboards: <AppstoreOutlined />,
  interactions: <PhoneOutlined />,
  callbacks: <RollbackOutlined />,
  voicemails: <MailOutlined />,
  flows: <ApartmentOutlined />,
  reports: <BarChartOutlined />,
  prompts: <SoundOutlined />,
  planner: <CalculatorOutlined />,
  rehearsal: <ExperimentOutlined />,
  settings: <SettingOutlined />,
};

/** The pages that this person may use. The others open beside the desk: leaving it would put down the phone. */
export function Rail(): ReactElement {
  const { t } = useTranslation(["desk", "ui"]);
  const { me } = useServices();
  return (
    <nav className="rail" aria-label={t("rail")}>
      <a href={document.baseURI} className="rail-item active" aria-current="page">
        <CustomerServiceOutlined />
        <span>{t("page.desk")}</span>
      </a>
      {pagesFor(me).map((page) => (
        <a key={page} href={new URL(`.${PATHS[page]}`, serverBase()).href} className="rail-item" target="lingtong-console">
          {ICONS[page]}
          <span>{t(`page.${page}`)}</span>
        </a>
      ))}
    </nav>
  );
}
