import { agent, askForRefund, askForReturn, expect, people, release, signIn, test } from "./fixtures";

test("an auditor stops the agent from a phone, and an operator releases it with a reason", async ({ page, another }) => {
  await page.setViewportSize({ width: 360, height: 760 });
  await signIn(page, people.auditor);
  await page.goto("/stop");
  await page.locator("main").getByRole("button", { name: /^Stop Support/ }).click();
  await expect(page.locator("main .confirmed").getByText("By Avi Auditor")).toBeVisible();
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

test("a second tap on a release stops nothing, and the page says who released", async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 760 });
  await signIn(page, people.operator);
  await page.goto("/stop");
  await page.locator("main").getByRole("button", { name: /^Stop Support/ }).click();
  await expect(page.locator("main .confirmed").getByText("By Oscar Operator")).toBeVisible();
  await page.getByText(/^Release Support …$/).click();
  await page.getByLabel(/^Why it can go on/).fill("It was my thumb.");
  await page.getByRole("checkbox").check();
  await page.getByRole("button", { name: "Release Support" }).dblclick();
  await expect(page.getByRole("status").getByText("Support was released by Oscar Operator.")).toBeVisible();
  await expect(page.getByText("“It was my thumb.”").first()).toBeVisible();
  await page.goto("/stop");
  await expect(page.locator("main").getByRole("button", { name: /^Stop Support/ })).toBeVisible();
  await askForRefund();
});

test("whoever pressed by mistake takes it back, and others read who can", async ({ page, another }) => {
  await signIn(page, people.auditor);
  await page.goto("/");
  await page.getByRole("button", { name: /^Stop all/ }).first().click();
  await expect(page.getByRole("link", { name: "All agents are stopped" })).toBeVisible();

  const reviewer = await another();
  await signIn(reviewer, people.reviewer);
  await reviewer.goto("/stop");
  await expect(reviewer.getByText(/^Who can release it: .*Oscar Operator/)).toBeVisible();
  await expect(reviewer.getByText(/^Take back/)).toHaveCount(0);

  await page.goto("/stop");
  await page.getByText(/^Take back my stop of all agents …$/).click();
  await page.getByLabel(/^Why it can go on/).fill("I slipped.");
  await page.getByRole("checkbox").check();
  await page.getByRole("button", { name: /^Take back/ }).click();
  await expect(page.getByRole("status").getByText("All agents were released by Avi Auditor.")).toBeVisible();
  await askForRefund();
});

test("what may have gone out stays on the page until the agent says what came of it", async ({ page }) => {
  const asked = await askForReturn("12.00");
  await signIn(page, people.operator);
  await page.goto("/stop");
  await page.locator("main").getByRole("button", { name: /^Stop all/ }).click();
  await expect(page.getByText("may have gone out before the stop.").first()).toBeVisible();
  await expect(page.locator(`a[href="/approvals/${asked.id}"]`)).toBeVisible();
  await release(page, "All clear.");
  await page.goto("/stop");
  await expect(page.locator(`a[href="/approvals/${asked.id}"]`)).toBeVisible();
  const told = await agent("POST", `/actions/${asked.id}/outcome`, { grant: asked.grant, status: "succeeded" });
  expect(told.status).toBe(200);
  await page.goto("/stop");
  await expect(page.locator(`a[href="/approvals/${asked.id}"]`)).toHaveCount(0);
});

test("nothing is cut at 360 px with text of twice its size", async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 760 });
  await signIn(page, people.operator);
  await page.goto("/");
  await page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
  const cut = await page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>(".stop-label, .bar .way-label")]
      .filter((label) => label.offsetParent && label.scrollWidth > label.parentElement!.clientWidth)
      .map((label) => label.textContent),
  );
  expect(cut).toEqual([]);
  const wider = await page.locator("html").evaluate((html) => html.scrollWidth - html.clientWidth);
  expect(wider).toBeLessThanOrEqual(0);
});
