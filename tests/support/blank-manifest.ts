/** The manifest of a machine that only a test knows: it promises nothing and can be dropped. */
import type { ModuleManifest } from "../../rules/machine.ts";

export const blankManifest: ModuleManifest = {
  name: "test",
  title: { de: "", en: "" },
  basis: false,
  told: { de: "", en: "" },
  benefit: { de: "", en: "" },
  needs: [],
  uses: [],
  settings: [],
  messages: [],
  changedBy: [],
  droppable: true,
};
