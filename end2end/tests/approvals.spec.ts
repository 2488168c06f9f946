import { agent, askForRefund, expect, people, signIn, test } from "./fixtures";

test("a reviewer approves, and the agent claims and reports", async ({ page }) => {
  const { id, order } = await askForRefund();
  await signIn(page, people.reviewer);
  await page.goto("/approvals");
  await page.getByRole("link", { name: new RegExp(order) }).first().click();
  await expect(page).toHaveURL(new RegExp(id));
  await expect(page.getByText("Delivered six days ago; the policy allows it.").first()).toBeVisible();
  await page.getByRole("button", { name: /^Approve .*\$72\.50/ }).first().click();
  await expect(page.getByText(/Approved by Rita Reviewer/).first()).toBeVisible();

  const claimed = await agent("POST", `/actions/${id}/claim`);
  expect(claimed.status).toBe(200);
  const done = await agent("POST", `/actions/${id}/outcome`, { grant: claimed.body.grant.token, status: "succeeded", reference: "refund 991" });
  expect(done.body.state).toBe("succeeded");
  await page.goto(`/approvals/${id}`);
  await expect(page.getByText("refund 991").first()).toBeVisible();
});

test("a rejection needs a reason, and the agent reads it", async ({ page }) => {
  const { id } = await askForRefund("99.00");
  await signIn(page, people.reviewer);
  await page.goto(`/approvals/${id}`);
  const form = page.locator("form", { has: page.getByRole("button", { name: /^Reject/ }) });
  await form.getByRole("textbox").fill("The kettle was used.");
  await form.getByRole("button", { name: /^Reject/ }).click();
  await expect(page.getByText("The kettle was used.").first()).toBeVisible();
  const followed = await agent("GET", `/actions/${id}`);
  expect(followed.body.state).toBe("rejected");
  expect(followed.body.decided.at(-1).note).toBe("The kettle was used.");
});

test("the second reviewer learns who was first", async ({ page, another }) => {
  const { id } = await askForRefund("120.00");
  await signIn(page, people.reviewer);
  await page.goto(`/approvals/${id}`);
  const second = await another();
  await signIn(second, people.second);
  await second.goto(`/approvals/${id}`);

  await page.getByRole("button", { name: /^Approve .*\$120\.00/ }).first().click();
  await expect(page.getByText(/Approved by Rita Reviewer/).first()).toBeVisible();
  const late = second.getByRole("button", { name: /^Approve .*\$120\.00/ }).first();
  // With JavaScript the page may have learnt it already, and the button is gone.
  if (await late.isVisible()) await late.click({ timeout: 2000 }).catch(() => {});
  await expect(second.getByText(/Rita Reviewer/).first()).toBeVisible();
});

test("a reviewer changes the amount and approves", async ({ page }) => {
  const { id } = await askForRefund("80.00");
  await signIn(page, people.reviewer);
  await page.goto(`/approvals/${id}`);
  await page.getByText("Change and approve", { exact: true }).click();
  await page.getByLabel(/^Total/).fill("60.00");
  await page.getByRole("button", { name: "Approve with these changes" }).click();
  await expect(page.getByText(/Approved by Rita Reviewer/).first()).toBeVisible();
  const claimed = await agent("POST", `/actions/${id}/claim`);
  expect(claimed.body.arguments.total.amount).toBe("60.00");
});
