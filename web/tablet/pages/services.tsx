import { Page } from "../parts/page.tsx";
import { useTablet } from "../tablet-context.ts";

export function ServicesPage() {
  const { words } = useTablet();
  return <Page title={words.services.title}>{words.frame.unknown}</Page>;
}
