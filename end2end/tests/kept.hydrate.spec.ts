import type { Page } from "@playwright/test";
import { agent, askForRefund, askForReturn, askForTwo, expect, open, password, people, signIn, test } from "./fixtures";
import { hold, newAgent, something } from "./agents";

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
  const refused = page.getByText("has this email address already.");
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

  const clock = page.locator("[data-now]");
  const before = await clock.getAttribute("data-now");
  await somethingHappens(page);
  await expect(clock, "the page goes on").not.toHaveAttribute("data-now", before ?? "");
  await expect(page.getByLabel(/^Total/)).toHaveValue("60.00");
  await expect(changes).toBeVisible();
  await expect(page.getByRole("heading", { name: "As it was sent" })).toBeVisible();
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
  await page.route(/\/approve\?/, async (route) => {
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
  const reject = /\/reject\?/;
  await page.route(reject, (route) => route.abort());
  const why = page.getByLabel("Why not");
  await why.fill("The kettle was used.");
  await page.getByRole("button", { name: "Reject" }).click();
  await expect(page.getByText("Reins could not be reached, so it is not known whether this was done.")).toBeInViewport();
  await expect(why).toHaveValue("The kettle was used.");
  await page.unroute(reject);
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

test("a page of somebody else sends nothing in the name of who is signed in now", async ({ page, another }) => {
  const { id } = await askForRefund("73.00");
  const second = await another();
  await signIn(second, people.second);
  await signIn(page, people.reviewer);
  await open(page, `/approvals/${id}`);
  const why = page.getByLabel("Why not");
  await why.fill("The kettle was used.");
  // As another tab of the same browser signs in.
  await page.context().addCookies(await second.context().cookies());
  await page.getByRole("button", { name: "Reject" }).click();
  await expect(page.getByText("“Sam Second-Reviewer” is signed in now, and this page was opened by somebody else.")).toBeVisible();
  await somethingHappens(page);
  await expect(page.getByText("The kettle was used.")).toBeInViewport();
  await expect(why).toHaveValue("");
  expect((await agent("GET", `/actions/${id}`)).body.state).toBe("waiting");
  await why.fill("The box is gone.");
  await page.getByRole("button", { name: "Reject" }).click();
  await expect(page.getByText(/Rejected by Sam Second-Reviewer/).first()).toBeVisible();
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

test("a form whose part somebody else has changed is read again before it is sent", async ({ page, another }) => {
  const slug = newAgent();
  await signIn(page, people.admin);
  await open(page, `/agents/${slug}`);
  await page.getByText("Rename or describe it").click();
  const name = page.getByLabel("Name", { exact: true });
  await name.fill("Half a na");

  const second = await another();
  await signIn(second, people.secondAdmin);
  await open(second, `/agents/${slug}`);
  await second.getByText("Rename or describe it").click();
  await second.getByLabel("Name", { exact: true }).fill(`Another ${slug}`);
  await second.getByRole("button", { name: "Save name and purpose" }).click();
  await expect(second.getByText("The agent has its new name and purpose.")).toBeVisible();

  const note = page.locator("form").getByText("This was changed while you had it open.");
  const save = page.getByRole("button", { name: "Save name and purpose" });
  await expect(note).toBeVisible();
  await expect(save).toBeHidden();
  const sent = posts(page);
  await page.locator("button", { hasText: "Save name and purpose" }).evaluate((button: HTMLButtonElement) => button.click());
  await somethingHappens(page);
  await expect(note).toBeVisible();
  expect(sent).toHaveLength(0);

  await page.locator("form").getByRole("button", { name: "I have read it as it is now" }).click();
  await expect(note).toHaveCount(0);
  await expect(name).toHaveValue("Half a na");
  await name.fill(`Whole ${slug}`);
  await save.click();
  await expect(page.getByRole("heading", { name: `Whole ${slug}` })).toBeVisible();
});

test("what was written stays in sight when somebody else decides first", async ({ page, another }) => {
  const { id } = await askForRefund("71.00");
  await signIn(page, people.reviewer);
  await open(page, `/approvals/${id}`);
  await page.getByLabel("Why not").fill("The kettle was used, and the box is gone.");
  const second = await another();
  await signIn(second, people.second);
  await open(second, `/approvals/${id}`);
  await second.getByRole("button", { name: /^Approve .*\$71\.00/ }).click();
  await expect(second.getByText("Approved. The agent has 15 minutes to come for it.")).toBeInViewport();

  await expect(page.getByLabel("Why not")).toHaveCount(0);
  const kept = page.getByText("The kettle was used, and the box is gone.");
  await expect(kept).toBeInViewport();
  await somethingHappens(page);
  await expect(kept).toBeInViewport();
});

test("a refused change says why as long as nothing else is sent", async ({ page }) => {
  const { id } = await askForRefund("72.00");
  await signIn(page, people.reviewer);
  await open(page, `/approvals/${id}`);
  await page.getByText("Change and approve", { exact: true }).click();
  await page.getByLabel(/^Total/).fill("20000.00");
  const sent = posts(page);
  await page.getByRole("button", { name: "Approve with these changes" }).click();
  const why = page.getByText(/^Beyond the hard limit/);
  await expect(why).toBeInViewport();
  await expect(page).toHaveURL(new RegExp(`/approvals/${id}$`));
  await somethingHappens(page);
  await expect(why).toBeVisible();
  await expect(page.getByLabel(/^Total/)).toHaveValue("20000.00");
  await page.getByLabel(/^Total/).fill("70.00");
  await page.getByRole("button", { name: "Approve with these changes" }).click();
  await expect(page.getByText("Changed and approved.")).toBeInViewport();
  await expect(why).toHaveCount(0);
  expect(sent).toHaveLength(2);
});

test("what is pressed twice during a save is done once", async ({ page }) => {
  const limit = (per: string) => `{ kind = "count", most = 7, window = { per = "${per}", within_s = 86400 } }`;
  const slug = newAgent(something.replace("limits = [", `limits = [${limit("customer")}, ${limit("agent")}, `));
  await signIn(page, people.admin);
  await open(page, `/agents/${slug}/permissions`);
  const letGo = await hold(page);
  const limits = page.locator("form", { has: page.getByRole("button", { name: /^Remove limit/ }) });
  await expect(limits).toHaveCount(3);
  const blank = limits.first().locator("input:not([type=hidden])").first();
  await blank.fill("9");
  await blank.blur();
  await expect(limits.first()).toHaveAttribute("data-sending", "");
  const remove = limits.first().getByRole("button", { name: /^Remove limit/ });
  await remove.evaluate((button: HTMLButtonElement) => {
    button.click();
    button.click();
  });
  await expect(remove).toHaveAttribute("aria-busy", "true");
  letGo();
  await expect(limits).toHaveCount(2);
  await somethingHappens(page);
  await expect(limits).toHaveCount(2);
});
