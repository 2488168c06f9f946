import { askForRefund, call, expect, open, password, people, signIn, test } from "./fixtures";

/** Whoever is added stays in the shop for good: each run needs somebody of its own. */
function somebody() {
  const name = `Nina New ${Date.now()}`;
  return { name, email: `${name.replaceAll(" ", ".").toLowerCase()}@shop.example` };
}

test("an admin adds a person, changes what they may do, and shuts them out", async ({ page, another }) => {
  const { name, email } = somebody();
  await signIn(page, people.admin);
  await open(page, "/settings/people");
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Email", { exact: true }).fill(email);
  await page.getByRole("combobox", { name: "Role", exact: true }).selectOption("Reviewer");
  await page.getByLabel(/^First password/).fill(password);
  await page.getByRole("button", { name: "Add person" }).click();
  await expect(page.getByText("Added. They can sign in now.")).toBeVisible();
  const row = page.getByRole("row", { name: new RegExp(name) });
  await expect(row.getByLabel(`Role of ${name}`)).toHaveValue("reviewer");

  const them = await another();
  await signIn(them, email);
  await open(them, "/integrations");
  await expect(them.getByRole("heading", { name: "Integrations" })).toBeVisible();
  await expect(them.getByText("Pause actions on Helpdesk")).toHaveCount(0);

  await row.getByLabel(`Role of ${name}`).selectOption("Operator");
  await row.getByRole("button", { name: `Change role of ${name}` }).click();
  await expect(page.getByText(/^The role is changed/)).toBeVisible();
  await expect(row.getByLabel(`Role of ${name}`)).toHaveValue("operator");
  await open(them, "/integrations");
  await expect(them.getByText("Pause actions on Helpdesk")).toBeVisible();

  await row.getByRole("button", { name: `Disable ${name}` }).click();
  await expect(page.getByText("They cannot sign in any more.")).toBeVisible();
  await expect(row.getByText(/^Disabled since/)).toBeVisible();
  await them.goto("/approvals");
  await expect(them).toHaveURL(/sign-in/);
  await them.getByLabel("Email").fill(email);
  await them.getByLabel("Password").fill(password);
  await them.getByRole("button", { name: "Sign in" }).click();
  await expect(them.getByRole("alert")).toContainText("You are not signed in.");
});

test("an admin cannot add somebody twice, and reads why", async ({ page }) => {
  await signIn(page, people.admin);
  await open(page, "/settings/people");
  await page.getByLabel("Name", { exact: true }).fill("Rita Once More");
  await page.getByLabel("Email", { exact: true }).fill(people.reviewer);
  await page.getByRole("combobox", { name: "Role", exact: true }).selectOption("Reviewer");
  await page.getByLabel(/^First password/).fill(password);
  await page.getByRole("button", { name: "Add person" }).click();
  await expect(page.getByText("has this email address already.")).toBeVisible();
  await expect(page.getByText("Rita Once More")).toHaveCount(0);
});

test("a member of a queue decides there, until they are removed", async ({ page, another }) => {
  const { id } = await askForRefund("64.00");
  const approve = { name: /^Approve .*\$64\.00/ };
  await signIn(page, people.admin);
  await open(page, "/settings/queues");
  const members = page.getByRole("list", { name: "Members of CS leads" });
  await expect(members.getByText("Mona Manager")).toHaveCount(0);
  await page.getByLabel("Add to CS leads").selectOption("Mona Manager");
  await page.locator("section", { has: members }).getByRole("button", { name: "Add member" }).click();
  await expect(page.getByText(/^The member is added/)).toBeVisible();
  await expect(members.getByText("Mona Manager").first()).toBeVisible();

  const manager = await another();
  await signIn(manager, people.manager);
  await open(manager, `/approvals/${id}`);
  await expect(manager.getByRole("button", approve).first()).toBeVisible();

  await members.getByRole("button", { name: "Remove Mona Manager" }).click();
  await expect(page.getByText("The member is removed.")).toBeVisible();
  await expect(members.getByText("Mona Manager")).toHaveCount(0);
  await open(manager, `/approvals/${id}`);
  await expect(manager.getByText("Who has to agree")).toBeVisible();
  await expect(manager.getByRole("button", approve)).toHaveCount(0);
});

test("a key is shown once, opens the API, and is revoked", async ({ page }) => {
  const label = `till ${Date.now()}`;
  await signIn(page, people.admin);
  await open(page, "/settings/keys");
  await page.getByLabel("For which agent").selectOption("Support");
  await page.getByLabel(/^Label/).fill(label);
  await page.getByRole("button", { name: "Make a key" }).click();
  await expect(page.getByRole("heading", { name: "New key" })).toBeVisible();
  const secret = await page.locator("code").innerText();
  expect((await call(secret, "GET", "/agent")).status).toBe(200);

  await page.getByRole("link", { name: "I have copied it" }).click();
  const row = page.getByRole("row", { name: new RegExp(label) });
  await expect(row.getByText("In use")).toBeVisible();
  expect(await page.content()).not.toContain(secret);
  await open(page, "/settings/keys");
  await row.getByText(/^Revoke .*…$/).click();
  await row.getByRole("button", { name: "Revoke this key" }).click();
  await expect(page.getByText(/^The key is revoked/)).toBeVisible();
  await expect(row.getByText("Revoked")).toBeVisible();
  expect((await call(secret, "GET", "/agent")).status).toBe(401);
});

test("people change their own password, and are out everywhere else", async ({ page, another }) => {
  const { name, email } = somebody();
  await signIn(page, people.admin);
  await open(page, "/settings/people");
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Email", { exact: true }).fill(email);
  await page.getByRole("combobox", { name: "Role", exact: true }).selectOption("Auditor");
  await page.getByLabel(/^First password/).fill(password);
  await page.getByRole("button", { name: "Add person" }).click();
  await expect(page.getByText("Added. They can sign in now.")).toBeVisible();

  const next = "another long password";
  const change = async (old: string) => {
    await here.getByLabel("Old password").fill(old);
    await here.getByRole("textbox", { name: /^New password At least/ }).fill(next);
    await here.getByLabel("New password, once more").fill(next);
    await here.getByRole("button", { name: "Change my password" }).click();
  };
  const [here, elsewhere] = [await another(), await another()];
  await elsewhere.goto("/sign-in");
  await elsewhere.getByLabel("Email").fill(email);
  await elsewhere.getByLabel("Password").fill(password);
  await elsewhere.getByRole("button", { name: "Sign in" }).click();
  await expect(elsewhere).not.toHaveURL(/sign-in/);
  await signIn(here, email);
  await open(here, "/settings");
  await here.getByRole("link", { name: "Your password" }).click();
  await change("not the password");
  await expect(here.getByText("The old password is not right, so nothing was changed.")).toBeVisible();
  await change(password);
  await expect(here.getByText(/^Your password is changed/)).toBeVisible();
  await open(here, "/activity?kind=password_changed");
  await expect(here.getByRole("row", { name: new RegExp(name) })).toContainText("Changed their own password");
  await elsewhere.goto("/agents");
  await expect(elsewhere).toHaveURL(/sign-in/);
});
