/** The plain truth when a call would reach nobody, with the number in the largest type there is. */
import { useTablet } from "../tablet-context.ts";

/** Elsewhere the browser would ask, over the whole page, which program is to open the number. */
const isTelephone = (): boolean => /\bMobile\b/.test(navigator.userAgent);

function PhoneNumber({ number }: { readonly number: string }) {
  if (!isTelephone()) return <p class="number">{number}</p>;
  return (
    <a class="number" href={`tel:${number.replaceAll(/[^+\d]/g, "")}`}>
      {number}
    </a>
  );
}

export function NoWay() {
  const { words, home } = useTablet();
  const { emergency, frame } = words;
  const number = home.parts.gateway?.phone ?? home.kept.phone;
  return (
    <div class="no-way" role="alert">
      <div>
        <p class="no-way-head">{emergency.noPath}</p>
        {home.life === "lost" ? <p>{frame.homeLost}</p> : null}
        <p>{emergency.usePhone}</p>
      </div>
      <PhoneNumber number={number} />
    </div>
  );
}
