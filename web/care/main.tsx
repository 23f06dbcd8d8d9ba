/** The desk: where care staff receive alarms. */
import { render } from "preact";
import "../common/base.css";
import "./care.css";
import "./living.css";
import { chosenLanguage, speak } from "../common/language.ts";
import { Door } from "./door.tsx";

const root = document.getElementById("desk");
speak(chosenLanguage());
if (root !== null) render(<Door />, root);
