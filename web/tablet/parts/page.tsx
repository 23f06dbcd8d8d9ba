/** The frame of a page behind the home screen: back on the left, help on the right, always. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { type Place, useTablet } from "../tablet-context.ts";
import { BigButton } from "./button.tsx";
import { HelpButton } from "./help.tsx";

export interface PageParts {
  readonly title: string;
  /** Where "Zurück" leads. */
  readonly backTo?: Place;
  /** What "Zurück" does within the page; else it leads to `backTo`. */
  readonly back?: () => void;
  readonly children: ComponentChildren;
}

export function Page({ title, backTo = "home", back, children }: PageParts) {
  const { words, go } = useTablet();
  const heading = useRef<HTMLHeadingElement>(null);
  // A screen reader begins at the title of the page that was opened.
  useEffect(() => heading.current?.focus({ preventScroll: true }), [title]);
  return (
    <section class="page">
      <header class="page-head">
        <BigButton press={back ?? (() => go(backTo))}>
          <span aria-hidden="true">←&nbsp;</span>
          {words.frame.back}
        </BigButton>
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        <HelpButton size="small" />
      </header>
      <div class="page-body">{children}</div>
    </section>
  );
}
