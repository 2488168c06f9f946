import { type Locator, type Page } from "@playwright/test";
import { hold, newAgent, something } from "./agents";
import { expect, isAccessible, open, people, signIn, test, withholdClient } from "./fixtures";

const withScripts = () => test.info().project.use.javaScriptEnabled ?? true;

/** With the client a change saves itself; without it, the button of its form does. */
async function saved(page: Page, form: Locator) {
  if (!withScripts()) return form.getByRole("button", { name: /^Save\b/ }).click();
  await expect(page.locator("[data-unsaved]")).toHaveCount(0);
}

// Without the client on a phone, with it at a desk; how each looks at other widths, axe sees below.
test.beforeEach(async ({ page }) => {
  await page.setViewportSize(withScripts() ? { width: 1440, height: 900 } : { width: 360, height: 800 });
});

const editor = (slug: string) => `/agents/${slug}/permissions`;
const row = (page: Page, id: string) => page.locator(`[id="${id}"]`);
const readsBack = (page: Page) => page.getByRole("complementary", { name: "How it reads" });

async function choose(page: Page, id: string, words: string) {
  const form = row(page, id).locator("form").first();
  await form.locator("select[name=standing]").selectOption(words);
  await saved(page, form);
}

test("what is chosen becomes a draft that reads back, and survives a reload", async ({ page }) => {
  const slug = newAgent();
  await signIn(page, people.admin);
  await open(page, `/agents/${slug}`);
  await page.getByRole("link", { name: "Edit permissions" }).click();
  await expect(page.getByText(/^Version 1 is in force\. What you change becomes a draft\.$/)).toBeVisible();

  await choose(page, "data-customer.orders", "May read, of this customer only");
  await choose(page, "action-order.return", "Allowed");
  await expect(readsBack(page)).toContainText("May read of the customer whom the request is for: Orders of a customer");
  await expect(readsBack(page)).toContainText("Return refunds have no upper limit.");
  await expect(row(page, "action-order.return")).toContainText("Return refunds have no upper limit.");
  await expect(page.getByText(/^Saved \d\d:\d\d/)).toBeVisible();

  await open(page, editor(slug));
  await expect(row(page, "data-customer.orders").locator("select")).toHaveValue("this_customer");
  await expect(row(page, "action-order.return").locator("select[name=standing]")).toHaveValue("allowed");
  await open(page, `/agents/${slug}/permissions/versions`);
  await expect(page.getByText(/^Version 1 is in force/)).toBeVisible();
});

test("a hard limit is added, changed and removed", async ({ page }) => {
  const slug = newAgent(something);
  await signIn(page, people.admin);
  await open(page, editor(slug));
  const action = row(page, "action-order.cancel");
  await action.getByText("Add a hard limit").click();
  await action.getByRole("button", { name: "An amount a request" }).click();
  await expect(readsBack(page)).toContainText("Cancellation refund, at most $100.00 a request");
  const form = action.locator("form", { has: page.getByRole("button", { name: /^Remove/ }) });
  await form.getByRole("textbox", { name: /^Amount/ }).fill("75.50");
  if (withScripts()) await form.getByRole("textbox", { name: /^Amount/ }).press("Tab");
  await saved(page, form);
  await expect(readsBack(page)).toContainText("Cancellation refund, at most $75.50 a request");
  await form.getByRole("button", { name: /^Remove/ }).click();
  await expect(readsBack(page)).not.toContainText("$75.50");
});

test("a rule is added, gets another condition, is moved, copied, switched off and removed", async ({ page }) => {
  const slug = newAgent(something);
  await signIn(page, people.admin);
  await open(page, editor(slug));
  const add = row(page, "add-rule");
  await add.getByLabel("What the new rule is about").selectOption("Return refund");
  await add.getByLabel("When the new rule asks").selectOption("if the customer has an open complaint");
  await add.getByRole("button", { name: "Add this rule" }).click();
  const said = "For Return refund, when the customer has an open complaint, one person from CS leads decides";
  await expect(readsBack(page)).toContainText(said);
  // By its id: its sentence changes with each condition.
  const rule = row(page, (await page.locator("li.rule", { hasText: said }).getAttribute("id")) ?? "");
  await expect(rule.getByLabel("Who decides")).toBeVisible();

  await rule.getByText(/^Add a condition/).click();
  await rule.getByRole("button", { name: "The amount is over a limit" }).click();
  await expect(readsBack(page)).toContainText("the customer has an open complaint, and the amount is over $50.00");
  await rule.getByRole("button", { name: "Remove the condition: The customer has an open complaint" }).click();
  await expect(readsBack(page)).not.toContainText("open complaint");
  const changed = page.locator("li.rule", { hasText: "For Return refund, when the amount is over $50.00" }).last();
  await expect(changed).toContainText("This rule adds nothing");

  await changed.getByRole("textbox", { name: /^Amount/ }).fill("250.00");
  await changed.getByLabel("How many different people decide").fill("2");
  await changed.getByRole("button", { name: "Move up" }).click();
  await expect(page.locator("li.rule").first()).toContainText("over $250.00, 2 different people from CS leads decide");
  const moved = page.locator("li.rule").first();
  await moved.getByRole("button", { name: "Copy" }).click();
  await expect(page.locator("li.rule", { hasText: "over $250.00" })).toHaveCount(2);
  // The copy is the one that opens.
  const open250 = page.locator("li.rule", { hasText: "over $250.00" }).filter({ has: page.getByRole("button", { name: "Switch off" }) });
  const copy = row(page, (await open250.last().getAttribute("id")) ?? "");
  await copy.getByRole("button", { name: "Switch off" }).click();
  await expect(copy).toContainText("Switched off");
  await copy.getByRole("button", { name: "Remove this rule" }).click();
  await expect(page.locator("li.rule", { hasText: "over $250.00" })).toHaveCount(1);
});

test("every kind of condition can be added", async ({ page }) => {
  const slug = newAgent(something);
  await signIn(page, people.admin);
  await open(page, `${editor(slug)}?rule=every-cancel`);
  const rule = row(page, "rule-every-cancel");
  const kinds = await rule.locator(".kinds button").allTextContents();
  expect(kinds.length).toBe(11);
  for (const [index, kind] of kinds.entries()) {
    await rule.getByText(/^Add a condition/).click();
    await rule.getByRole("button", { name: kind, exact: true }).click();
    await expect(rule.locator(".condition")).toHaveCount(index + 1);
  }
  await open(page, `${editor(slug)}?rule=every-cancel`);
  await expect(rule.locator(".condition")).toHaveCount(11);
});

test("what cannot be read is not saved, and stays in its blank", async ({ page }) => {
  const slug = newAgent(something);
  await signIn(page, people.admin);
  await open(page, editor(slug));
  const mask = row(page, "mask").getByRole("textbox");
  await mask.fill("arguments/card");
  if (withScripts()) await mask.press("Tab");
  await saved(page, row(page, "mask").locator("form"));
  await expect(row(page, "mask")).toContainText("arguments/card is not a place in a request");
  await expect(mask).toHaveValue("arguments/card");

  const rule = row(page, "rule-return-over-50");
  await rule.locator("summary").first().click();
  await rule.getByRole("textbox", { name: /^Amount/ }).fill("5o");
  // In one step: what follows the last save draws the form anew.
  await rule.getByRole("button", { name: "Copy" }).evaluate((button: HTMLButtonElement) => {
    if (button.form) button.form.noValidate = true;
    button.click();
  });
  await expect(rule.getByRole("alert")).toContainText("Write the amount in digits");
  await expect(rule.getByRole("textbox", { name: /^Amount/ })).toHaveValue("5o");
  await expect(readsBack(page)).toContainText("over $50.00");
});

test("two admins on one draft see each other, and neither loses a word", async ({ page, another }) => {
  const slug = newAgent(something);
  const ben = await another();
  await signIn(ben, people.secondAdmin);
  await signIn(page, people.admin);
  await open(ben, editor(slug));
  await open(page, editor(slug));
  await expect(page.getByText(/Ben Second-Admin is looking at this draft too/)).toBeVisible();

  const amount = (of: Page) => row(of, "rule-return-over-50").getByRole("textbox", { name: /^Amount/ });
  await row(ben, "rule-return-over-50").locator("summary").first().click();
  await row(page, "rule-return-over-50").locator("summary").first().click();
  // Written, and not sent yet, while the other one saves.
  const letGo = withScripts() ? await hold(page) : () => {};
  await amount(page).fill("80.00");
  await amount(ben).fill("60.00");
  if (withScripts()) await amount(ben).press("Tab");
  await saved(ben, row(ben, "rule-return-over-50").locator("form"));
  await expect(readsBack(ben)).toContainText("over $60.00");
  letGo();
  if (withScripts()) await amount(page).press("Tab");
  else await row(page, "rule-return-over-50").getByRole("button", { name: /^Save\b/ }).click();

  const told = row(page, "rule-return-over-50").getByRole("alert");
  await expect(told).toContainText("This was changed while you wrote by Ben Second-Admin");
  await expect(told).toContainText("It now says: For Return refund, when the amount is over $60.00");
  await expect(told).toContainText("You wrote: For Return refund, when the amount is over $80.00");
  await expect(amount(page)).toHaveValue("80.00");
  await row(page, "rule-return-over-50").getByRole("button", { name: "Save mine instead" }).click();
  await expect(readsBack(page)).toContainText("over $80.00");

  // Different parts never meet.
  await choose(ben, "data-customer.profile", "May read, of this customer only");
  await choose(page, "action-order.cancel", "In shadow: judged only");
  await open(ben, editor(slug));
  await expect(readsBack(ben)).toContainText("In shadow, judged but never carried out: Cancellation refund");
  await expect(readsBack(ben)).toContainText("Name, email and addresses");
});

test("a draft is published with its risks accepted, and an old version is brought back", async ({ page }) => {
  const slug = newAgent(something);
  await signIn(page, people.admin);
  await open(page, editor(slug));
  const queue = row(page, "rule-return-over-50");
  await queue.locator("summary").first().click();
  await queue.getByLabel("How many different people decide").fill("9");
  if (withScripts()) await queue.getByLabel("How many different people decide").press("Tab");
  await saved(page, queue.locator("form"));
  await page.getByRole("link", { name: /^Publish version 2/ }).first().click();

  await expect(page.getByText("Version 2 changes 1 thing against version 1.")).toBeVisible();
  await expect(page.getByText(/9 different people from CS leads decide/)).toBeVisible();
  await page.getByLabel("Why, for the record").fill("Nine eyes see more.");
  const accept = page.getByRole("group", { name: "What is risky in it" }).first();
  const boxes = accept.getByRole("checkbox");
  for (let at = 0; at < (await boxes.count()); at++) await boxes.nth(at).check();
  await page.getByRole("button", { name: "Publish version 2", exact: true }).click();
  await expect(page.getByText("Published. It counts from the next request on.")).toBeVisible();
  await expect(page.getByText("In force, published by Ada Admin.")).toBeVisible();
  await expect(page.getByText("Nine eyes see more.")).toBeVisible();
  await expect(page.getByText(/needs nine|and this rule needs/).first()).toBeVisible();

  await open(page, `/agents/${slug}/permissions/compare?from=1&to=2`);
  await expect(page.getByText("1 difference for", { exact: false })).toBeVisible();
  await expect(page.locator("del")).toContainText("one person from CS leads");
  await open(page, `/agents/${slug}/permissions/versions/1`);
  await page.getByRole("button", { name: "Begin a draft from version 1" }).click();
  await expect(page.getByText("The old version is a new draft.", { exact: false })).toBeVisible();
  await page.getByRole("button", { name: "Discard the draft" }).click();
  await expect(page.getByText("The draft is discarded.", { exact: false })).toBeVisible();
  await page.getByRole("button", { name: "Take it back" }).click();
  await expect(page.getByText("The draft is back as it was.")).toBeVisible();
  await expect(readsBack(page)).toContainText("one person from CS leads decides");
});

test("what is wrong keeps a draft from being published, and leads to where it is mended", async ({ page }) => {
  const slug = newAgent(something);
  await signIn(page, people.admin);
  await open(page, editor(slug));
  await row(page, "keep").getByRole("spinbutton").fill("30");
  if (withScripts()) await row(page, "keep").getByRole("spinbutton").press("Tab");
  await saved(page, row(page, "keep").locator("form"));
  await expect(readsBack(page)).toContainText("Entries are kept 183 days at the least.");
  await open(page, `${editor(slug)}/publish`);
  await expect(page.getByText("This cannot be published yet")).toBeVisible();
  await expect(page.getByRole("button", { name: /^Publish version/ })).toHaveCount(0);
  await page.getByRole("link", { name: /^Mend it.*183 days/ }).click();
  await expect(page).toHaveURL(/permissions#keep$/);
});

test("“Mend it” opens the rule that is wrong, in sight", async ({ page }) => {
  const slug = newAgent(something);
  await signIn(page, people.admin);
  await open(page, `${editor(slug)}?rule=every-cancel`);
  const rule = row(page, "rule-every-cancel");
  const box = rule.getByRole("checkbox", { name: "Cancellation refund" }).first();
  await box.uncheck();
  await saved(page, rule.locator("form").first());
  await expect(rule).toContainText("This rule applies to nothing.");
  for (const width of [360, 1440]) {
    await page.setViewportSize({ width, height: 900 });
    await open(page, `${editor(slug)}/publish`);
    await page.getByRole("link", { name: /^Mend it.*applies to nothing/ }).click();
    await expect(page).toHaveURL(/permissions\?rule=every-cancel#rule-every-cancel$/);
    if (withScripts()) await page.waitForSelector("html[data-saves]");
    await expect(box).toBeVisible();
    // In sight is below the bar that stays, and near it.
    const under = async () => {
      const [top, bar] = [await rule.boundingBox(), await page.locator(".draft-bar").boundingBox()];
      return top!.y - (bar!.y + bar!.height);
    };
    await expect.poll(under).toBeGreaterThanOrEqual(0);
    expect(await under(), `at ${width}`).toBeLessThan(100);
  }
});

test("what a limit does to another currency, and a mask that hides nothing, is remarked on", async ({ page }) => {
  const free = `
[[actions]]
name = "gift.pay"
label = "Paid gift"
sentence = "Pay {customer} {total}"
effect = "write"
amount = "total"
[actions.reversibility]
kind = "irreversible"
[actions.arguments]
type = "object"
required = ["total"]
[actions.arguments.properties]
total = { type = "money" }
`;
  const slug = newAgent(`${free}${something}`.replace('"order.cancel" = {}', '"order.cancel" = {}\n"gift.pay" = {}'));
  await signIn(page, people.admin);
  await open(page, editor(slug));
  const action = row(page, "action-gift.pay");
  await action.getByText("Add a hard limit").click();
  await action.getByRole("button", { name: "An amount a request" }).click();
  await expect(action).toContainText("every paid gift in another currency will be denied, as there is none for it.");
  await action.getByRole("combobox", { name: /currency/ }).selectOption("EUR");
  await saved(page, action.locator("form", { has: page.getByRole("button", { name: /^Remove/ }) }));
  await expect(action).toContainText("Note: The hard limit is in EUR: every paid gift in another currency will be denied");

  const mask = row(page, "mask").getByRole("textbox");
  await mask.fill("/arguments/adress1");
  if (withScripts()) await mask.press("Tab");
  await saved(page, row(page, "mask").locator("form"));
  await expect(row(page, "mask")).toContainText("/arguments/adress1 hides nothing");
});

test("a rule is about several actions, and a name with a comma is one", async ({ page }) => {
  const slug = newAgent(something);
  await signIn(page, people.admin);
  await open(page, `${editor(slug)}?rule=every-cancel`);
  const rule = row(page, "rule-every-cancel");
  const form = rule.locator("form").first();
  await rule.getByRole("checkbox", { name: "Return refund" }).first().check();
  await saved(page, form);
  await expect(readsBack(page)).toContainText("For Cancellation refund or Return refund, one person");
  await expect(rule.getByLabel("What the rule is about")).toHaveValue("several");

  await rule.getByText(/^Add a condition/).click();
  await rule.getByRole("button", { name: "Its template is not on a list" }).click();
  const templates = rule.getByRole("textbox", { name: /^Templates, one a line/ });
  await templates.fill("order.status, late\nproduct.care");
  if (withScripts()) await templates.press("Tab");
  await saved(page, form);
  await expect(readsBack(page)).toContainText("its template is not order.status, late or product.care");
  await open(page, `${editor(slug)}?rule=every-cancel`);
  await expect(templates).toHaveValue("order.status, late\nproduct.care");
  await expect(rule.getByRole("checkbox", { name: "Return refund" }).first()).toBeChecked();
});

test("a rule that stands already is shown, and said to stand", async ({ page }) => {
  const slug = newAgent(something);
  await signIn(page, people.admin);
  await open(page, editor(slug));
  const add = row(page, "add-rule");
  await add.getByLabel("What the new rule is about").selectOption("Cancellation refund");
  await add.getByRole("button", { name: "Add this rule" }).click();
  await expect(page.getByText("Such a rule stands here already", { exact: false })).toBeVisible();
  await expect(page).toHaveURL(/rule=every-cancel/);
  await expect(page.locator("li.rule")).toHaveCount(2);
});

test("where it takes two, one proposes and another publishes", async ({ page, another }) => {
  const slug = newAgent(something);
  await signIn(page, people.admin);
  await open(page, "/settings/people");
  await page.getByRole("button", { name: "Ask for a second admin" }).click();
  await expect(page.getByText("It takes two admins: one proposes, another publishes.")).toBeVisible();
  try {
    await open(page, editor(slug));
    await choose(page, "data-customer.profile", "May read, of this customer only");
    await open(page, `${editor(slug)}/publish`);
    await acceptAll(page);
    await page.getByLabel("Why, for whoever looks at it").fill("Addresses are needed for exchanges.");
    await page.getByRole("button", { name: "Propose version 2" }).click();
    await expect(page.getByText("Proposed. Another admin can publish it now.")).toBeVisible();
    await expect(page.getByRole("button", { name: /^Publish version/ })).toHaveCount(0);

    const ben = await another();
    await signIn(ben, people.secondAdmin);
    await open(ben, "/");
    await ben.getByRole("link", { name: `Look at what changes for ${slug}` }).click();
    await expect(ben.getByText("Addresses are needed for exchanges.", { exact: false })).toBeVisible();
    await acceptAll(ben);
    await ben.getByLabel("Why, for the record").fill("I agree.");
    await ben.getByRole("button", { name: "Publish version 2", exact: true }).click();
    await expect(ben.getByText("In force, published by Ben Second-Admin.")).toBeVisible();
  } finally {
    await open(page, "/settings/people");
    await page.getByText("Let one admin publish alone").click();
    const alone = page.locator("form", { has: page.getByRole("button", { name: "Propose it to another admin" }) });
    await alone.getByRole("checkbox").check();
    await alone.getByLabel("Why, for the record").fill("The trial is over.");
    await alone.getByRole("button", { name: "Propose it to another admin" }).click();
    await expect(page.getByText("Proposed. It counts once another admin accepts it here.")).toBeVisible();
    const other = await another();
    await signIn(other, people.secondAdmin);
    await open(other, "/");
    await other.getByRole("link", { name: "Look at what it means" }).click();
    await other.getByRole("checkbox").check();
    await other.getByLabel("Why, for the record").fill("I agree.");
    await other.getByRole("button", { name: "Accept, and make the change" }).click();
    await expect(other.getByText("Accepted. One admin alone can publish from now on.")).toBeVisible();
  }
});

async function acceptAll(page: Page) {
  const boxes = page.getByRole("group", { name: "What is risky in it" }).first().getByRole("checkbox");
  for (let at = 0; at < (await boxes.count()); at++) await boxes.nth(at).check();
}

test("a reviewer reads permissions and versions, and changes nothing", async ({ page }) => {
  const slug = newAgent(something);
  await signIn(page, people.reviewer);
  await open(page, `/agents/${slug}`);
  await expect(page.getByRole("link", { name: "Edit permissions" })).toHaveCount(0);
  await open(page, editor(slug));
  await expect(page.getByText("Only an admin changes permissions.", { exact: false })).toBeVisible();
  await expect(page.locator("main select")).toHaveCount(0);
  await open(page, `${editor(slug)}/versions/1`);
  await expect(page.getByText("For Return refund, when the amount is over $50.00", { exact: false })).toBeVisible();
  await expect(page.getByRole("button", { name: /^Begin a draft/ })).toHaveCount(0);
});

/** Moves on with the Tab key alone until something has the focus. */
async function tabTo(page: Page, target: Locator) {
  await expect(target).toBeVisible();
  for (let steps = 0; steps < 400; steps++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error("the keyboard does not get there");
}

test("a new agent's four layers are written from nothing to published by keyboard alone", async ({ page }) => {
  test.setTimeout(240_000);
  const slug = `keys-${Date.now() % 1_000_000_000}`;
  await signIn(page, people.admin);
  await open(page, "/agents/new");
  await tabTo(page, page.locator("main input[name=name]"));
  await page.keyboard.type(`Keyboard desk ${slug}`);
  await tabTo(page, page.getByLabel(/^Short name/));
  await page.keyboard.type(slug);
  await tabTo(page, page.getByRole("radio").first());
  // Up from the first one is the last one.
  await page.keyboard.press("ArrowUp");
  await expect(page.getByRole("radio", { name: /^Start from nothing/ })).toBeChecked();
  await tabTo(page, page.getByRole("button", { name: "Add the agent" }));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: `Permissions of Keyboard desk ${slug}` })).toBeVisible();

  const pick = async (id: string, letters: string, value: string) => {
    const select = row(page, id).locator("select[name=standing]");
    await tabTo(page, select);
    await page.keyboard.type(letters);
    await expect(select).toHaveValue(value);
    await keep(id);
  };
  const keep = async (id: string) => {
    if (withScripts()) {
      await page.keyboard.press("Tab");
      await expect(page.locator("[data-unsaved]")).toHaveCount(0);
    } else {
      await tabTo(page, row(page, id).getByRole("button", { name: /^Save\b/ }).first());
      await page.keyboard.press("Enter");
      await page.waitForLoadState();
    }
  };
  // 1: what it may read.
  for (const set of ["customer.profile", "customer.orders", "customer.payment_methods"]) {
    await pick(`data-${set}`, "May read, of t", "this_customer");
  }
  // 2: what it may do, and how much of it.
  await pick("action-order.return", "Allowed", "allowed");
  const action = row(page, "action-order.return");
  await tabTo(page, action.locator("summary"));
  await page.keyboard.press("Enter");
  await tabTo(page, action.getByRole("button", { name: "An amount a request" }));
  await page.keyboard.press("Enter");
  await expect(readsBack(page)).toContainText("at most $100.00 a request");
  // 3: when a person decides.
  await tabTo(page, page.getByLabel("When the new rule asks"));
  await page.keyboard.type("if the amount is over");
  await tabTo(page, page.getByRole("button", { name: "Add this rule" }));
  await page.keyboard.press("Enter");
  await expect(readsBack(page)).toContainText("For Return refund, when the amount is over $50.00");
  const rule = page.locator("li.rule").first();
  const amount = rule.getByRole("textbox", { name: /^Amount/ });
  await tabTo(page, amount);
  await page.keyboard.press("Control+a");
  await page.keyboard.type("20.00");
  await page.keyboard.press("Enter");
  await expect(readsBack(page)).toContainText("over $20.00");
  // 4: what a request must say.
  const model = row(page, "require").getByRole("checkbox", { name: "Model" });
  await tabTo(page, model);
  await page.keyboard.press("Space");
  await keep("require");
  await expect(readsBack(page)).toContainText("a request that does not say its model");

  await tabTo(page, page.getByRole("link", { name: /^Publish version 1/ }).last());
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: /^Publish permissions of/ })).toBeVisible();
  const boxes = page.getByRole("group", { name: "What is risky in it" }).first().getByRole("checkbox");
  for (let at = 0; at < (await boxes.count()); at++) {
    await tabTo(page, boxes.nth(at));
    await page.keyboard.press("Space");
  }
  await tabTo(page, page.getByLabel("Why, for the record"));
  await page.keyboard.type("The first rules.");
  await tabTo(page, page.getByRole("button", { name: "Publish version 1", exact: true }));
  await page.keyboard.press("Enter");
  await expect(page.getByText("In force, published by Ada Admin.")).toBeVisible();
});

test.describe("the look of the editor", () => {
  // The checker is a script itself: without JavaScript means here that the pages' own is withheld.
  test.use({ javaScriptEnabled: true });
  test.beforeEach(async ({ page }) => {
    if (!withScripts()) await withholdClient(page);
  });

  test("no page of it has a serious accessibility finding", async ({ page }) => {
    test.setTimeout(300_000);
    const slug = newAgent(something);
    await signIn(page, people.admin);
    await page.goto(editor(slug));
    await choose(page, "data-customer.card_numbers", "May read, of everybody");
    const pages = ["", "?rule=return-over-50", "/publish", "/versions", "/versions/1", "/compare?from=1&to=draft"];
    for (const address of [...pages.map((rest) => `${editor(slug)}${rest}`), `${editor("support")}`]) {
      await page.goto(address);
      await expect(page.getByRole("heading", { level: 1 }).first(), address).toBeVisible();
      await isAccessible(page);
    }
  });
});
