import { agent, ask, expect, open, people, signIn, test } from "./fixtures";

const money = (amount: string) => ({ amount, currency: "USD" });
const line = (order: string, amount: string) => ({
  order_id: order, item_ids: ["1"], payment_method_id: "credit_card_1", total: money(amount),
});

let made = 0;
const somebody = () => `eras_${Date.now()}_${(made += 1)}`;

test("an admin erases a customer once nothing waits and nothing is held", async ({ page }) => {
  const customer = somebody();
  const order = `#E${Date.now()}`;
  const { id } = await ask("order.return", line(order, "80.00"), customer);
  await signIn(page, people.admin);
  await open(page, "/settings");
  await page.getByRole("navigation", { name: "Settings" }).getByRole("link", { name: "Customer data" }).click();
  await page.getByLabel("Customer").first().fill(customer.toUpperCase());
  await page.getByRole("button", { name: "See what is kept" }).click();
  await expect(page.getByText("1 request waits or is approved and not claimed")).toBeVisible();
  await expect(page.getByText("Erase it …")).toHaveCount(0);

  expect((await agent("POST", `/actions/${id}/cancel`)).status).toBe(200);
  await open(page, `/settings/customers?id=${customer}`);
  await page.getByText("Place a hold …").click();
  await page.getByLabel("Why it must be kept").fill("A lawsuit.");
  await page.getByRole("button", { name: "Place the hold" }).click();
  await expect(page.getByText("The hold is placed.")).toBeVisible();
  await expect(page.getByText("It cannot be erased now.")).toBeVisible();
  await expect(page.getByText("Erase it …")).toHaveCount(0);
  const held = page.getByRole("listitem").filter({ hasText: customer });
  await held.getByText("Release it …").click();
  await held.getByLabel("Why it may go").fill("It is settled.");
  await held.getByRole("button", { name: "Release the hold" }).click();
  await expect(page.getByText("The hold is released.")).toBeVisible();

  await open(page, `/settings/customers?id=${customer}`);
  await page.getByText("Erase it …").click();
  await page.getByLabel("Why it is erased").fill("They have asked for it.");
  await page.getByLabel(new RegExp(`Erase what is kept of .*${customer}`)).check();
  await page.getByRole("button", { name: "Erase this customer" }).click();
  await expect(page.getByText("Erased. What stayed, and why, is below.")).toBeVisible();
  await expect(page.getByText("Nothing is kept of this customer by that id.")).toBeVisible();
  await expect(page.getByText("1 request, without what was asked in them")).toBeVisible();

  const answer = await page.goto(`/approvals/${id}`);
  expect(answer?.status()).toBe(200);
  await expect(page.getByText("The customer was erased, and with them what was asked and why.")).toBeVisible();
  expect(await page.content()).not.toContain(order);
  expect(await page.content()).not.toContain(customer);
  expect((await agent("GET", `/actions/${id}`)).body).toMatchObject({ erased: true, state: "cancelled", arguments: {} });
});

test("who erases a customer of whom more was asked meanwhile is shown that first", async ({ page }) => {
  const customer = somebody();
  const asked = () => ask("order.return", line("#E1", "20.00"), customer);
  await asked();
  await signIn(page, people.admin);
  await open(page, `/settings/customers?id=${customer}`);
  await page.getByText("Erase it …").click();
  await page.getByLabel("Why it is erased").fill("They have asked for it.");
  await page.getByLabel(/Erase what is kept of/).check();
  await asked();
  const erase = page.getByRole("button", { name: "Erase this customer" });
  if (test.info().project.use.javaScriptEnabled) {
    // The page has followed, and holds the form back until that is read.
    await page.getByRole("button", { name: "I have read it as it is now" }).click();
  } else {
    await erase.click();
    await expect(page.getByText("It changed while you were looking at it, so nothing was done.")).toBeVisible();
    await expect(page.getByLabel("Why it is erased")).toHaveValue("They have asked for it.");
    await page.getByLabel(/Erase what is kept of/).check();
  }
  await erase.click();
  await expect(page.getByText("Erased. What stayed, and why, is below.")).toBeVisible();
});

test("nobody but an admin is led there", async ({ page }) => {
  await signIn(page, people.auditor);
  expect((await page.goto("/settings/customers"))?.status()).toBe(403);
});
