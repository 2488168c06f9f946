import { defineConfig } from "@playwright/test";
import { port } from "./server.js";

/** The same tests with JavaScript and without; `*.hydrate.spec.ts` are about JavaScript itself. */
const browser = {
  executablePath: "/usr/bin/chromium",
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
  ],
};

export default defineConfig({
  testDir: "tests",
  outputDir: `test-results/${port}`,
  globalSetup: "./shop.ts",
  // One shop, one database: what one test does, the next one sees.
  workers: 1,
  fullyParallel: false,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: [["list"]],
  use: {
    baseURL: `http://127.0.0.1:${port}`,
    launchOptions: browser,
    screenshot: "only-on-failure",
    // What is not there does not take the time of the whole test.
    actionTimeout: 30_000,
    navigationTimeout: 30_000,
  },
  projects: [
    { name: "with-javascript", use: { javaScriptEnabled: true } },
    { name: "without-javascript", use: { javaScriptEnabled: false }, testIgnore: ["**/*.hydrate.spec.ts", "**/client.spec.ts"] },
  ],
});
