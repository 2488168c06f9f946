import type { Page } from "@playwright/test";
import { ask, askForReturn, expect, open, people, signIn, test } from "./fixtures";

const day = (fromToday: number) => new Date(Date.now() + fromToday * 86_400_000).toISOString().slice(0, 10);
const rows = (page: Page) => page.getByRole("table").getByRole("row").filter({ has: page.getByRole("cell") });

/** Sets one part of the filter, and shows what is left of the record. */
async function narrow(page: Page, label: string, value: string) {
  await open(page, "/activity");
  const all = await rows(page).count();
  await page.getByText("Filter", { exact: true }).click();
  const field = page.getByRole("combobox", { name: label });
  if (await field.count()) await field.selectOption(value);
  else await page.getByLabel(label, { exact: true }).fill(value);
  await page.getByRole("button", { name: "Show", exact: true }).click();
  await expect(page.getByText("Filter (set)")).toBeVisible();
  await page.waitForLoadState();
  return all;
}

/** Each line that is left says `what`. */
async function allSay(page: Page, what: RegExp) {
  await expect(rows(page).filter({ hasText: what })).not.toHaveCount(0);
  await expect(rows(page).filter({ hasNotText: what })).toHaveCount(0);
}

test("each filter narrows the record down", async ({ page }) => {
  const cancelled = await ask("order.cancel", { reason: "no longer needed", total: { amount: "20.00", currency: "USD" } });
  await ask("order.modify_address", { address1: "1 Elm St", city: "Reno", state: "NV", zip: "89501", country: "USA" });
  await askForReturn("20.00");
  await signIn(page, people.auditor);

  await narrow(page, "Agent", "Support");
  await allSay(page, /Support/);
  await expect(rows(page).filter({ hasText: "Signed in" })).toHaveCount(0);
  await narrow(page, "What happened", "Signed in");
  await allSay(page, /Signed in/);
  await narrow(page, "Reins’ answer", "Denied");
  await allSay(page, /Asked\s*Denied/);
  await narrow(page, "Action", "order.cancel");
  await allSay(page, /Cancel order/);
  await expect(page.getByText(cancelled.order).first()).toBeVisible();
  await narrow(page, "Person", "Avi Auditor");
  await allSay(page, /Avi Auditor/);
});

test("the record of one customer, and the way to the request", async ({ page }) => {
  const customer = `Zoë & Söhne ${Date.now()}`;
  const total = { amount: "20.00", currency: "USD" };
  const { id, order } = await ask("order.cancel", { reason: "no longer needed", total }, customer);
  await signIn(page, people.auditor);
  await narrow(page, "Customer", customer);
  await expect(rows(page)).toHaveCount(1);
  await expect(page.getByLabel("Customer", { exact: true })).toHaveValue(customer);
  await rows(page).getByRole("link", { name: new RegExp(order) }).click();
  await expect(page).toHaveURL(new RegExp(`/approvals/${id}$`));
  await expect(page.getByRole("heading", { level: 1 })).toContainText(order);
});

test("on a phone, what a filter finds is in sight, and an entry about nothing is short", async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 780 });
  await signIn(page, people.auditor);
  await open(page, "/activity?kind=signed_in");
  await expect(page.getByText("What happened: Signed in.")).toBeVisible();
  const first = rows(page).first();
  await expect(first).toBeInViewport();
  const { height } = (await first.boundingBox()) ?? { height: 999 };
  expect(height).toBeLessThan(130);
  await expect(page.getByText("Filter (set)")).toBeVisible();
});

test("the record of some days", async ({ page }) => {
  await askForReturn("20.00");
  await signIn(page, people.auditor);
  await narrow(page, "From (UTC)", day(2));
  await expect(page.getByText("Nothing fits.")).toBeVisible();
  await narrow(page, "To, included (UTC)", day(-2));
  await expect(page.getByText("Nothing fits.")).toBeVisible();
  const all = await narrow(page, "From (UTC)", day(-1));
  await expect.poll(() => rows(page).count()).toBeGreaterThanOrEqual(all);
  await page.getByRole("link", { name: "Show everything" }).click();
  await expect(page).toHaveURL(/\/activity$/);
  await expect(page.getByText("Filter", { exact: true })).toBeVisible();
});

const byHand = [
  "agent=nobody&kind=guess&person=1&from=soon&to=2026-99-99&before=zz&decision=perhaps&action=%27%3B--",
  "customer=%00", "agent=%00", "action=%00", "decision=a%00", "customer=%FF%FE", "agent", "=&&==", "agent=a&agent=b",
  "from=-262143-01-01", "to=%2B262142-12-31", "from=9999-12-31&to=0001-01-01", "to=-9999-01-01",
  `customer=${"x".repeat(5000)}`, "before=00000000-0000-0000-0000-000000000000", "done=nonsense",
];

test("a query that somebody wrote by hand does not break the page", async ({ page }) => {
  await signIn(page, people.auditor);
  for (const query of byHand) {
    const answer = await page.goto(`/activity?${query}`);
    expect.soft(answer?.status(), query.slice(0, 80)).toBe(200);
    expect.soft(await page.getByRole("heading", { level: 1, name: "Activity" }).count(), query.slice(0, 80)).toBe(1);
  }
});
