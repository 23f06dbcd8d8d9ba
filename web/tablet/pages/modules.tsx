/** What Obhut does for the resident: cards to add and drop, in the resident's own words. */
import { useState } from "preact/hooks";
import type { ModuleView } from "../../../protocol/view.ts";
import { BigButton } from "../parts/button.tsx";
import { Page } from "../parts/page.tsx";
import { useTablet } from "../tablet-context.ts";
import { ModulePage } from "./module.tsx";

/** How it stands, in one line: asked before on, and blindness before calm. */
function State({ module }: { readonly module: ModuleView }) {
  const { modules } = useTablet().words;
  const { on, asked, sees } = module;
  if (asked !== null) return <p class="module-state asked">{modules.asked}</p>;
  if (!on) return <p class="module-state off">{modules.off}</p>;
  if (sees !== "all") return <p class="module-state blind">{modules.sees[sees]}</p>;
  return <p class="module-state on">{modules.on}</p>;
}

interface CardParts {
  readonly module: ModuleView;
  readonly open: () => void;
}

function Card({ module, open }: CardParts) {
  const { words, homeLanguage } = useTablet();
  const title = module.title[homeLanguage];
  return (
    <li class="card">
      <h2>{title}</h2>
      <State module={module} />
      <p>{module.benefit[homeLanguage]}</p>
      <BigButton label={`${title}: ${words.modules.open}`} press={open}>
        {words.modules.open}
      </BigButton>
    </li>
  );
}

export function ModulesPage() {
  const { home, words } = useTablet();
  const [name, setName] = useState<string | undefined>(undefined);
  const { modules } = home.parts;
  const { title, intro, unknown } = words.modules;
  const open = modules?.find((module) => module.name === name);
  if (open !== undefined) return <ModulePage module={open} close={() => setName(undefined)} />;
  return (
    <Page title={title} backTo="more">
      <p>{modules === undefined ? unknown : intro}</p>
      <ul class="choices wide">
        {(modules ?? [])
          .filter(({ basis }) => !basis)
          .map((module) => (
            <Card key={module.name} module={module} open={() => setName(module.name)} />
          ))}
      </ul>
    </Page>
  );
}
