/** A lamp by innr and a roller shutter relay by NodOn. */
import { basic, groups, groupsCluster, identify, identifyCluster } from "../basics.ts";
import { cover, coveringCluster } from "../cover.ts";
import { levelCluster, light } from "../light.ts";
import { clusters, type DeviceModel, homeAutomation } from "../model.ts";
import { onOffCluster } from "../plug.ts";

export const lamp: DeviceModel = {
  model: "RB 265",
  manufacturer: "innr",
  manufacturerCode: 0x1166,
  power: "mains",
  endpoints: [
    {
      id: 1,
      profile: homeAutomation,
      device: 0x0101,
      servers: [
        basic({ model: "RB 265", manufacturer: "innr", power: "mains" }),
        identifyCluster,
        groupsCluster,
        onOffCluster,
        levelCluster,
      ],
      clients: [clusters.ota],
    },
  ],
  reports: [
    { endpoint: 1, cluster: clusters.onOff, attribute: 0, min_s: 0, max_s: 3600, change: 0 },
    { endpoint: 1, cluster: clusters.level, attribute: 0, min_s: 1, max_s: 3600, change: 1 },
  ],
  behaviours: [identify, groups, light],
};

export const shutter: DeviceModel = {
  model: "SIN-4-RS-20",
  manufacturer: "NodOn",
  manufacturerCode: 0x128b,
  power: "mains",
  endpoints: [
    {
      id: 1,
      profile: homeAutomation,
      device: 0x0202,
      servers: [
        basic({ model: "SIN-4-RS-20", manufacturer: "NodOn", power: "mains" }),
        identifyCluster,
        groupsCluster,
        coveringCluster,
      ],
      clients: [clusters.ota],
    },
  ],
  reports: [
    { endpoint: 1, cluster: clusters.covering, attribute: 8, min_s: 1, max_s: 3600, change: 1 },
  ],
  behaviours: [identify, groups, cover],
};
