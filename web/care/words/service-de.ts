import type { ServiceWords } from "./words.ts";

/**
 * What the care service says in English, in German: why something was not taken, and what the log
 * of looks has. `{x}` stands for a part of its own. The first that fits counts.
 */
export const serviceDe: ServiceWords = [
  ["log in first", "Sie sind nicht mehr angemeldet."],
  ["this account is gone", "Dieses Konto gibt es nicht mehr."],
  [
    "log in with the code of the second factor that is set up",
    "Bitte melden Sie sich mit dem Code Ihres zweiten Schlüssels an.",
  ],
  ["set up the second factor first", "Bitte richten Sie zuerst den zweiten Schlüssel ein."],
  ["the role {role} may not do this", "Ihre Rolle darf das nicht."],
  ["there is no {what} among yours", "Das gibt es nicht, oder Sie dürfen es nicht sehen."],
  ["no alarm with this id is open in this home", "Dieser Alarm ist nicht mehr offen."],
  ["{name} closed it already", "{name} hat den Alarm schon beendet."],
  ["nobody of that name may see this home", "Diese Person darf diese Wohnung nicht sehen."],
  [
    "too much is being asked at this moment; try again",
    "Gerade wird zu viel auf einmal gefragt. Bitte noch einmal versuchen.",
  ],
  [
    "{home} is not looked after by this process; try again",
    "Der Dienst ordnet sich gerade neu. Bitte gleich noch einmal versuchen.",
  ],
  [
    "the database does not answer: {why}; try again",
    "Die Datenbank antwortet nicht. Bitte noch einmal versuchen.",
  ],
  [
    "too many wrong attempts; try again in {seconds} s",
    "Zu viele falsche Versuche. Bitte in {seconds} Sekunden noch einmal versuchen.",
  ],
  [
    "too many people log in at this moment; try again in a few seconds",
    "Gerade melden sich zu viele Menschen an. Bitte in einigen Sekunden noch einmal versuchen.",
  ],
  [
    "this was answered or changed meanwhile; look again",
    "Das wurde inzwischen beantwortet oder geändert. Bitte die Seite neu laden.",
  ],
  ["say who comes, and when", "Bitte sagen Sie, wer kommt und wann."],
  [
    "say why, in a sentence for the resident",
    "Bitte schreiben Sie dem Bewohner in einem Satz, warum.",
  ],
  [
    "begin the enrolment again: the code on the screen is too old",
    "Das Bild ist zu alt. Bitte die Seite neu laden.",
  ],
  [
    "this is not the code of the secret shown",
    "Dieser Code passt nicht. Bitte tippen Sie den ab, den die App jetzt zeigt.",
  ],
  ["{part}: must be the six digits of the authenticator", "Der Code hat sechs Ziffern."],
  ["{part}: must have at least {count} characters", "Das Passwort braucht {count} Zeichen."],
  [
    "{part}: must have at most {count} characters",
    "Das Passwort darf höchstens {count} Zeichen haben.",
  ],
  ["the password must not contain the name", "Das Passwort darf den Namen nicht enthalten."],
  [
    "this link is used or has run out; ask for a new one",
    "Dieser Link ist verbraucht oder abgelaufen. Bitte lassen Sie sich einen neuen geben.",
  ],
  ["this home has no agreement yet", "Diese Wohnung hat noch keine Vereinbarung."],
  [
    "this is the last administrator; make another one first",
    "Das ist das letzte Konto der Verwaltung. Bitte zuerst ein weiteres anlegen.",
  ],
  ["an account with this name exists already", "Ein Konto mit diesem Namen gibt es schon."],
  ["{part}: must be a name", "So kann ein Konto nicht heißen."],
  ["{part}: must be an e-mail address", "Das ist keine E-Mail-Adresse."],
  ["{part}: must be a group, or * for all", "Das ist keine Gruppe."],
  ["{part}: must be a telephone number", "Das ist keine Telefonnummer."],
  [
    "an alarm is open in this home; close it first",
    "In dieser Wohnung ist ein Alarm offen. Bitte zuerst beenden.",
  ],
  [
    "an alarm of {home} is open; close it first",
    "In dieser Wohnung ist ein Alarm offen. Bitte zuerst beenden.",
  ],
  [
    "the access log cannot be written at this moment; try again",
    "Wer hinsieht, kann gerade nicht aufgeschrieben werden. Bitte noch einmal versuchen.",
  ],
  [
    "the service cannot answer this at the moment; open alarms go on; try again",
    "Der Dienst kann das gerade nicht. Offene Alarme laufen weiter. Bitte noch einmal versuchen.",
  ],
  ["no answer within {seconds} s", "keine Antwort in {seconds} s"],
  ["this service has no way for {way}", "diesen Weg hat der Dienst nicht"],
  ["no phone of this person takes pushes", "kein Telefon dieser Person nimmt Push an"],
  ["nobody has a desk open for this home", "an keinem Platz war jemand angemeldet"],
  ["the provider answered {status}", "der Anbieter antwortete {status}"],
  ["the push service answered {status}", "der Push-Dienst antwortete {status}"],
  ["saw alarm {id} on the helper's page", "hat den Alarm auf der Seite für Helfer gesehen"],
  ["saw alarm {id}", "hat den Alarm gesehen"],
  ["called because of {id}", "hat wegen des Alarms angerufen"],
  ["saw an open alarm", "hat einen offenen Alarm gesehen"],
  ["had an open alarm on the screen", "hatte einen offenen Alarm auf dem Bildschirm"],
  ["saw the home", "hat die Wohnung gesehen"],
  ["changed what is known of the resident", "hat die Angaben geändert"],
  ["revoked the gateway's credential", "hat den Zugang des Gateways gesperrt"],
  ["issued a gateway credential", "hat einen Zugang des Gateways ausgestellt"],
  ["asked for drill", "hat einen Probealarm ausgelöst"],
  ["asked for maintenance", "hat die Wartung geändert"],
  ["asked for absence", "hat die Abwesenheit geändert"],
  ["work on {subject} ({what}): {state}", "hat einen Arbeitsauftrag bearbeitet"],
  ["changed the agreement: version {version}", "hat die Vereinbarung geändert (Fassung {version})"],
  ["saw the agreement", "hat die Vereinbarung gesehen"],
  ["saw the history ({format})", "hat den Verlauf gesehen"],
  ["exported everything", "hat alle Daten heruntergeladen"],
  ["saw the services", "hat die Dienste gesehen"],
  ["saw the choices", "hat den Alltag gesehen"],
  ["answered an order: {answer}", "hat eine Bestellung beantwortet"],
  ["answered a wish: {answer}", "hat einen Wunsch beantwortet"],
];
