import { type Page } from "@playwright/test";
import { judging, newAgent, nothing, something } from "./agents";
import { expect, isAccessible, open, people, signIn, test } from "./fixtures";

const tryIt = (slug: string) => `/agents/${slug}/permissions/try`;
const answer = (page: Page) => page.getByRole("region", { name: "The answer" });
const withScripts = () => test.info().project.use.javaScriptEnabled ?? true;

/** With the client the answer follows what is typed; without it, the button asks for it. */
async function judged(page: Page) {
  if (!withScripts()) await page.getByRole("button", { name: "Judge this request" }).click();
}

test("a made-up request is answered with its reasons, and the address holds it", async ({ page }) => {
  const slug = newAgent(judging);
  await signIn(page, people.admin);
  await open(page, `/agents/${slug}/permissions`);
  await page.getByRole("link", { name: "Try it" }).click();
  await expect(page.getByText("Make up a request", { exact: false })).toBeVisible();
  await page.getByRole("combobox", { name: /^Action/ }).selectOption("Return refund");
  if (!withScripts()) await page.getByRole("button", { name: "Take this action" }).click();
  await expect(page.getByLabel(/^Total/)).toHaveValue("72.50");
  await expect(page).toHaveURL(/action=order\.return/);

  await page.getByLabel(/^Total/).fill("40.00");
  await judged(page);
  await expect(answer(page)).toContainText("It is carried out, and nobody is asked.");
  await expect(answer(page)).toContainText("Version 1, in force");
  await page.getByText("More that can matter").click();
  await page.getByLabel(/^Orders of a customer/).selectOption("of another customer");
  await judged(page);
  await expect(answer(page)).toContainText("It is not carried out, and nobody is asked.");
  await page.getByLabel(/^Orders of a customer/).selectOption("of this customer");
  await judged(page);
  await expect(answer(page)).toContainText("It is carried out, and nobody is asked.");
  await page.getByLabel(/^Total/).fill("60.00");
  await judged(page);
  await expect(answer(page)).toContainText("One person from CS leads decides within 4 hours; otherwise it is rejected.");
  await page.getByRole("checkbox", { name: "Model" }).check();
  await judged(page);
  await expect(answer(page)).toContainText("model is required.");

  await page.getByRole("button", { name: "Judge this request" }).click();
  await expect(page).toHaveURL(/without/);
  await page.reload();
  await expect(page.getByLabel(/^Total/)).toHaveValue("60.00");
  await expect(page.getByRole("checkbox", { name: "Model" })).toBeChecked();
  await expect(answer(page)).toContainText("model is required.");
});

test("the draft and the version in force answer side by side", async ({ page }) => {
  const slug = newAgent(judging);
  await signIn(page, people.admin);
  await open(page, `/agents/${slug}/permissions`);
  const form = page.locator('[id="action-order.return"] form').first();
  await form.locator("select[name=standing]").selectOption("Must not do");
  if (withScripts()) await expect(page.locator("[data-unsaved]")).toHaveCount(0);
  else await form.getByRole("button", { name: /^Save\b/ }).click();

  await open(page, `${tryIt(slug)}?action=order.return&fields[reads/customer.orders]=customer`);
  const cards = answer(page).locator(".answer");
  await expect(cards).toHaveCount(2);
  await expect(cards.first()).toContainText("The draft");
  await expect(cards.first()).toContainText("order.return is on the deny list.");
  await expect(cards.last()).toContainText("Version 1, in force");
  await expect(cards.last()).toContainText("Asks a person");
});

test("a reviewer tries what is in force", async ({ page }) => {
  const slug = newAgent(nothing);
  await signIn(page, people.reviewer);
  await open(page, `/agents/${slug}/permissions`);
  await page.getByRole("link", { name: "Try it" }).click();
  await expect(answer(page)).toContainText("Version 1, in force");
  await expect(answer(page)).toContainText("is not on the allow list");
});

test.describe("the look of a made-up request", () => {
  test.use({ javaScriptEnabled: true });

  test("it has no serious accessibility finding", async ({ page }) => {
    const slug = newAgent(something);
    await signIn(page, people.admin);
    await page.goto(`${tryIt(slug)}?action=order.return&fields[without/model]=on`);
    await expect(answer(page)).toContainText("model is required.");
    await isAccessible(page);
  });
});
