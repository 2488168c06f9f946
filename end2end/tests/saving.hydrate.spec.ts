import { hold, newAgent, something } from "./agents";
import { expect, open, people, signIn, test } from "./fixtures";

test("a change is saved by itself, and what is not saved yet warns whoever leaves", async ({ page }) => {
  const slug = newAgent(something);
  await signIn(page, people.admin);
  await open(page, `/agents/${slug}/permissions`);
  await expect(page.getByRole("button", { name: /^Save\b/ })).toHaveCount(0);
  const letGo = await hold(page);
  const mask = page.locator("#mask").getByRole("textbox");
  await mask.fill("/arguments/street");
  await expect(page.getByText("Saving …")).toBeVisible();
  await mask.press("Tab");
  const asked = page.waitForEvent("dialog");
  const left = page.close({ runBeforeUnload: true });
  const dialog = await asked;
  expect(dialog.type()).toBe("beforeunload");
  await dialog.dismiss();
  await left;

  letGo();
  await expect(page.locator("[data-unsaved]")).toHaveCount(0);
  await expect(page.getByText("Saving …")).toBeHidden();
  await expect(page.getByRole("complementary", { name: "How it reads" })).toContainText("Shown to nobody: the argument street");
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
  await expect(page.getByText("Entries are kept for 400 days; then")).toBeVisible();
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

test("what is chosen before the client has come is saved as well", async ({ page }) => {
  const slug = newAgent(something);
  await signIn(page, people.admin);
  let letGo = () => {};
  const gone = new Promise<void>((done) => (letGo = done));
  await page.route("**/pkg/*.wasm", async (route) => {
    await gone;
    await route.continue();
  });
  await page.goto(`/agents/${slug}/permissions`);
  await page.locator('[id="data-catalog.products"] select').selectOption("May read, of everybody");
  letGo();
  const reads = page.getByRole("complementary", { name: "How it reads" });
  await expect(reads).toContainText("May read of everybody: Products");
});

test("what is risky is said while somebody types", async ({ page }) => {
  const slug = newAgent(something);
  await signIn(page, people.admin);
  await open(page, `/agents/${slug}/permissions?rule=return-over-50`);
  const needed = page.locator("#rule-return-over-50").getByLabel("How many different people decide");
  await needed.pressSequentially("9");
  const reads = page.getByRole("complementary", { name: "How it reads" });
  await expect(reads.getByText(/and this rule needs/)).toBeVisible();
  await expect(needed).toBeFocused();
});

test("who types on while somebody else was first is told, and overwrites nothing", async ({ page, another }) => {
  const slug = newAgent(something);
  const ben = await another();
  await signIn(ben, people.secondAdmin);
  await signIn(page, people.admin);
  for (const admin of [ben, page]) await open(admin, `/agents/${slug}/permissions?rule=return-over-50`);
  const amount = (of: typeof page) => of.locator("#rule-return-over-50").getByRole("textbox", { name: /^Amount/ });
  const reads = page.getByRole("complementary", { name: "How it reads" });

  const letGo = await hold(page);
  await amount(page).fill("80.00");
  await amount(page).press("Tab");
  await amount(ben).fill("60.00");
  await amount(ben).press("Tab");
  await expect(ben.getByRole("complementary", { name: "How it reads" })).toContainText("over $60.00");
  await amount(page).fill("85.00");
  letGo();
  await expect(page.locator("#rule-return-over-50").getByRole("alert")).toContainText("This was changed while you wrote");
  await expect(amount(page)).toHaveValue("85.00");
  await expect(reads).toContainText("over $60.00");
  await page.getByRole("button", { name: "Save mine instead" }).click();
  await expect(reads).toContainText("over $85.00");
});

test("nobody is in conflict with themselves", async ({ page }) => {
  const slug = newAgent(something);
  await signIn(page, people.admin);
  await open(page, `/agents/${slug}/permissions`);
  const action = page.locator('[id="action-order.return"]');
  const letGo = await hold(page);
  await action.getByRole("textbox", { name: /^Amount/ }).fill("450.00");
  await action.getByRole("textbox", { name: /^Amount/ }).press("Tab");
  await action.locator("select[name=standing]").selectOption("In shadow: judged only");
  letGo();
  const reads = page.getByRole("complementary", { name: "How it reads" });
  await expect(reads).toContainText("In shadow, judged but never carried out: Return refund, at most $450.00 a request");
  await expect(action.getByRole("alert")).toHaveCount(0);
});

test("what is written into any form is not left without a word", async ({ page }) => {
  await signIn(page, people.admin);
  await open(page, "/agents/new");
  await page.locator("main input[name=name]").fill("Returns desk");
  const asked = page.waitForEvent("dialog");
  const left = page.close({ runBeforeUnload: true });
  const dialog = await asked;
  expect(dialog.type()).toBe("beforeunload");
  await dialog.accept();
  await left;
});
