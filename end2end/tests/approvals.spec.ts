import { agent, ask, askForRefund, askForTwo, expect, people, signIn, test } from "./fixtures";

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

const state = async (id: string) => (await agent("GET", `/actions/${id}`)).body.state;

test("Enter in a field decides nothing", async ({ page }) => {
  const { id } = await askForRefund("81.00");
  await signIn(page, people.reviewer);
  await page.goto(`/approvals/${id}`);
  await page.getByText("Change and approve", { exact: true }).click();
  for (const [field, text] of [[/^Note for the record/, "No. Ask for a photo first."], [/^Total/, "60.00"], [/^Order id/, "#W1"]] as const) {
    await page.getByLabel(field).fill(text);
    await page.getByLabel(field).press("Enter");
  }
  await page.getByRole("link", { name: "Approvals" }).first().waitFor();
  expect(await state(id)).toBe("waiting");
  await expect(page.getByLabel(/^Note for the record/)).toHaveValue(/^No\. Ask for a photo first\./);
});

test("what was asked stays beside what was approved", async ({ page }) => {
  const { id } = await askForRefund("120.00");
  await signIn(page, people.reviewer);
  await page.goto(`/approvals/${id}`);
  await page.getByText("Change and approve", { exact: true }).click();
  await page.getByLabel(/^Total/).fill("100,50");
  await page.getByRole("button", { name: "Approve with these changes" }).click();
  await expect(page.getByText("Changed and approved.")).toBeInViewport();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("$100.50");
  await expect(page.getByText(/^Changed by people\. Asked was: .*\$120\.00/)).toBeVisible();
  const steps = page.getByRole("list").filter({ has: page.locator(".step") });
  await expect(steps.locator(".step").first()).toContainText("$120.00");
  await expect(steps.locator(".step", { hasText: "Changed the request" })).toContainText("Total: $120.00 becomes $100.50.");
  await page.getByText("The complete request", { exact: true }).click();
  await expect(page.locator("pre.json").first()).toContainText('"120.00"');
  await expect(page.locator("pre.json").last()).toContainText('"100.50"');
  await page.goto("/activity?action=order.return");
  await expect(page.getByRole("row", { name: /Asked.*\$120\.00/ }).first()).toBeVisible();
});

test("a change that does not fit names its field and keeps what was typed", async ({ page }) => {
  const { id } = await askForRefund("82.00");
  await signIn(page, people.reviewer);
  await page.goto(`/approvals/${id}`);
  await page.getByText("Change and approve", { exact: true }).click();
  for (const [amount, why] of [["100.505", /Total 100\.505 has more decimals than USD has/], ["0,500", /Total: 0,500 is no amount/], ["20000.00", /Beyond the hard limit/]] as const) {
    await page.getByLabel(/^Total/).fill(amount);
    await page.getByLabel(/^Why you changed it/).fill("As the policy says.");
    await page.getByRole("button", { name: "Approve with these changes" }).click();
    const note = page.getByRole("alert").filter({ hasText: why });
    await expect(note).toBeVisible();
    // The client goes to the form; a page that is loaded begins at its top.
    const told = page.getByText(/^Not approved/);
    await expect(test.info().project.use.javaScriptEnabled ? told.last() : told.first()).toBeInViewport();
    await expect(page.getByLabel(/^Total/)).toBeVisible();
    await expect(page.getByLabel(/^Total/)).toHaveValue(amount);
    await expect(page.getByLabel(/^Why you changed it/)).toHaveValue("As the policy says.");
    expect(await state(id)).toBe("waiting");
  }
  await page.getByLabel(/^Total/).fill("$60");
  await page.getByRole("button", { name: "Approve with these changes" }).click();
  await expect(page.getByText("Changed and approved.")).toBeInViewport();
  const claimed = await agent("POST", `/actions/${id}/claim`);
  expect(claimed.body.arguments.total.amount).toBe("60.00");
});

test("a change of one field leaves the others as they were sent", async ({ page }) => {
  const sent = {
    payment_method_id: "card&copy=2 &amp; <b>",
    item_ids: ["a\rb", " c ", "d"],
    total: { amount: "83", currency: "USD" },
  };
  const { id } = await ask("order.return", sent);
  await signIn(page, people.reviewer);
  await page.goto(`/approvals/${id}`);
  await page.getByText("Change and approve", { exact: true }).click();
  await page.getByLabel(/^Order id/).fill("#W-other");
  await page.getByRole("button", { name: "Approve with these changes" }).click();
  await expect(page.getByText("Changed and approved.")).toBeInViewport();
  const claimed = await agent("POST", `/actions/${id}/claim`);
  expect(claimed.body.arguments).toEqual({ ...sent, order_id: "#W-other" });
});

test("who comes second reads what they wrote", async ({ page, another }) => {
  const { id } = await askForRefund("84.00");
  await signIn(page, people.reviewer);
  await page.goto(`/approvals/${id}`);
  await page.getByLabel("Why not").fill("The box is gone.");
  const second = await another();
  await signIn(second, people.second);
  await second.goto(`/approvals/${id}`);
  await second.getByRole("button", { name: /^Approve .*\$84\.00/ }).first().click();
  await expect(second.getByText("Approved. The agent has 15 minutes to come for it.")).toBeInViewport();

  // With JavaScript the page has learnt it already.
  const late = page.getByRole("button", { name: "Reject" });
  if (await late.isVisible()) await late.click({ timeout: 2000 }).catch(() => {});
  await expect(page.getByText(/Sam Second-Reviewer/).first()).toBeVisible();
  await expect(page.getByText("The box is gone.").first()).toBeVisible();
});

test("a yes of several is not told as an approval", async ({ page }) => {
  const id = await askForTwo("90.00");
  await signIn(page, people.reviewer);
  await page.goto(`/approvals/${id}`);
  await page.getByRole("button", { name: /^Approve refund/ }).first().click();
  await expect(page.getByText("Your yes is recorded. Others have to agree before it is approved.")).toBeInViewport();
  await page.goto("/approvals");
  await expect(page.locator(`a[href="/approvals/${id}"]`)).toHaveCount(0);
  await page.getByRole("link", { name: /^Not now/ }).click();
  await expect(page.locator(`a[href="/approvals/${id}"]`).first()).toBeVisible();
});

test("the shop's figure stands beside what the agent claims", async ({ page }) => {
  const { id } = await askForRefund("85.00");
  await signIn(page, people.reviewer);
  await page.goto(`/approvals/${id}`);
  await expect(page.getByText("The agent says 3")).toBeVisible();
  await expect(page.getByText("The shop says nothing")).toBeVisible();
});

test("who is outside the queue is told so", async ({ page }) => {
  const { id } = await askForRefund("86.00");
  await signIn(page, people.operator);
  const seen = await page.request.post("/api/app/approvals/calls/reject", {
    form: { id, digest: "0".repeat(64), reason: "no" },
    headers: { Accept: "text/html", Origin: new URL(page.url()).origin },
  });
  expect(seen.status()).toBe(403);
  expect(await seen.text()).toContain("You are not in the queue that decides this");
});
