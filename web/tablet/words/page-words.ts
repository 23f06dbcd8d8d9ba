/** The sentences of the pages behind the home screen. */

export interface PageWords {
  readonly modules: {
    readonly title: string;
  };
  readonly services: {
    readonly title: string;
  };
  readonly privacy: {
    readonly title: string;
  };
  readonly pause: {
    readonly title: string;
  };
  readonly fixtures: {
    readonly title: string;
  };
}
