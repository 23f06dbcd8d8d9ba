/** Temperature and humidity, in hundredths. */
import type { Behaviour } from "./behaviour.ts";
import type { Device } from "./device.ts";
import { type ClusterModel, clusters, type ReportModel } from "./model.ts";
import { types } from "./values.ts";

const temperature = { endpoint: 1, cluster: clusters.temperature, attribute: 0 };
const humidity = { endpoint: 1, cluster: clusters.humidity, attribute: 0 };

export const temperatureCluster: ClusterModel = {
  id: clusters.temperature,
  attributes: [
    { id: 0x0000, type: types.int16, value: 2100 },
    { id: 0x0001, type: types.int16, value: -1000 },
    { id: 0x0002, type: types.int16, value: 8500 },
  ],
};

export const humidityCluster: ClusterModel = {
  id: clusters.humidity,
  attributes: [{ id: 0x0000, type: types.uint16, value: 5000 }],
};

export const climateReports: readonly ReportModel[] = [
  { ...temperature, min_s: 10, max_s: 3600, change: 100 },
  { ...humidity, min_s: 10, max_s: 3600, change: 400 },
];

export function climate(device: Device): Behaviour {
  return {
    actions: {
      temperature: (amount = 21) => device.set(temperature, Math.round(amount * 100)),
      humidity: (amount = 50) => device.set(humidity, Math.round(amount * 100)),
    },
    look: () => ({
      temperature: Number(device.value(temperature)) / 100,
      humidity: Number(device.value(humidity)) / 100,
    }),
  };
}
