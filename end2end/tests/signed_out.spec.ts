import { agent, askForRefund, expect, people, signIn, test } from "./fixtures";

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

  test("what was written on a page of somebody else is sent again as they are signed in again", async ({ page }) => {
    const { id } = await askForRefund("77.00");
    await signIn(page, people.reviewer);
    await page.goto(`/approvals/${id}`);
    await page.getByLabel("Why not").fill("The kettle was used.");
    const tab = await page.context().newPage();
    await signIn(tab, people.second);
    await page.getByRole("button", { name: "Reject" }).click();
    await expect(page.getByText("“Sam Second-Reviewer” is signed in now, and this page was opened by somebody else.")).toBeVisible();
    await expect(page.getByText("Nothing was done, and what you wrote is kept here.")).toBeVisible();
    expect((await agent("GET", `/actions/${id}`)).body.state).toBe("waiting");

    await signIn(tab, people.reviewer);
    await page.getByRole("button", { name: "Send it again" }).click();
    await expect(page.getByText(/Rejected by Rita Reviewer/).first()).toBeVisible();
  });
});
