import { expect, people, signIn, test } from "./fixtures";

test("an operator sees that what runs by itself is done in time, and by which server", async ({ page }) => {
  await signIn(page, people.operator);
  await page.goto("/settings/jobs");
  await expect(page.getByRole("heading", { name: "What runs by itself" })).toBeVisible();
  await expect(page.getByText(/^All of it is done in time\. \d+ servers? (is|are) here\.$/)).toBeVisible();
  await expect(page.getByText("In time", { exact: true }).first()).toBeVisible();
  await expect(page.getByText("Here", { exact: true }).first()).toBeVisible();
  await expect(page.getByText("Not done in time")).toHaveCount(0);
});

test("nobody else is led there", async ({ page }) => {
  await signIn(page, people.reviewer);
  await page.goto("/settings/queues");
  await expect(page.getByRole("navigation", { name: "Settings" }).getByRole("link", { name: "Queues" })).toBeVisible();
  await expect(page.getByRole("link", { name: "What runs by itself" })).toHaveCount(0);
});
