/** The page of each place. */
import type { JSX } from "preact";
import type { Place } from "../tablet-context.ts";
import { HomePage } from "./home.tsx";
import { ModulesPage } from "./modules.tsx";
import { MorePage } from "./more.tsx";
import { PausePage } from "./pause.tsx";
import { PrivacyPage } from "./privacy.tsx";
import { RoomsPage } from "./rooms.tsx";
import { ServicesPage } from "./services.tsx";
import { SettingsPage } from "./settings.tsx";
import { StovePage } from "./stove.tsx";

export function pageOf(place: Place): JSX.Element {
  switch (place) {
    case "home":
      return <HomePage />;
    case "stove":
      return <StovePage />;
    case "rooms":
      return <RoomsPage />;
    case "services":
      return <ServicesPage />;
    case "more":
      return <MorePage />;
    case "modules":
      return <ModulesPage />;
    case "privacy":
      return <PrivacyPage />;
    case "pause":
      return <PausePage />;
    case "settings":
      return <SettingsPage />;
  }
}
