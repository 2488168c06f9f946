import { expect, test } from "@playwright/test";
import { apply, port, startReins } from "../server";
import { password } from "../shop";

const listen = port + 2;
test.use({ baseURL: `http://127.0.0.1:${listen}` });

test("a draft outlives a restart of the server", async ({ page }) => {
  test.setTimeout(240_000);
  const { address, reins, restart, stop } = await startReins(listen);
  try {
    reins(["user", "add", "ada@shop.example", "--name", "Ada Admin", "--role", "admin"], password);
    apply(reins, "desk.toml", "ada@shop.example", "for the test");
    await page.goto(`${address}/sign-in`);
    await page.getByLabel("Email").fill("ada@shop.example");
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page).not.toHaveURL(/sign-in/);
    await page.goto(`${address}/agents/desk/permissions?rule=over-50`);
    const rule = page.locator('[id="rule-over-50"]');
    await rule.getByRole("textbox", { name: /^Amount/ }).fill("33.00");
    await rule.getByRole("button", { name: "Switch off" }).click();
    await expect(rule).toContainText("Switched off: for Refund, when the amount is over $33.00");

    await restart();
    await page.goto(`${address}/agents/desk/permissions`);
    await expect(rule).toContainText("Switched off: for Refund, when the amount is over $33.00");
  } finally {
    await stop();
  }
});
