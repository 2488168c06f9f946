import { type Page } from "@playwright/test";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { judging, newAgent, something } from "./agents";
import { askForReturn, expect, isAccessible, open, people, signIn, test } from "./fixtures";

const impact = (slug: string) => `/agents/${slug}/permissions/impact`;
const withScripts = () => test.info().project.use.javaScriptEnabled ?? true;

/** A draft that asks about returns over 20.00 instead of 50.00. */
async function stricter(page: Page, slug: string, id = "return-over-50") {
  await open(page, `/agents/${slug}/permissions?rule=${id}`);
  const rule = page.locator(`[id="rule-${id}"]`);
  await rule.getByRole("textbox", { name: /^Amount/ }).fill("20.00");
  if (withScripts()) {
    await rule.getByRole("textbox", { name: /^Amount/ }).press("Tab");
    await expect(page.locator("[data-unsaved]")).toHaveCount(0);
  } else {
    await rule.getByRole("button", { name: /^Save\b/ }).click();
  }
  await expect(page.getByRole("complementary", { name: "How it reads" })).toContainText("over $20.00");
}

const line = (minute: number, amount: string, members = {}) =>
  JSON.stringify({
    at: `2026-10-01T14:${String(minute).padStart(2, "0")}:00Z`,
    action: "order.return",
    arguments: {
      order_id: `#W${minute}`,
      item_ids: ["1"],
      payment_method_id: "card_1",
      total: { amount, currency: "USD" },
    },
    reads: [{ data_set: "customer.orders", subject: "omar" }],
    customer: { id: "omar" },
    trigger: `ticket ${minute}`,
    model: "vendor/model",
    ...members,
  });

/** With the client the page follows; without it, somebody looks again. */
async function done(page: Page) {
  const running = page.getByText("The past is being judged", { exact: false });
  await expect(async () => {
    if (!withScripts() && (await running.count())) await page.getByRole("link", { name: "Look again" }).click();
    await expect(running).toHaveCount(0, { timeout: 3_000 });
  }).toPass();
}

test("pasted actions are judged by the draft, with money, load, cases and coverage", async ({ page }) => {
  const slug = newAgent(judging);
  await signIn(page, people.admin);
  await open(page, impact(slug));
  await expect(page.getByText("There is no draft", { exact: true })).toBeVisible();
  await stricter(page, slug);
  await page.getByRole("link", { name: "What would have changed" }).click();
  await page.getByText("Judge past actions that you have").click();
  await expect(page.getByText("At most 100 MB", { exact: false })).toBeVisible();
  const lines = [line(1, "10.00"), line(2, "30.00"), "{", line(3, "40.00"), line(4, "60.00"), line(5, "700.00")];
  await page.getByLabel("Paste the lines").fill(lines.join("\n"));
  await page.getByRole("button", { name: "Judge these actions" }).click();
  await done(page);

  const lead = "Of 5 requests, 2 more would have been asked and 2 fewer would have been allowed.";
  await expect(page.getByText(lead)).toBeVisible();
  const row = (name: string) => page.getByRole("row", { name: new RegExp(`^${name}`) });
  await expect(row("A person is asked")).toContainText("2 more");
  await expect(row("A person is asked")).toContainText("$70.00 more");
  await expect(row("CS leads")).toContainText("3 requests on the fullest day");
  await expect(page.getByText("2 requests that are allowed now would be asked ($70.00).")).toBeVisible();
  await expect(page.getByRole("listitem").filter({ hasText: "(line 4)" })).toContainText("Allowed now, would be asked");
  await expect(page.getByText("Of 6 requests, 1 could not be judged:")).toBeVisible();
  await expect(page.getByText("The line is no request that can be read", { exact: false })).toBeVisible();

  await open(page, `/agents/${slug}/permissions`);
  await page.locator('[id="data-customer.profile"] select').selectOption("May read, of everybody");
  if (withScripts()) await expect(page.locator("[data-unsaved]")).toHaveCount(0);
  else await page.locator('[id="data-customer.profile"]').getByRole("button", { name: /^Save\b/ }).click();
  await open(page, impact(slug));
  await expect(page.getByText("The draft has changed since.", { exact: false })).toBeVisible();
});

test("a file is judged, and what is none is refused with words", async ({ page }) => {
  const slug = newAgent(judging);
  await signIn(page, people.admin);
  await stricter(page, slug);
  const file = join(mkdtempSync(join(tmpdir(), "reins-past-")), "past.jsonl");
  writeFileSync(file, Array.from({ length: 3000 }, (_, n) => line(Math.floor(n / 60), "30.00")).join("\n"));
  await open(page, impact(slug));
  await page.getByText("Judge past actions that you have").click();
  await page.getByRole("button", { name: "Judge these actions" }).click();
  await expect(page.getByText("No lines were pasted, and no file was chosen, so nothing was judged.")).toBeVisible();
  await page.getByRole("link", { name: "Back" }).click();
  await page.getByText("Judge past actions that you have").click();
  await page.getByLabel(/^Or choose a file/).setInputFiles(file);
  await page.getByRole("button", { name: "Judge these actions" }).click();
  await done(page);
  await expect(page.getByText("Of 3,000 requests, 3,000 more would have been asked", { exact: false })).toBeVisible();

  // Too much is said to be so, and not cut off on the way.
  writeFileSync(file, "x".repeat(102 * 1024 * 1024));
  await open(page, impact(slug));
  await page.getByText("Judge past actions that you have").click();
  await page.getByLabel(/^Or choose a file/).setInputFiles(file);
  await page.getByRole("button", { name: "Judge these actions" }).click();
  await expect(page.getByText("This is more than 100 MB; give it in parts, so nothing was judged.")).toBeVisible();
});

test("the record of 30 days is judged, and its cases lead to their requests", async ({ page }) => {
  await askForReturn("30.00");
  await signIn(page, people.admin);
  await stricter(page, "support", "refund-over-50");
  try {
    await open(page, impact("support"));
    await page.getByRole("button", { name: "Judge the last 30 days" }).click();
    await done(page);
    await expect(page.getByText(/^Of [\d,]+ requests?, .*more would have been asked/)).toBeVisible();
    await expect(page.getByText(/ a day$/).first()).toBeVisible();
    await page.getByRole("link", { name: /^Refund \$30\.00/ }).first().click();
    await expect(page).toHaveURL(/\/approvals\//);
  } finally {
    await open(page, "/agents/support/permissions");
    await page.getByRole("button", { name: "Discard the draft" }).click();
    await expect(page.getByText("The draft is discarded.", { exact: false })).toBeVisible();
  }
});

test("a reviewer sees figures, and begins nothing", async ({ page }) => {
  const slug = newAgent(something);
  await signIn(page, people.reviewer);
  await open(page, impact(slug));
  await expect(page.getByText("There is no draft, so there is nothing to judge.")).toBeVisible();
  await expect(page.getByText("Only an admin has the past judged by a draft.", { exact: false })).toBeVisible();
  await expect(page.getByRole("button", { name: /^Judge/ })).toHaveCount(0);
});

test.describe("the look of what would have changed", () => {
  test.use({ javaScriptEnabled: true });

  test("it has no serious accessibility finding", async ({ page }) => {
    const slug = newAgent(something);
    await signIn(page, people.admin);
    await open(page, `/agents/${slug}/permissions`);
    await page.locator('[id="action-order.return"] select[name=standing]').selectOption("Must not do");
    await expect(page.locator("[data-unsaved]")).toHaveCount(0);
    await page.goto(impact(slug));
    await page.getByText("Judge past actions that you have").click();
    await isAccessible(page);
    await page.getByLabel("Paste the lines").fill([line(1, "30.00"), "{", line(2, "60.00"), line(3, "1234567.00")].join("\n"));
    await page.getByRole("button", { name: "Judge these actions" }).click();
    await expect(page.getByText("Of 3 requests", { exact: false })).toBeVisible();
    await isAccessible(page);
  });
});
