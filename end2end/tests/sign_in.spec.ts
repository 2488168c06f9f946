import { expect, people, signIn, test } from "./fixtures";

test("somebody signs in, and out again", async ({ page }) => {
  await signIn(page, people.reviewer);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.getByRole("button", { name: "Sign out" }).first().click();
  await expect(page).toHaveURL(/sign-in/);
  await page.goto("/approvals");
  await expect(page).toHaveURL(/sign-in/);
});

test("an unknown person and a wrong password get the same answer", async ({ page }) => {
  const said: string[] = [];
  for (const email of [people.manager, "nobody@shop.example"]) {
    await page.goto("/sign-in");
    await page.getByLabel("Email").fill(email);
    await page.getByLabel("Password").fill("not the password");
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByRole("alert")).toContainText("do not go together");
    await expect(page.getByLabel("Email")).toHaveValue(email);
    said.push(await page.getByRole("alert").innerText());
  }
  expect(said[0]).toBe(said[1]);
});
