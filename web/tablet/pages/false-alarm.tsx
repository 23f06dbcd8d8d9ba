/**
 * "It was a mistake": asked once, said to people, and closed by nobody but them (invariant 3). What
 * the care side knows is shown as the home tells it.
 */
import { useState } from "preact/hooks";
import type { AlarmView } from "../../../protocol/view.ts";
import { useAct } from "../parts/act.ts";
import { BigButton } from "../parts/button.tsx";
import { Outcome } from "../parts/outcome.tsx";
import { Sure } from "../parts/sure.tsx";
import { useTablet } from "../tablet-context.ts";

export function FalseAlarm({ alarm }: { readonly alarm: AlarmView }) {
  const { home, words } = useTablet();
  const [isAsking, setAsking] = useState(false);
  const [state, begin] = useAct();
  const { emergency } = words;
  const mistake = emergency.mistake[alarm.category === "hazard" ? "danger" : "call"];
  // As the home tells it: another press takes the word back.
  if (alarm.falseAlarmSaid) {
    const known = home.memory.alarms.find(({ id }) => id === alarm.id);
    const isTold = known?.falseAlarm === "told";
    return <p role="status">{isTold ? emergency.falseAlarmTold : emergency.falseAlarmSent}</p>;
  }
  if (!isAsking) {
    return (
      <>
        <BigButton isOff={state.kind === "sending"} press={() => setAsking(true)}>
          {mistake.button}
        </BigButton>
        <Outcome state={state} />
      </>
    );
  }
  return (
    <Sure
      question={mistake.sure}
      no={mistake.no}
      yes={mistake.yes}
      answered={(isSure) => {
        setAsking(false);
        if (isSure) begin({ kind: "false-alarm", alarmId: alarm.id });
      }}
    />
  );
}
