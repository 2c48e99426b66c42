import "@lingtong/ui/tokens.css";
import "@lingtong/ui/ui.css";
import "@lingtong/ui/page.css";
import "@lingtong/ui/shell.css";
import { AppearanceProvider } from "@lingtong/ui";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { App } from "antd";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { I18nextProvider } from "react-i18next";
import { createAppRouter } from "./router";
import { createServices, ServicesProvider } from "./services";
import { texts } from "./texts";

async function start(root: HTMLElement): Promise<void> {
  const services = createServices(document.baseURI);
  const router = createAppRouter(services);
  const i18n = await texts.start();
  createRoot(root).render(
    <StrictMode>
      <I18nextProvider i18n={i18n}>
        <QueryClientProvider client={services.queries}>
          <ServicesProvider value={services}>
            <AppearanceProvider chooseLanguage={(language) => void texts.choose(language)}>
              {/* Without it nobody is asked before something is deleted or rolled back. */}
              <App component={false}>
                <RouterProvider router={router} />
              </App>
            </AppearanceProvider>
          </ServicesProvider>
        </QueryClientProvider>
      </I18nextProvider>
    </StrictMode>,
  );
}

const root = document.getElementById("root");
if (root !== null) void start(root);
