/** Everything that is not needed every day. */
import { BigButton } from "../parts/button.tsx";
import { Page } from "../parts/page.tsx";
import { type Place, useTablet } from "../tablet-context.ts";

const behind = ["modules", "privacy", "pause", "settings"] as const satisfies readonly Place[];

export function MorePage() {
  const { words, go } = useTablet();
  return (
    <Page title={words.tiles.more}>
      <ul class="choices">
        {behind.map((place) => (
          <li key={place}>
            <BigButton press={() => go(place)}>{words.more[place]}</BigButton>
          </li>
        ))}
      </ul>
    </Page>
  );
}
