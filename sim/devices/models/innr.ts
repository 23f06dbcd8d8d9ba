/** innr's metering plug SP 120, here the relay and the meter of a stove. */
import { basic, groups, groupsCluster, identify, identifyCluster } from "../basics.ts";
import { clusters, type DeviceModel, homeAutomation } from "../model.ts";
import { electricalCluster, meteringCluster, onOffCluster, plug } from "../plug.ts";

const innrCode = 0x1166;

export const meteringPlug: DeviceModel = {
  model: "SP 120",
  manufacturer: "innr",
  manufacturerCode: innrCode,
  power: "mains",
  endpoints: [
    {
      id: 1,
      profile: homeAutomation,
      device: 0x010a,
      servers: [
        basic({ model: "SP 120", manufacturer: "innr", power: "mains" }),
        identifyCluster,
        groupsCluster,
        onOffCluster,
        meteringCluster,
        electricalCluster,
      ],
      clients: [clusters.ota],
    },
  ],
  reports: [
    { endpoint: 1, cluster: clusters.onOff, attribute: 0x0000, min_s: 0, max_s: 300, change: 0 },
    {
      endpoint: 1,
      cluster: clusters.electrical,
      attribute: 0x050b,
      min_s: 1,
      max_s: 300,
      change: 5,
    },
    {
      endpoint: 1,
      cluster: clusters.metering,
      attribute: 0x0000,
      min_s: 60,
      max_s: 3600,
      change: 1,
    },
  ],
  behaviours: [identify, groups, plug],
};
