/**
 * MQTT's codec would keep every number of two bytes as a buffer of its own, ready to be written:
 * 65,536 of them, 7 MB in each thread that speaks MQTT. The few that a home sends are made when
 * they are needed.
 */
import { writeToStream } from "mqtt-packet";

writeToStream.cacheNumbers = false;
