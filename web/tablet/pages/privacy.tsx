import { Page } from "../parts/page.tsx";
import { useTablet } from "../tablet-context.ts";

export function PrivacyPage() {
  const { words } = useTablet();
  return (
    <Page title={words.privacy.title} backTo="more">
      {words.frame.unknown}
    </Page>
  );
}
