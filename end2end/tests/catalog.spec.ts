import { expect, isAccessible, open, people, signIn, test } from "./fixtures";

/** Action types and data sets stay in the shop for good: each run needs some of its own. */
const unique = (what: string) => `${what}.${Date.now() % 1_000_000_000}${Math.floor(Math.random() * 1000)}`;

test("an action type is made from a pasted call, confirmed, and changed", async ({ page }) => {
  const name = unique("gift");
  await signIn(page, people.admin);
  await open(page, "/settings");
  await page.getByRole("link", { name: "Actions" }).click();
  await page.getByRole("link", { name: "Add an action type" }).click();
  await page.getByLabel(/^Name/).first().fill(name);
  await page.getByLabel(/^Label/).fill("Send a gift");
  await page.getByLabel(/^Sentence/).fill("Send a gift worth {total} to {customer}[ with a note: {note}]");
  await page.getByLabel("Effect").selectOption("It binds the brand");
  await page.getByLabel("It can be undone until some moment").check();
  await page.getByLabel(/^Until when/).fill("the parcel leaves the warehouse");
  await page.getByLabel(/^How it is undone/).fill("Take the parcel out of the batch.");
  const call = '{"total": {"amount": "12.00", "currency": "USD"}, "note": "Sorry!", "express": true}';
  await page.getByLabel(/^Paste a call/).fill(call);
  await page.getByRole("button", { name: "Fill the table from this call" }).click();

  // Nothing that was written is lost on the way, and the table says what the call was like.
  await expect(page.getByLabel("Kind of total")).toHaveValue("money");
  await expect(page.getByLabel("Kind of note")).toHaveValue("text");
  await expect(page.getByLabel("Kind of express")).toHaveValue("yes-no");
  await expect(page.getByLabel(/^Label/)).toHaveValue("Send a gift");
  await expect(page.locator('[name="fields[amount]"]')).toHaveValue("total");
  await page.getByLabel("note is required").uncheck();
  await page.getByRole("button", { name: "Remove express" }).click();
  await expect(page.getByLabel("Kind of express")).toHaveCount(0);
  await expect(page.getByLabel("note is required")).not.toBeChecked();
  await page.getByLabel(/^It runs on/).selectOption({ index: 1 });
  await page.getByRole("group", { name: "Data sets it rests on" }).getByRole("checkbox").first().check();

  // What does not fit is said, and the form stays as it is.
  await page.getByLabel(/^Sentence/).fill("Send a gift worth {sum}");
  await page.getByLabel("Why, for the record").fill("For those who waited.");
  await page.getByRole("button", { name: "Add the action type" }).click();
  await expect(page.getByText("It says {sum} in its sentence, which is not among its arguments.")).toBeVisible();
  await expect(page.getByLabel("Why, for the record")).toHaveValue("For those who waited.");
  await page.getByLabel(/^Sentence/).fill("Send a gift worth {total} to {customer}[ with a note: {note}]");
  await page.getByRole("button", { name: "Add the action type" }).click();
  await expect(page.getByText("The action type is saved.", { exact: false })).toBeVisible();
  await expect(page.getByText("Revision 1. No agent’s permissions name it.")).toBeVisible();
  await expect(page.getByText(/^Send a gift worth \$72\.50 to .* with a note: /)).toBeVisible();

  await page.getByLabel(/^Label/).fill(`Gift ${name}`);
  await page.getByLabel("Why, for the record").fill("Shorter.");
  await page.getByRole("button", { name: "Save a new revision" }).click();
  await expect(page.getByRole("heading", { level: 1, name: `Gift ${name}` })).toBeVisible();
  await expect(page.getByText(/^Revision 2: /)).toBeVisible();
});

test("a call that cannot be read says why, and stays", async ({ page }) => {
  await signIn(page, people.admin);
  await open(page, "/settings/actions/new");
  await page.getByLabel(/^Paste a call/).fill('{"total": 12.5, "tags": []}');
  await page.getByRole("button", { name: "Fill the table from this call" }).click();
  await expect(page.getByText("Nothing was read from this call:")).toBeVisible();
  await expect(page.getByText(/^total /)).toBeVisible();
  await expect(page.getByLabel(/^Paste a call/)).toHaveValue('{"total": 12.5, "tags": []}');
});

test("a data set is added, and told to be more private", async ({ page }) => {
  const name = unique("customer");
  await signIn(page, people.admin);
  await open(page, "/settings/data-sets");
  const add = page.locator("section", { hasText: "Add a data set" });
  await add.getByLabel(/^Name/).fill(name);
  await add.getByLabel(/^Label/).fill(`Wishes ${name}`);
  await add.getByLabel("How private it is").selectOption("internal");
  await add.getByLabel("Why, for the record").fill("The wish list is new.");
  await add.getByRole("button", { name: "Add the data set" }).click();
  await expect(page.getByText("The data set is saved.")).toBeVisible();
  const row = page.getByRole("listitem").filter({ hasText: name });
  await row.getByText(/^Change /).click();
  await row.getByLabel("How private it is").selectOption("sensitive");
  await row.getByLabel("Why, for the record").fill("People wish for private things.");
  await row.getByRole("button", { name: "Save the data set" }).click();
  await expect(row.getByText("Sensitive", { exact: true })).toBeVisible();
});

test("a reviewer reads the catalog, and changes nothing", async ({ page }) => {
  await signIn(page, people.reviewer);
  await open(page, "/settings/actions");
  await expect(page.getByRole("link", { name: "Add an action type" })).toHaveCount(0);
  await page.getByRole("link", { name: "Return refund" }).first().click();
  await expect(page.getByText("With everything that it can say")).toBeVisible();
  await expect(page.locator("main textarea")).toHaveCount(0);
  await open(page, "/settings/data-sets");
  await expect(page.locator("main textarea")).toHaveCount(0);
});

test.describe("the look of the catalog", () => {
  test.use({ javaScriptEnabled: true });

  test("has no serious accessibility finding", async ({ page }) => {
    test.setTimeout(300_000);
    await signIn(page, people.admin);
    for (const address of ["/settings/actions", "/settings/actions/order.return", "/settings/actions/new", "/settings/data-sets"]) {
      await page.goto(address);
      await isAccessible(page);
    }
  });
});
