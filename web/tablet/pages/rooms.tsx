import { Page } from "../parts/page.tsx";
import { useTablet } from "../tablet-context.ts";

export function RoomsPage() {
  const { words } = useTablet();
  return <Page title={words.fixtures.title}>{words.frame.unknown}</Page>;
}
