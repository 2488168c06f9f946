import { expect, isAccessible, open, people, signIn, test } from "./fixtures";

/** Agents stay in the shop for good: each run needs one of its own. */
const unique = () => `desk-${Date.now() % 1_000_000_000}${Math.floor(Math.random() * 1000)}`;

// In the shop's own currency: what a starting point adds stays, and other tests write amounts, too.
test("a new agent starts from one of the twelve", async ({ page }) => {
  const slug = unique();
  await signIn(page, people.admin);
  await open(page, "/agents");
  await page.getByRole("link", { name: "Add an agent" }).click();
  await expect(page.getByRole("radio")).toHaveCount(13);
  await page.getByLabel("Name", { exact: false }).first().fill(`Returns ${slug}`);
  await page.getByLabel(/^Short name/).fill(slug);
  await expect(page.getByLabel("Bought for more than")).toBeHidden();
  await page.getByRole("radio", { name: /^Returns/ }).check();
  await expect(page.getByLabel("Currency, in three letters")).toHaveValue("USD");
  await page.getByLabel("Currency, in three letters").fill("usd");
  await page.getByLabel("Bought for more than").fill("a lot");
  await page.getByRole("button", { name: "Add the agent" }).click();

  // What does not fit comes back as it was written.
  await expect(page.getByText("Write the amount in digits", { exact: false })).toBeVisible();
  await expect(page.getByLabel(/^Short name/)).toHaveValue(slug);
  await expect(page.getByRole("radio", { name: /^Returns/ })).toBeChecked();
  await page.getByLabel("Bought for more than").fill("500");
  await page.getByRole("button", { name: "Add the agent" }).click();
  await expect(page).toHaveURL(new RegExp(`/agents/${slug}/permissions`));
  await expect(page.getByText(/begun from the starting point/)).toBeVisible();
  await expect(page.getByRole("complementary", { name: "How it reads" })).toContainText("Returns: Return refund, at most $900.00");
  await open(page, `/agents/${slug}`);
  await expect(page.locator(".purpose")).toContainText("Accepts returns within the policy");
});

test("an agent that began from nothing can still take a starting point, and is renamed and retired", async ({ page }) => {
  const slug = unique();
  await signIn(page, people.admin);
  await open(page, "/agents/new");
  await page.getByLabel("Name", { exact: false }).first().fill(`Notes ${slug}`);
  await page.getByLabel(/^Short name/).fill(slug);
  await page.getByRole("radio", { name: /^Start from nothing/ }).check();
  await expect(page.getByLabel("Bought for more than")).toBeHidden();
  await page.getByRole("button", { name: "Add the agent" }).click();
  await expect(page.getByText("Nothing is permitted yet.", { exact: false }).first()).toBeVisible();

  await page.getByText("Begin from a starting point").click();
  await page.getByRole("radio", { name: /^Meeting notes/ }).check();
  await page.getByRole("button", { name: "Begin the draft" }).click();
  await expect(page.getByText("The draft is begun.", { exact: false })).toBeVisible();
  await expect(page.getByText("Begin from a starting point")).toHaveCount(0);

  await open(page, `/agents/${slug}`);
  await page.getByText("Rename or describe it").click();
  await page.getByRole("textbox", { name: "Name" }).fill(`Minutes ${slug}`);
  await page.getByRole("button", { name: "Save name and purpose" }).click();
  await expect(page.getByRole("heading", { level: 1, name: `Minutes ${slug}` })).toBeVisible();

  // What somebody else has renamed meanwhile is not written over, and nobody has to type again.
  await open(page, `/agents/${slug}`);
  await page.getByText("Rename or describe it").click();
  await page.locator("[name=seen_name]").evaluate((field: HTMLInputElement, before) => (field.value = before), `Notes ${slug}`);
  await page.getByRole("textbox", { name: "Name" }).fill(`Third ${slug}`);
  await page.getByRole("button", { name: "Save name and purpose" }).click();
  await expect(page.getByText("It changed while you were looking at it, so nothing was done.")).toBeVisible();
  await expect(page.getByRole("textbox", { name: "Name" })).toHaveValue(`Third ${slug}`);
  await page.getByText(`Retire Minutes ${slug} for good …`).click();
  await expect(page.getByText("Nothing of it waits or is approved.")).toBeVisible();
  await page.getByLabel("Why it is retired").fill("Nobody writes minutes any more.");
  await page.getByLabel("It does not come back.").check();
  await page.getByRole("button", { name: `Retire Minutes ${slug} for good` }).click();
  await expect(page.getByText("A retired agent stays retired.")).toBeVisible();
  await expect(page.getByText("“Nobody writes minutes any more.”", { exact: false })).toBeVisible();
});

test("a reviewer adds no agents", async ({ page }) => {
  await signIn(page, people.reviewer);
  await open(page, "/agents/new");
  await expect(page.getByText("Only an admin adds agents")).toBeVisible();
  await expect(page.getByRole("radio")).toHaveCount(0);
});

test.describe("the look of a new agent", () => {
  test.use({ javaScriptEnabled: true });

  test("has no serious accessibility finding", async ({ page }) => {
    test.setTimeout(240_000);
    await signIn(page, people.admin);
    await page.goto("/agents/new");
    await page.getByRole("radio", { name: /^Support/ }).check();
    await isAccessible(page);
    const slug = unique();
    await page.getByLabel("Name", { exact: false }).first().fill(`Empty ${slug}`);
    await page.getByLabel(/^Short name/).fill(slug);
    await page.getByRole("radio", { name: /^Start from nothing/ }).check();
    await page.getByRole("button", { name: "Add the agent" }).click();
    await page.getByText("Begin from a starting point").click();
    await page.getByRole("radio", { name: /^Support/ }).check();
    await isAccessible(page);
    for (const rest of ["files", "print"]) {
      await page.goto(`/agents/${slug}/permissions/${rest}`);
      await isAccessible(page);
    }
  });
});
