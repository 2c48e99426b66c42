import { ApartmentOutlined, AppstoreOutlined, BarChartOutlined, CalculatorOutlined, CustomerServiceOutlined, DashboardOutlined, ExperimentOutlined, MailOutlined, PhoneOutlined, RollbackOutlined, SettingOutlined, SoundOutlined } from "@ant-design/icons";
import { PATHS, pagesFor, type PageId } from "@lingtong/model";
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "../useMe";

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

/** The pages that this person may use, as icons with words. */
export function Rail(): ReactElement {
  const { t } = useTranslation(["console", "ui"]);
  const me = useMe();
  return (
    <nav className="rail" aria-label={t("rail")}>
      {typeof me.agent_id === "string" ? (
        <a href={new URL("desk/", document.baseURI).href} className="rail-item" target="lingtong-desk">
          <CustomerServiceOutlined />
          <span>{t("page.desk")}</span>
        </a>
      ) : null}
      {pagesFor(me).map((page) => (
        <Link key={page} to={PATHS[page]} className="rail-item" activeProps={{ className: "rail-item active" }}>
          {ICONS[page]}
          <span>{t(`page.${page}`)}</span>
        </Link>
      ))}
    </nav>
  );
}
