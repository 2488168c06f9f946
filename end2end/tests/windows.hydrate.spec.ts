import type { Page } from "@playwright/test";
import { agent, expect, open, people, release, signIn, test } from "./fixtures";

/** Browsers have six connections to a server over plain http, for all windows together. */
async function six(page: Page) {
  await signIn(page, people.operator);
  const windows = [page];
  while (windows.length < 6) windows.push(await page.context().newPage());
  for (const window of windows) await open(window, "/agents");
  return windows;
}

test("with six windows open a press of Stop is answered, and all of them show it", async ({ page }) => {
  const windows = await six(page);
  const answer = page.waitForResponse((answer) => answer.request().method() === "POST", { timeout: 10_000 });
  const pressed = Date.now();
  await page.getByRole("button", { name: "Stop all agents" }).click();
  expect((await answer).status()).toBe(303);
  console.log(`answered after ${Date.now() - pressed} ms`);
  for (const window of windows) {
    await expect(window.getByRole("link", { name: "All agents are stopped" })).toBeVisible();
  }
  const refused = await agent("POST", "/actions", { action: "data.read", arguments: {} });
  expect(refused.body.decision).toBe("stopped");
  await page.goto("/stop");
  await release(page, "All clear.");
});

test("when the window that listens goes away, another one does", async ({ page, another }) => {
  const windows = await six(page);
  while (windows.length > 1) {
    await windows.shift()!.close();
    const other = await another();
    await signIn(other, people.auditor);
    await other.goto("/agents");
    await other.getByRole("button", { name: "Stop all agents" }).click();
    for (const window of windows) {
      await expect(window.getByRole("link", { name: "All agents are stopped" })).toBeVisible();
    }
    await other.goto("/stop");
    await other.getByText(/^Take back my stop of all agents …$/).click();
    await other.getByLabel(/^Why it can go on/).fill("A test of windows.");
    await other.getByRole("checkbox").check();
    await other.getByRole("button", { name: /^Take back/ }).click();
    for (const window of windows) {
      await expect(window.getByRole("button", { name: "Stop all agents" })).toBeVisible();
    }
  }
});
