import { Page } from "../parts/page.tsx";
import { useTablet } from "../tablet-context.ts";

export function ModulesPage() {
  const { words } = useTablet();
  return (
    <Page title={words.modules.title} backTo="more">
      {words.frame.unknown}
    </Page>
  );
}
