/** The office's thread: pages, accounts and messages to people, apart from custody and chains. */
import { serveThread } from "../../platform/thread-service.ts";
import type { OfficeSettings, ToCore, ToOffice } from "./mail.ts";
import { openOffice } from "./office.ts";

serveThread<OfficeSettings, ToOffice, number, ToCore>(async (settings, tell) => {
  const office = await openOffice(settings, tell);
  return {
    open: office.port,
    take: (message) => {
      office.hear(message);
      return 1;
    },
    close: () => office.close(),
  };
});
