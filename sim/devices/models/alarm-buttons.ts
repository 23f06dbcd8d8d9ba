/** Emergency buttons: one that is a zone, one that calls a panel. */
import {
  basic,
  battery,
  batteryReports,
  identify,
  identifyCluster,
  powerCluster,
} from "../basics.ts";
import { clusters, type DeviceModel, homeAutomation } from "../model.ts";
import { panelButton, zoneButton } from "../sensors.ts";
import { zone, zoneCluster, zoneTypes } from "../zone.ts";

/** Not HEIMAN's own 0x120b: hosts wait ten seconds longer for devices of that code. */
const plainCode = 0x1286;
const twelveHours_s = 43_200;

export const heimanSos: DeviceModel = {
  model: "SOS-EM",
  manufacturer: "HEIMAN",
  manufacturerCode: plainCode,
  power: "battery",
  endpoints: [
    {
      id: 1,
      profile: homeAutomation,
      device: 0x0402,
      servers: [
        basic({ model: "SOS-EM", manufacturer: "HEIMAN", power: "battery" }),
        powerCluster,
        identifyCluster,
        zoneCluster(zoneTypes.emergency),
      ],
      clients: [clusters.ota],
    },
  ],
  reports: batteryReports(twelveHours_s),
  behaviours: [battery, identify, zone, zoneButton],
};

export const tuyaSos: DeviceModel = {
  model: "TS0215A",
  manufacturer: "_TZ3000_ssp0maqm",
  manufacturerCode: plainCode,
  power: "battery",
  endpoints: [
    {
      id: 1,
      profile: homeAutomation,
      device: 0x0401,
      servers: [
        basic({ model: "TS0215A", manufacturer: "_TZ3000_ssp0maqm", power: "battery" }),
        powerCluster,
        identifyCluster,
        zoneCluster(zoneTypes.emergency),
      ],
      clients: [clusters.identify, clusters.ota, clusters.panel],
    },
  ],
  reports: batteryReports(twelveHours_s),
  behaviours: [battery, identify, zone, panelButton],
};
