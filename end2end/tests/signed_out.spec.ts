import { askForRefund, expect, people, signIn, test } from "./fixtures";

test.describe("without the client", () => {
  test.use({ javaScriptEnabled: false });

  test("what was written when the session had ended is sent again after signing in", async ({ page }) => {
    const { id } = await askForRefund("76.00");
    await signIn(page, people.reviewer);
    await page.goto(`/approvals/${id}`);
    await page.getByLabel("Why not").fill("The kettle was “used”.\nTwice.");
    await page.context().clearCookies();
    await page.getByRole("button", { name: "Reject" }).click();
    await expect(page.getByText("You are signed out. Nothing was done, and what you wrote is kept here.")).toBeVisible();

    const tab = page.context().waitForEvent("page");
    await page.getByRole("link", { name: "Sign in in another tab" }).click();
    await signIn(await tab, people.reviewer);
    await page.getByRole("button", { name: "Send it again" }).click();
    await expect(page.getByText(/Rejected by Rita Reviewer/).first()).toBeVisible();
    await expect(page.getByText("The kettle was “used”.", { exact: false }).first()).toBeVisible();
  });
});
