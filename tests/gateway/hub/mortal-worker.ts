/** The real worker, which dies or hangs when it is asked to: as a fault inside it would make it. */
import { parentPort } from "node:worker_threads";
import "../../../gateway/hub/worker.ts";

parentPort?.on("message", (message: unknown) => {
  const text = JSON.stringify(message);
  if (text.includes("please-die")) throw new Error("asked to die");
  if (text.includes("please-hang")) for (;;) text.length;
  if (text.includes("please-burst")) {
    const grown: number[][] = [];
    for (;;) grown.push(Array.from({ length: 100_000 }, (_, index) => index + grown.length));
  }
  if (text.includes("please-grow")) {
    const grown: number[][] = [];
    const grow = () => grown.push(Array.from({ length: 10_000 }, (_, at) => at + grown.length));
    for (let count = 0; count < 350; count += 1) grow();
    // The rest as a leak grows: in many turns of the loop.
    setInterval(grow, 20);
  }
});
