import { agent, askForReturn, expect, open, people, signIn, test } from "./fixtures";

/** A return that was allowed at once, and of which the agent says what came of it. */
async function carriedOut(status: string) {
  const asked = await askForReturn("20.00");
  expect(asked.decision).toBe("allowed");
  const told = await agent("POST", `/actions/${asked.id}/outcome`, { grant: asked.grant, status });
  expect(told.status, JSON.stringify(told.body)).toBe(200);
  expect(told.body.state).toBe(status);
  return asked;
}

test("an operator settles an unknown outcome on Today, with a reason", async ({ page, another }) => {
  const { id, order } = await carriedOut("unknown");
  const reviewer = await another();
  await signIn(reviewer, people.reviewer);
  await open(reviewer, "/");
  const seen = reviewer.getByRole("listitem").filter({ hasText: order });
  await expect(seen.getByText("An operator, a manager or an admin settles this.")).toBeVisible();
  await expect(seen.getByText("Settle this outcome")).toHaveCount(0);

  await signIn(page, people.operator);
  await open(page, "/");
  await expect(page.getByText(/things? needs? you\./)).toBeVisible();
  const task = page.getByRole("listitem").filter({ hasText: order });
  await expect(task.getByText("Outcome unknown")).toBeVisible();
  await task.getByText("Settle this outcome").click();
  await task.getByLabel(/^How you know/).fill("The refund is in the back office.");
  await task.getByRole("button", { name: "It went through" }).click();
  await expect(page.getByText("Settled. Your reason is in the record.")).toBeVisible();
  await expect(task).toHaveCount(0);

  expect((await agent("GET", `/actions/${id}`)).body.state).toBe("succeeded");
  await open(page, `/approvals/${id}`);
  const standing = page.getByRole("status").filter({ hasText: "settled by" });
  await expect(standing).toContainText("Carried out, as settled by Oscar Operator");
  await expect(standing).toContainText("The refund is in the back office.");
});

test("a manager settles an unknown outcome on the request's page", async ({ page }) => {
  const { id } = await carriedOut("unknown");
  await signIn(page, people.manager);
  await open(page, `/approvals/${id}`);
  await page.getByRole("combobox", { name: "What happened" }).selectOption("It was not carried out");
  await page.getByLabel("How you know").fill("Nothing was paid back.");
  await page.getByRole("button", { name: "Settle", exact: true }).click();
  await expect(page.getByText(/Tried, and it failed, as settled by Mona Manager/)).toBeVisible();
  expect((await agent("GET", `/actions/${id}`)).body.state).toBe("failed");
});

test("what can be undone is recorded as undone, with a reason", async ({ page, another }) => {
  const { id } = await carriedOut("succeeded");
  const reviewer = await another();
  await signIn(reviewer, people.reviewer);
  await open(reviewer, `/approvals/${id}`);
  await expect(reviewer.getByText("Can it be undone?")).toBeVisible();
  await expect(reviewer.getByText("Record that it was undone")).toHaveCount(0);

  await signIn(page, people.operator);
  await open(page, `/approvals/${id}`);
  await page.getByText("Record that it was undone").click();
  await page.getByLabel("Why, and how it was undone").fill("The parcel was empty; withdrawn at the provider.");
  await page.getByRole("button", { name: "Record as undone" }).click();
  await expect(page.getByText("Recorded as rolled back.")).toBeVisible();
  await expect(page.getByRole("status").filter({ hasText: /Undone by Oscar Operator/ })).toContainText("The parcel was empty");
  await expect(page.getByText("Record that it was undone")).toHaveCount(0);
  expect((await agent("GET", `/actions/${id}`)).body.state).toBe("rolled_back");
});

test("an outcome without a grant is a breach, which an operator settles", async ({ page }) => {
  const { id, order } = await askForReturn("20.00");
  const told = await agent("POST", `/actions/${id}/outcome`, { grant: "guessed", status: "succeeded" });
  expect(told.status).toBe(409);
  await signIn(page, people.operator);
  await open(page, "/");
  const task = page.getByRole("listitem").filter({ hasText: order });
  await expect(task.getByText("Breach", { exact: true })).toBeVisible();
  await task.getByText("Settle this breach").click();
  await task.getByLabel(/^What happened/).fill("A test of the agent; nothing was paid.");
  await task.getByRole("button", { name: "Settle the breach" }).click();
  await expect(page.getByText("Settled. Your reason is in the record.")).toBeVisible();
  await expect(task.getByText("Breach", { exact: true })).toHaveCount(0);
  await open(page, `/approvals/${id}`);
  await expect(page.getByText(/Support reported an outcome of this without leave/)).toBeVisible();
});
