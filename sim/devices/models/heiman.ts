/** HEIMAN's smoke alarm, water sensor and siren. */
import {
  basic,
  battery,
  batteryReports,
  groups,
  groupsCluster,
  identify,
  identifyCluster,
  powerCluster,
} from "../basics.ts";
import { clusters, type DeviceModel, homeAutomation } from "../model.ts";
import { hazard } from "../sensors.ts";
import { siren, warningCluster } from "../siren.ts";
import { zone, zoneCluster, zoneTypes } from "../zone.ts";

/** Not HEIMAN's own 0x120b: hosts wait ten seconds longer for end devices of that code. */
const plainCode = 0x1286;
const twelveHours_s = 43_200;

function hazardSensor(model: string, zoneType: number): DeviceModel {
  return {
    model,
    manufacturer: "HEIMAN",
    manufacturerCode: plainCode,
    power: "battery",
    endpoints: [
      {
        id: 1,
        profile: homeAutomation,
        device: 0x0402,
        servers: [
          basic({ model, manufacturer: "HEIMAN", power: "battery" }),
          powerCluster,
          identifyCluster,
          zoneCluster(zoneType),
        ],
        clients: [clusters.ota],
      },
    ],
    reports: batteryReports(twelveHours_s),
    behaviours: [battery, identify, zone, hazard],
  };
}

export const smokeAlarm = hazardSensor("SmokeSensor-EM", zoneTypes.fire);
export const waterSensor = hazardSensor("WaterSensor-EM", zoneTypes.water);

export const warningDevice: DeviceModel = {
  model: "WarningDevice",
  manufacturer: "HEIMAN",
  manufacturerCode: plainCode,
  power: "mains",
  endpoints: [
    {
      id: 1,
      profile: homeAutomation,
      device: 0x0403,
      servers: [
        basic({ model: "WarningDevice", manufacturer: "HEIMAN", power: "mains" }),
        powerCluster,
        identifyCluster,
        groupsCluster,
        zoneCluster(zoneTypes.warning),
        warningCluster,
      ],
      clients: [clusters.ota],
    },
  ],
  reports: batteryReports(3600),
  behaviours: [battery, identify, groups, zone, siren],
};
