import { newAgent, something } from "./agents";
import { expect, open, people, signIn, test } from "./fixtures";

test("a change is saved by itself, and what is not saved yet warns whoever leaves", async ({ page }) => {
  const slug = newAgent(something);
  await signIn(page, people.admin);
  await open(page, `/agents/${slug}/permissions`);
  await expect(page.getByRole("button", { name: /^Save\b/ })).toHaveCount(0);
  const mask = page.locator("#mask").getByRole("textbox");
  await mask.fill("/arguments/street");
  await expect(page.getByText("Saving …")).toBeVisible();
  const asked = page.waitForEvent("dialog");
  const left = page.close({ runBeforeUnload: true });
  const dialog = await asked;
  expect(dialog.type()).toBe("beforeunload");
  await dialog.dismiss();
  await left;

  await mask.press("Tab");
  await expect(page.locator("[data-unsaved]")).toHaveCount(0);
  await expect(page.getByText("Saving …")).toBeHidden();
  await expect(page.getByRole("complementary", { name: "How it reads" })).toContainText("Shown to nobody: /arguments/street");
});

test("what does not get through is said, kept and sent again", async ({ page, context }) => {
  const slug = newAgent(something);
  await signIn(page, people.admin);
  await open(page, `/agents/${slug}/permissions`);
  await context.route("**/api/app/**", (route) => route.abort());
  await page.locator("#keep").getByRole("spinbutton").fill("400");
  await page.locator("#keep").getByRole("spinbutton").press("Tab");
  await expect(page.getByText(/^Not saved: Reins cannot be reached/)).toBeVisible();
  await expect(page.locator("#keep").getByRole("spinbutton")).toHaveValue("400");
  await context.unroute("**/api/app/**");
  await expect(page.getByText("Entries are kept for 400 days.")).toBeVisible();
  await expect(page.getByText(/^Not saved: Reins/)).toBeHidden();
});

test("what somebody types is not touched while others save", async ({ page, another }) => {
  const slug = newAgent(something);
  const ben = await another();
  await signIn(ben, people.secondAdmin);
  await signIn(page, people.admin);
  await open(page, `/agents/${slug}/permissions`);
  await open(ben, `/agents/${slug}/permissions`);
  const mask = page.locator("#mask").getByRole("textbox");
  await mask.fill("/arguments/half a wo");
  await ben.locator('[id="action-order.cancel"] select[name=standing]').selectOption("Must not do");
  const reads = page.getByRole("complementary", { name: "How it reads" });
  await expect(reads).toContainText("Denied: Cancellation refund.");
  await expect(mask).toHaveValue("/arguments/half a wo");
  await expect(mask).toBeFocused();
});

test("several changes at once are all saved", async ({ page }) => {
  const slug = newAgent(something);
  await signIn(page, people.admin);
  await open(page, `/agents/${slug}/permissions`);
  for (const name of ["Reasoning", "Prompt version", "Customer"]) {
    await page.locator("#require").getByRole("checkbox", { name }).check();
  }
  await page.locator('[id="data-catalog.products"] select').selectOption("May read, of everybody");
  await page.locator('[id="action-order.exchange"] select').first().selectOption("Allowed");
  const reads = page.getByRole("complementary", { name: "How it reads" });
  await expect(reads).toContainText("a request that does not say its customer, reasoning, model and prompt version");
  await expect(reads).toContainText("May read of everybody: Products");
  await expect(reads).toContainText("Allowed: Exchange");
});
