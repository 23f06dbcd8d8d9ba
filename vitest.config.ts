import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    globalSetup: ["tests/support/packages.ts"],
    // Real processes and sockets: a test may wait for a radio, never for luck.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // Two cores are the smallest machine this runs on, and most wire tests wait more than they work.
    maxWorkers: 3,
    coverage: {
      provider: "v8",
      include: ["protocol/**/*.ts", "rules/**/*.ts"],
      thresholds: { branches: 100 },
    },
  },
});
