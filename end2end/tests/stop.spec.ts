import { agent, askForRefund, expect, people, release, signIn, test } from "./fixtures";

test("an auditor stops the agent from a phone, and an operator releases it with a reason", async ({ page, another }) => {
  await page.setViewportSize({ width: 360, height: 760 });
  await signIn(page, people.auditor);
  await page.goto("/stop");
  await page.locator("main").getByRole("button", { name: /^Stop Support/ }).click();
  await expect(page.locator("main").getByText("By Avi Auditor")).toBeVisible();
  const refused = await agent("POST", "/actions", { action: "data.read", arguments: {} });
  expect(refused.body.decision).toBe("stopped");
  await expect(page.getByRole("button", { name: /^Release/ })).toHaveCount(0);

  const operator = await another();
  await signIn(operator, people.operator);
  await operator.goto("/stop");
  await release(operator, "It was a drill.");
  await askForRefund();
});

test("everything stops with one press on any page", async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await signIn(page, people.operator);
  await page.goto("/activity");
  await page.getByRole("button", { name: /^Stop all/ }).first().click();
  await expect(page.getByRole("link", { name: "All agents are stopped" })).toBeVisible();
  const refused = await agent("POST", "/actions", { action: "data.read", arguments: {} });
  expect(refused.body.decision).toBe("stopped");

  await page.goto("/stop");
  await release(page, "All clear.");
});
