import { agent, askForRefund, expect, people, signIn, test } from "./fixtures";

test("an auditor stops the agent from a phone, and an operator releases it with a reason", async ({ page, browser, javaScriptEnabled }) => {
  await page.setViewportSize({ width: 360, height: 760 });
  await signIn(page, people.auditor);
  await page.goto("/stop");
  await page.getByRole("button", { name: /^Stop Support/i }).last().click();
  await expect(page.getByText(/stopped by Avi Auditor/i).first()).toBeVisible();
  const refused = await agent("POST", "/actions", { action: "data.read", arguments: {} });
  expect(refused.body.decision).toBe("stopped");
  await expect(page.getByRole("button", { name: /^Release/ })).toHaveCount(0);

  const other = await browser.newContext({ javaScriptEnabled });
  const operator = await other.newPage();
  await signIn(operator, people.operator);
  await operator.goto("/stop");
  const form = operator.locator("form", { has: operator.getByRole("button", { name: /^Release/ }) }).first();
  if (!(await form.getByRole("textbox").first().isVisible())) await operator.locator("details summary").first().click();
  await form.getByRole("textbox").first().fill("It was a drill.");
  await form.getByRole("checkbox").first().check();
  await form.getByRole("button", { name: /^Release/ }).click();
  await expect(operator).toHaveURL(/\/stop/);
  await expect(operator.getByText(/stopped by Avi Auditor/i)).toHaveCount(0);
  await askForRefund();
  await other.close();
});

test("everything stops with one press on any page", async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await signIn(page, people.operator);
  await page.goto("/activity");
  await page.getByRole("button", { name: /^Stop all/ }).first().click();
  await expect(page.getByText(/stopped by Oscar Operator/i).first()).toBeVisible();
  const refused = await agent("POST", "/actions", { action: "data.read", arguments: {} });
  expect(refused.body.decision).toBe("stopped");

  await page.goto("/stop");
  const form = page.locator("form", { has: page.getByRole("button", { name: /^Release/ }) }).first();
  if (!(await form.getByRole("textbox").first().isVisible())) await page.locator("details summary").first().click();
  await form.getByRole("textbox").first().fill("All clear.");
  await form.getByRole("checkbox").first().check();
  await form.getByRole("button", { name: /^Release/ }).click();
  await expect(page.getByText(/stopped by Oscar Operator/i)).toHaveCount(0);
});
