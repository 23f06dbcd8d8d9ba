/** The helper's page: one alarm, one question, on the phone of somebody who may be asleep. */
import { render } from "preact";
import "../common/base.css";
import "./helper.css";
import { chosenLanguage, speak } from "../common/language.ts";
import { HelperPage } from "./page.tsx";

/** The link is `/h/TOKEN`; the token is the helper's only credential. */
const token = location.pathname.split("/").filter(Boolean).at(-1) ?? "";
const root = document.getElementById("page");
speak(chosenLanguage());
if (root !== null) render(<HelperPage token={token} />, root);
