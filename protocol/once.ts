/** What is made once for each object and kept as long as that lives. Pure for a pure `make`. */
export function oncePer<Key extends object, Made>(make: (key: Key) => Made): (key: Key) => Made {
  const kept = new WeakMap<Key, { readonly made: Made }>();
  return (key) => {
    const known = kept.get(key);
    if (known !== undefined) return known.made;
    const made = make(key);
    kept.set(key, { made });
    return made;
  };
}
