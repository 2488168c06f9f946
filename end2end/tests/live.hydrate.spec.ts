import { askForRefund, expect, people, signIn, test } from "./fixtures";

test("a new request shows up without a reload", async ({ page }) => {
  await signIn(page, people.reviewer);
  await page.goto("/approvals");
  await page.waitForTimeout(1500);
  const { order } = await askForRefund("55.00");
  await expect(page.getByText(new RegExp(order)).first()).toBeVisible({ timeout: 5_000 });
});
