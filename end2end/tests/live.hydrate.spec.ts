import type { Page } from "@playwright/test";
import { askForRefund, askForReturn, expect, open, people, release, signIn, test } from "./fixtures";

/** Marks the document: a page that loads anew has lost it. */
const mark = (page: Page) => page.evaluate(() => document.body.setAttribute("data-kept", "yes"));
const kept = (page: Page) => expect(page.locator("body[data-kept]"), "loaded anew").toHaveCount(1);

test("a new request shows up without a reload", async ({ page }) => {
  await signIn(page, people.reviewer);
  await open(page, "/approvals");
  await mark(page);
  const { order } = await askForRefund("55.00");
  await expect(page.getByText(new RegExp(order)).first()).toBeVisible({ timeout: 5_000 });
  await kept(page);
});

test("two requests that come one after the other show within a second each", async ({ page }) => {
  await signIn(page, people.reviewer);
  await open(page, "/approvals");
  await mark(page);
  for (const amount of ["61.00", "62.00"]) {
    const { order } = await askForRefund(amount);
    const asked = Date.now();
    await expect(page.getByText(order).first()).toBeVisible({ timeout: 5_000 });
    expect(Date.now() - asked, amount).toBeLessThan(1_000);
  }
  await kept(page);
});

test("what another reviewer decides shows without a reload", async ({ page, another }) => {
  const { id, order } = await askForRefund("57.00");
  await signIn(page, people.reviewer);
  await open(page, `/approvals/${id}`);
  await mark(page);
  const queue = await page.context().newPage();
  await open(queue, "/approvals");
  await mark(queue);
  await expect(queue.getByText(order)).toBeVisible();

  await page.getByLabel(/^Note for the record/).focus();
  const second = await another();
  await signIn(second, people.second);
  await open(second, `/approvals/${id}`);
  await second.getByLabel("Why not").fill("The kettle was used.");
  await second.getByRole("button", { name: "Reject" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Rejected by Sam Second-Reviewer" })).toBeVisible();
  await expect(page.getByRole("button", { name: /^Approve/ })).toHaveCount(0);
  await expect(page.locator("#content")).toBeFocused();
  await kept(page);
  await expect(queue.getByText(order)).toHaveCount(0);
  await kept(queue);
});

test("a stop that somebody presses shows everywhere, and so does the release", async ({ page, another }) => {
  const { id } = await askForRefund("58.00");
  await signIn(page, people.reviewer);
  await open(page, `/approvals/${id}`);
  await mark(page);
  const operator = await another();
  await signIn(operator, people.operator);
  await open(operator, "/stop");
  await operator.locator("main").getByRole("button", { name: "Stop Support" }).click();

  const banner = page.getByText(/^Support stopped by Oscar Operator at/);
  await expect(banner).toBeVisible();
  await expect(page.getByText(/^Frozen: Support is stopped/)).toBeVisible();
  await expect(page.getByRole("button", { name: /^Approve/ })).toHaveCount(0);
  await open(operator, "/stop");
  await release(operator, "It was a drill.");
  await expect(banner).toHaveCount(0);
  await expect(page.getByRole("button", { name: /^Approve/ }).first()).toBeVisible();
  await kept(page);
});

const half = [
  { address: "/agents/support", fold: "Tighten this agent", field: "Why" },
  { address: "/activity", fold: "Filter", field: "Customer" },
];

for (const { address, fold, field } of half) {
  test(`what is half typed on ${address} stays while the agent goes on`, async ({ page }) => {
    await signIn(page, people.operator);
    await open(page, address);
    await page.getByText(fold, { exact: true }).click();
    const typed = page.locator("details[open]").getByLabel(field, { exact: true });
    await typed.fill("half a sen");
    const { order } = await askForReturn("20.00");
    await expect(page.getByText(order).first()).toBeVisible();
    await expect(typed).toBeVisible();
    await expect(typed).toHaveValue("half a sen");
  });
}

test("what was typed before the page came alive stays", async ({ page }) => {
  await signIn(page, people.operator);
  let letGo = () => {};
  const held = new Promise<void>((resolve) => (letGo = resolve));
  await page.route("**/pkg/*.wasm", async (route) => {
    await held;
    await route.continue();
  });
  const alive = page.waitForResponse((answer) => new URL(answer.url()).pathname === "/live");
  await page.goto("/activity", { waitUntil: "domcontentloaded" });
  await page.getByText("Filter", { exact: true }).click();
  await page.getByLabel("Customer", { exact: true }).fill("omar");
  letGo();
  await alive;
  await expect(page.getByLabel("Customer", { exact: true })).toHaveValue("omar");
});
