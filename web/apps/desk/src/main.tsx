import "@lingtong/ui/tokens.css";
import "@lingtong/ui/ui.css";
import "@lingtong/ui/page.css";
import "@lingtong/ui/shell.css";
import "./desk.css";
import { AppearanceProvider } from "@lingtong/ui";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { I18nextProvider } from "react-i18next";
import { App } from "./App";
import { texts } from "./texts";

async function start(root: HTMLElement): Promise<void> {
  const i18n = await texts.start();
  createRoot(root).render(
    <StrictMode>
      <I18nextProvider i18n={i18n}>
        <AppearanceProvider still chooseLanguage={(language) => void texts.choose(language)}>
          <App />
        </AppearanceProvider>
      </I18nextProvider>
    </StrictMode>,
  );
}

const root = document.getElementById("root");
if (root !== null) void start(root);
