import { Page } from "../parts/page.tsx";
import { useTablet } from "../tablet-context.ts";

export function PausePage() {
  const { words } = useTablet();
  return (
    <Page title={words.pause.title} backTo="more">
      {words.frame.unknown}
    </Page>
  );
}
