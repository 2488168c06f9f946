import { askForRefund, expect, people, signIn, test } from "./fixtures";

test("a new request shows up without a reload", async ({ page }) => {
  await signIn(page, people.reviewer);
  const listening = page.waitForResponse((answer) => new URL(answer.url()).pathname === "/live");
  await page.goto("/approvals");
  await listening;
  const { order } = await askForRefund("55.00");
  await expect(page.getByText(new RegExp(order)).first()).toBeVisible({ timeout: 5_000 });
});
