import { newAgent, something } from "./agents";
import { expect, open, people, signIn, test } from "./fixtures";

test("a checklist says what is missing before an agent goes live, and its phases are kept", async ({ page }) => {
  const slug = newAgent(something);
  await signIn(page, people.admin);
  await open(page, `/agents/${slug}`);
  await expect(page.getByRole("heading", { name: "Before it goes live" })).toBeVisible();
  await expect(page.getByText("It has no key to ask with.")).toBeVisible();

  const move = async (label: RegExp, why: string) => {
    await page.getByText("Move it to another phase").click();
    const form = page.locator("form", { has: page.getByRole("button", { name: label }) });
    await form.getByLabel("Why").fill(why);
    await form.getByRole("button", { name: label }).click();
  };
  await page.getByText("Move it to another phase").click();
  await expect(page.getByText(/^Live: .*Still missing for that: .*“A key”.*“Days in shadow”\./)).toBeVisible();
  await page.getByText("Move it to another phase").click();
  await move(/^Set .* live$/, "There is no time.");
  await expect(page.getByText("“There is no time.”")).toBeVisible();
  await move(/^Begin a rescue of /, "The refunds are mended.");
  await expect(page.getByText(/^In rescue since/)).toBeVisible();
  await expect(page.getByText(/^Rescue\s+since/)).toBeVisible();
  await expect(page.getByText(/^Live\s+.* to /)).toBeVisible();
  await expect(page.getByRole("heading", { name: "Its checklist" })).toBeVisible();
});
