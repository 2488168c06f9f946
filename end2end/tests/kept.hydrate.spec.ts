import type { Page } from "@playwright/test";
import { agent, askForRefund, askForReturn, askForTwo, expect, open, password, people, signIn, test } from "./fixtures";

/** Something happens, and the page has shown it. */
async function somethingHappens(page: Page) {
  // The page may come from an address that says more than the one that is shown.
  const path = (address: string) => new URL(address).pathname;
  const isPage = (address: string) => path(address) === path(page.url());
  const loaded = page.waitForResponse((answer) => isPage(answer.url()) && answer.request().resourceType() === "fetch");
  const { order } = await askForReturn("20.00");
  await loaded;
  return order;
}

/** How often a form was sent. */
function posts(page: Page) {
  const sent: string[] = [];
  page.on("request", (request) => request.method() === "POST" && sent.push(new URL(request.url()).pathname));
  return sent;
}

test("a form that was refused keeps what was typed, and one that was done is empty", async ({ page }) => {
  await signIn(page, people.admin);
  await open(page, "/settings/people");
  const name = page.getByLabel("Name", { exact: true });
  const email = page.getByLabel("Email", { exact: true });
  await name.fill("Rose Again");
  await email.fill(people.reviewer);
  await page.getByRole("combobox", { name: "Role", exact: true }).selectOption("Reviewer");
  await page.getByLabel(/^First password/).fill(password);
  await page.getByRole("button", { name: "Add person" }).click();
  const refused = page.getByText("That exists already, so nothing was added.");
  await expect(refused).toBeInViewport();
  await expect(page).toHaveURL(/\/settings\/people$/);
  await expect(name).toHaveValue("Rose Again");
  await expect(email).toHaveValue(people.reviewer);

  await somethingHappens(page);
  await expect(refused, "an error stays while the page goes on").toBeVisible();
  await expect(name).toHaveValue("Rose Again");

  await email.fill(`rita.${Date.now()}@shop.example`);
  await page.getByRole("button", { name: "Add person" }).click();
  await expect(page.getByText("Added. They can sign in now.")).toBeInViewport();
  await expect(refused).toHaveCount(0);
  await expect(name).toHaveValue("");
  await expect(page.getByRole("combobox", { name: "Role", exact: true })).toHaveValue("");
});

test("what was typed, chosen and opened stays, and so does the focus", async ({ page }) => {
  const { id } = await askForRefund("66.00");
  await signIn(page, people.reviewer);
  await open(page, `/approvals/${id}`);
  await page.getByText("The complete request", { exact: true }).click();
  await page.getByText("Change and approve", { exact: true }).click();
  await page.getByLabel(/^Total/).fill("60.00");
  const changes = page.getByText("Total: $66.00 becomes $60.00.");
  await expect(changes).toBeVisible();
  const why = page.getByLabel("Why not");
  await why.fill("half a sen");
  await why.evaluate((field: HTMLTextAreaElement) => field.setSelectionRange(4, 4));

  const order = await somethingHappens(page);
  await expect(page.getByText(order), "the customer's history goes on").toBeVisible();
  await expect(page.getByLabel(/^Total/)).toHaveValue("60.00");
  await expect(changes).toBeVisible();
  await expect(page.getByText("As it was sent, with the arguments that hold now")).toBeVisible();
  await expect(why).toBeFocused();
  await page.keyboard.type("!");
  await expect(why).toHaveValue("half! a sen");
  await page.getByLabel(/^Total/).fill("59.00");
  await expect(page.getByText("Total: $66.00 becomes $59.00.")).toBeVisible();
});

test("a list that is open stays open while the queue changes", async ({ page }) => {
  await signIn(page, people.reviewer);
  await open(page, "/approvals");
  await page.getByRole("button", { name: "Keyboard shortcuts" }).click();
  const { order } = await askForRefund("67.00");
  await expect(page.getByText(order).first()).toBeVisible();
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.getByRole("button", { name: "Close" }).click();
  await page.keyboard.press("j");
  await expect(page.locator(".line-link").first()).toBeFocused();
});

test("a button that is pressed twice sends once", async ({ page }) => {
  const { id } = await askForRefund("68.00");
  await signIn(page, people.reviewer);
  await open(page, `/approvals/${id}`);
  const sent = posts(page);
  await page.route("**/approve", async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    await route.continue();
  });
  const button = page.getByRole("button", { name: /^Approve .*\$68\.00/ });
  await button.evaluate((button: HTMLButtonElement) => {
    button.click();
    button.form?.requestSubmit();
    button.form?.requestSubmit(button);
  });
  await expect(button).toHaveAttribute("aria-busy", "true");
  await expect(page.getByText(/Approved by Rita Reviewer/).first()).toBeVisible();
  expect(sent).toHaveLength(1);
});

test("a request that changes while it is read is read again before it is decided", async ({ page, another }) => {
  const id = await askForTwo("90.00");
  await signIn(page, people.reviewer);
  await open(page, `/approvals/${id}`);
  const approve = page.getByRole("button", { name: /^Approve refund/ });
  await expect(approve).toBeVisible();
  const second = await another();
  await signIn(second, people.second);
  await open(second, `/approvals/${id}`);
  await second.getByText("Change and approve", { exact: true }).click();
  await second.getByLabel(/^Total/).fill("70.00");
  await second.getByRole("button", { name: "Approve with these changes" }).click();
  await expect(second.getByText(/^Approved by Sam Second-Reviewer/)).toBeVisible();

  await expect(page.getByText("This request was changed while you had it open.")).toBeVisible();
  await expect(approve).toBeHidden();
  await somethingHappens(page);
  await expect(approve).toBeHidden();
  await page.getByRole("button", { name: "I have read it as it is now" }).click();
  await expect(page.getByText("This request was changed while you had it open.")).toBeHidden();
  await page.getByRole("button", { name: "Approve refund of $70.00" }).click();
  await expect(page.getByText(/^Approved by Sam Second-Reviewer and Rita Reviewer/).first()).toBeVisible();
});

test("without an answer nothing that was typed is lost", async ({ page }) => {
  const { id } = await askForRefund("69.00");
  await signIn(page, people.reviewer);
  await open(page, `/approvals/${id}`);
  await page.route("**/reject", (route) => route.abort());
  const why = page.getByLabel("Why not");
  await why.fill("The kettle was used.");
  await page.getByRole("button", { name: "Reject" }).click();
  await expect(page.getByText("Reins could not be reached, so it is not known whether this was done.")).toBeInViewport();
  await expect(why).toHaveValue("The kettle was used.");
  await page.unroute("**/reject");
  await page.getByRole("button", { name: "Reject" }).click();
  await expect(page.getByText(/Rejected by Rita Reviewer/).first()).toBeVisible();
  await expect(page.getByText("Reins could not be reached")).toBeHidden();
});

test("a session that ended leaves the page and what was typed", async ({ page }) => {
  const { id } = await askForRefund("71.00");
  await signIn(page, people.reviewer);
  // A stream that is opened without a session would be turned away, and the console would say so.
  const stream = page.waitForResponse("**/live");
  await open(page, `/approvals/${id}`);
  await stream;
  const cookies = await page.context().cookies();
  await page.context().clearCookies();
  const why = page.getByLabel("Why not");
  await why.fill("The kettle was used.");
  await page.getByRole("button", { name: "Reject" }).click();
  await expect(page.getByText("You are signed out. What you typed stays here.")).toBeVisible();
  await expect(page.getByText(/so nothing was done/)).toBeVisible();
  const way = page.getByRole("link", { name: "Sign in in another tab" });
  await expect(way).toHaveAttribute("href", `/sign-in?next=${encodeURIComponent(`/approvals/${id}`)}`);
  await expect(why).toHaveValue("The kettle was used.");

  await page.context().addCookies(cookies);
  await page.getByRole("button", { name: "Reject" }).click();
  await expect(page.getByText(/Rejected by Rita Reviewer/).first()).toBeVisible();
  expect((await agent("GET", `/actions/${id}`)).body.state).toBe("rejected");
});

test.describe("in another zone", () => {
  test.use({ timezoneId: "Asia/Kolkata" });

  test("times are told as the reader's clock shows them", async ({ page }) => {
    const { id } = await askForRefund("73.00");
    await signIn(page, people.reviewer);
    await open(page, `/approvals/${id}`);
    const time = page.locator("time[data-told=moment]").first();
    await expect(time).not.toContainText("UTC");
    await expect(time).toHaveAttribute("title", /UTC\+5:30$/);
  });
});
