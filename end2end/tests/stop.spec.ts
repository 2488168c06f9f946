import type { Page } from "@playwright/test";
import { agent, askForRefund, expect, people, signIn, test } from "./fixtures";

/** Opens the way back, says why, confirms. */
async function release(page: Page, why: string) {
  await page.getByText(/^Release .* …$/).first().click();
  await page.getByLabel(/^Why it can go on/).first().fill(why);
  await page.getByRole("checkbox").first().check();
  await page.getByRole("button", { name: /^Release/ }).first().click();
  await expect(page.getByText(/^Release .* …$/)).toHaveCount(0);
}

test("an auditor stops the agent from a phone, and an operator releases it with a reason", async ({ page, browser, javaScriptEnabled }) => {
  await page.setViewportSize({ width: 360, height: 760 });
  await signIn(page, people.auditor);
  await page.goto("/stop");
  await page.locator("main").getByRole("button", { name: /^Stop Support/ }).click();
  await expect(page.locator("main").getByText("By Avi Auditor")).toBeVisible();
  const refused = await agent("POST", "/actions", { action: "data.read", arguments: {} });
  expect(refused.body.decision).toBe("stopped");
  await expect(page.getByRole("button", { name: /^Release/ })).toHaveCount(0);

  const other = await browser.newContext({ javaScriptEnabled });
  const operator = await other.newPage();
  await signIn(operator, people.operator);
  await operator.goto("/stop");
  await release(operator, "It was a drill.");
  await askForRefund();
  await other.close();
});

test("everything stops with one press on any page", async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await signIn(page, people.operator);
  await page.goto("/activity");
  await page.getByRole("button", { name: /^Stop all/ }).first().click();
  await expect(page.getByText(/Oscar Operator/).first()).toBeVisible();
  const refused = await agent("POST", "/actions", { action: "data.read", arguments: {} });
  expect(refused.body.decision).toBe("stopped");

  await page.goto("/stop");
  await release(page, "All clear.");
});
