import type { Page } from "@playwright/test";
import { newAgent } from "./agents";
import { agent, ask, askForRefund, askForReturn, expect, isAccessible, people, signIn, test, withholdClient } from "./fixtures";

const pages = [
  "/", "/approvals", "/agents", "/agents/support", "/stop", "/activity", "/activity?kind=asked", "/integrations",
  "/integrations/shop",
  "/stops", "/settings/people", "/settings/queues", "/settings/keys", "/settings/password", "/settings/jobs", "/settings/customers",
  "/settings/actions",
  "/settings/actions/new", "/settings/actions/order.return", "/settings/data-sets", "/settings/words", "/settings/changes",
  "/agents/new", "/agents/import", "/agents/support/permissions", "/agents/support/permissions/try",
  "/agents/support/permissions/impact", "/agents/support/permissions/publish", "/agents/support/permissions/versions",
  "/agents/support/permissions/versions/1", "/agents/support/permissions/files", "/agents/support/permissions/print",
];

test.describe("the look of pages", () => {
  // The checker is a script itself: without JavaScript means here that the pages' own is withheld.
  test.use({ javaScriptEnabled: true });
  test.beforeEach(async ({ page }, { project }) => {
    test.setTimeout(300_000);
    if (!project.use.javaScriptEnabled) await withholdClient(page);
  });

  test("each page has a heading and no accessibility finding", async ({ page }) => {
    await signIn(page, people.admin);
    for (const address of pages) await looksGood(page, address);
  });

  test("so does a request in each state", async ({ page }) => {
    const waiting = await askForRefund();
    const rejected = await askForRefund();
    const succeeded = await askForReturn("20.00");
    await agent("POST", `/actions/${succeeded.id}/outcome`, { grant: succeeded.grant, status: "succeeded", reference: "refund 4" });
    const unknown = await askForReturn("20.00");
    await agent("POST", `/actions/${unknown.id}/outcome`, { grant: unknown.grant, status: "unknown" });
    const denied = await ask("order.modify_address", { city: "Reno" });
    expect(denied.decision).toBe("denied");

    await signIn(page, people.reviewer);
    await page.goto(`/approvals/${rejected.id}`);
    await page.getByLabel("Why not").fill("The kettle was used.");
    await page.getByRole("button", { name: "Reject" }).click();
    await expect(page.getByText(/Rejected by Rita Reviewer/)).toBeVisible();
    for (const { id } of [waiting, rejected, denied]) await looksGood(page, `/approvals/${id}`);
    await page.context().clearCookies();
    await signIn(page, people.operator);
    for (const { id } of [succeeded, unknown]) await looksGood(page, `/approvals/${id}`);
    await agent("POST", `/actions/${unknown.id}/outcome`, { grant: unknown.grant, status: "succeeded" });
  });

  test("so does a page while several agents are stopped", async ({ page }) => {
    const slugs = [newAgent(), newAgent()];
    await signIn(page, people.operator);
    for (const slug of slugs) {
      await page.goto(`/agents/${slug}`);
      await page.getByRole("button", { name: `Stop ${slug}` }).first().click();
      await expect(page.getByRole("link", { name: `${slug} is stopped` })).toBeVisible();
    }
    await looksGood(page, "/");
    await expect(page.getByText(/^\d agents are stopped: /)).toBeVisible();
    for (const slug of slugs) {
      await page.goto("/stop");
      const release = page.locator("details", { has: page.getByText(`Release ${slug} …`) }).last();
      await release.getByText(`Release ${slug} …`).click();
      await release.getByLabel(/^Why it can go on/).fill("It was looked at.");
      await release.getByRole("checkbox").check();
      await release.getByRole("button", { name: `Release ${slug}` }).click();
      await expect(page.getByText(`${slug} was released by Oscar Operator`).first()).toBeVisible();
    }
  });

  test("so does a page of those who only read", async ({ page }) => {
    await signIn(page, people.auditor);
    for (const address of ["/", "/agents/support", "/agents/support/permissions", "/settings"]) await looksGood(page, address);
  });

  test("so does the page of a new key, which asks for nothing that is nowhere", async ({ page }) => {
    const missing: string[] = [];
    page.on("response", (answer) => answer.status() === 404 && missing.push(answer.url()));
    await signIn(page, people.admin);
    await page.goto("/settings/keys");
    await page.getByLabel("For which agent").selectOption("Support");
    await page.getByLabel(/^Label/).fill(`look ${Date.now()}`);
    await page.getByRole("button", { name: "Make a key" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "New key" })).toBeVisible();
    await isAccessible(page);
    expect(missing).toEqual([]);
  });

  test("so does a page that says no", async ({ page }) => {
    for (const address of ["/sign-in", "/sign-in?welcome=1", "/setup"]) await looksGood(page, address);
    await signIn(page, people.reviewer);
    await looksGood(page, "/settings/people", 403);
    for (const address of ["/nowhere", "/agents/nobody", "/approvals/nothing"]) await looksGood(page, address, 404);
  });
});

async function looksGood(page: Page, address: string, status = 200) {
  const answer = await page.goto(address);
  expect.soft(answer?.status(), address).toBe(status);
  await expect(page.getByRole("heading", { level: 1 }).first(), address).toBeVisible();
  await isAccessible(page);
}

test("a page is complete before any script runs", async ({ request }) => {
  const answer = await request.get("/sign-in");
  const text = await answer.text();
  expect(text).toContain("Password");
  const policy = answer.headers()["content-security-policy"];
  expect(policy).toContain("'nonce-");
  expect(policy).not.toContain("unsafe-inline");
});

test("an admin's page is not for a reviewer", async ({ page }) => {
  await signIn(page, people.reviewer);
  const answer = await page.goto("/settings/people");
  expect(answer?.status()).toBe(403);
  await expect(page.getByText("ada@shop.example")).toHaveCount(0);
});
