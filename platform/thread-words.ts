/** What passes between a thread and whoever keeps it up (`kept-thread.ts`). Plain data only. */

/** To the thread. Until `begin` it has only read its program, and opens nothing. */
export type ToThread<Data, Mail> =
  | { readonly kind: "begin"; readonly data: Data }
  | { readonly kind: "mail"; readonly mail: Mail }
  | { readonly kind: "close" };

/** From the thread. `handled` gives credit back for so many mails. */
export type FromThread<Open, Own> =
  | { readonly kind: "open"; readonly open: Open }
  | { readonly kind: "closed-port"; readonly why: string }
  | { readonly kind: "handled"; readonly count: number }
  | { readonly kind: "own"; readonly own: Own };
