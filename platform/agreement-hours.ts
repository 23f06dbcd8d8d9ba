/** Hours and days as a person writes them in an agreement. */
import { z } from "zod";
import type { Hours } from "../protocol/agreement.ts";

/** `HH:MM`, 00:00 to 24:00. */
export const hour = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, "must be HH:MM");

export const weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

/** When: days of the week, from an hour until an hour, which may lie after midnight. */
export const hours = {
  on: z.array(z.enum(weekdays)).default([...weekdays]),
  from: hour.default("00:00"),
  until: hour.default("00:00"),
};

export const minuteOf = (clock: string): number =>
  (Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3))) % 1_440;

/** A minute of the day as it is written. */
export const clockOf = (minute: number): string =>
  [Math.floor(minute / 60), minute % 60].map((one) => String(one).padStart(2, "0")).join(":");

const isoDay = { mon: 1, tue: 2, wed: 3, thu: 4, fri: 5, sat: 6, sun: 7 } as const;

type WrittenHours = z.infer<z.ZodObject<typeof hours>>;

export const hoursOf = ({ on, from, until }: WrittenHours): Hours => ({
  weekdays: on.map((day) => isoDay[day]),
  from_minute: minuteOf(from),
  until_minute: minuteOf(until),
});
