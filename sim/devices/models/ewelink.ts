/** eWeLink's small sensors: motion, contact, climate. */
import {
  basic,
  battery,
  batteryReports,
  identify,
  identifyCluster,
  powerCluster,
} from "../basics.ts";
import type { Behaviour } from "../behaviour.ts";
import { climate, climateReports, humidityCluster, temperatureCluster } from "../climate.ts";
import type { Device } from "../device.ts";
import {
  type ClusterModel,
  clusters,
  type DeviceModel,
  homeAutomation,
  type ReportModel,
} from "../model.ts";
import { contact, motion } from "../sensors.ts";
import { zone, zoneCluster, zoneTypes } from "../zone.ts";

const plainCode = 0x1286;
const hour_s = 3600;
/** How long the motion sensor stays silent after motion: its data sheet says 60 s. */
const motionHold_ms = 60_000;

interface Purpose {
  readonly model: string;
  readonly servers: readonly ClusterModel[];
  readonly reports: readonly ReportModel[];
  readonly behaviours: readonly ((device: Device) => Behaviour)[];
}

function sensor(purpose: Purpose): DeviceModel {
  const { model } = purpose;
  const own = basic({ model, manufacturer: "eWeLink", power: "battery" });
  return {
    model,
    manufacturer: "eWeLink",
    manufacturerCode: plainCode,
    power: "battery",
    endpoints: [
      {
        id: 1,
        profile: homeAutomation,
        device: 0x0402,
        servers: [own, powerCluster, identifyCluster, ...purpose.servers],
        clients: [clusters.identify],
      },
    ],
    reports: [...batteryReports(hour_s), ...purpose.reports],
    behaviours: [battery, identify, ...purpose.behaviours],
  };
}

export const motionSensor = sensor({
  model: "MS01",
  servers: [zoneCluster(zoneTypes.motion)],
  reports: [],
  behaviours: [zone, motion(motionHold_ms)],
});

export const contactSensor = sensor({
  model: "DS01",
  servers: [zoneCluster(zoneTypes.contact)],
  reports: [],
  behaviours: [zone, contact],
});

export const climateSensor = sensor({
  model: "TH01",
  servers: [temperatureCluster, humidityCluster],
  reports: climateReports,
  behaviours: [climate],
});
