import type { Page } from "@playwright/test";
import { agent, ask, askForReturn, expect, open, people, signIn, test } from "./fixtures";

/** How an agent is, in a sentence. */
const firstLine = (page: Page) => page.locator(".lead");

test("an operator pauses an integration with a reason, and lets it go on", async ({ page }) => {
  await signIn(page, people.operator);
  await open(page, "/integrations");
  const card = page.locator("section", { has: page.getByRole("heading", { name: "Shop back office" }) });
  await card.getByText("Pause actions on Shop back office").click();
  await card.getByLabel("What is wrong with it").fill("It answers with errors.");
  await card.getByRole("button", { name: "Open the breaker of Shop back office" }).click();
  await expect(page.getByText("The circuit breaker is open. Actions on this integration are paused.")).toBeVisible();
  await expect(page.getByText(/^Paused since .* by .*It answers with errors\./)).toBeVisible();
  const paused = await askForReturn("20.00");
  // Another integration is none of its business.
  const elsewhere = await ask("ticket.transfer", { summary: "The customer wants a person.", order_id: undefined });

  await open(page, "/integrations");
  await expect(page.getByText("Shop back office paused: actions that run on it get no leave.")).toBeVisible();
  await expect(card.getByText(/It answers with errors\./)).toBeVisible();
  await card.getByText("Let actions through Shop back office again").click();
  await card.getByLabel("Why it is safe again").fill("It answers again.");
  await card.getByRole("button", { name: "Close the breaker of Shop back office" }).click();
  await expect(page.getByText("The circuit breaker is closed. Actions on this integration go on.")).toBeVisible();
  await expect(page.getByText(/^Resumed .* by .*It answers again\./).first()).toBeVisible();

  expect(paused.decision).toBe("paused");
  expect(elsewhere.decision).toBe("allowed");
  expect((await askForReturn("20.00")).decision).toBe("allowed");
});

test("the agent's own page pauses an integration as well", async ({ page }) => {
  await signIn(page, people.operator);
  await open(page, "/agents/support");
  const line = page.getByRole("listitem").filter({ hasText: "Shop back office" }).filter({ hasText: "version" });
  await line.getByText("Pause Shop back office", { exact: true }).click();
  await line.getByLabel("Why every action on it has to pause").fill("It is being updated.");
  await line.getByRole("button", { name: "Pause all actions on Shop back office" }).click();
  const standing = firstLine(page).filter({ hasText: /^Live since .* paused on/ });
  await expect(standing).toBeVisible();
  const said = await standing.innerText();
  const paused = await askForReturn("20.00");

  await line.getByText("Let Shop back office go on", { exact: true }).click();
  await line.getByLabel("Why it can go on").fill("The update is done.");
  await line.getByRole("button", { name: "Close the breaker of Shop back office" }).click();
  await expect(firstLine(page).filter({ hasText: /^Live since (?!.*paused on)/ })).toBeVisible();
  expect(paused.decision).toBe("paused");
  expect(said).toContain("paused on Shop back office");
});

test("a manager tightens an agent with a reason, and lifts it", async ({ page }) => {
  const why = `A new prompt is on trial ${Date.now()}.`;
  await signIn(page, people.manager);
  await open(page, "/agents/support");
  await page.getByText("Tighten this agent").click();
  const form = page.locator("form", { has: page.getByRole("button", { name: "Ask a person from now on" }) });
  await form.getByRole("checkbox", { name: "order.cancel" }).check();
  await form.getByRole("checkbox", { name: "order.return" }).check();
  await form.getByRole("combobox", { name: "For how long" }).selectOption("Seven days");
  await form.getByLabel("Why").fill(why);
  await form.getByRole("button", { name: "Ask a person from now on" }).click();
  await expect(page.getByText("Tightened. From now on a person is asked.")).toBeVisible();
  const line = page.getByRole("listitem").filter({ hasText: why });
  await expect(line).toContainText("A person is asked about Cancellation refund and Return refund");
  await expect(line).toContainText(/Mona Manager, .*ends in 7 days/);
  const asked = await askForReturn("20.00");
  const left = await ask("ticket.transfer", { summary: "The customer wants a person.", order_id: undefined });

  await line.getByText("Lift it").click();
  await line.getByLabel("Why it can be lifted").fill("The trial went well.");
  await line.getByRole("button", { name: "Lift the tightening" }).click();
  await expect(page.getByText("The tightening is lifted. The permission set alone decides again.")).toBeVisible();
  await expect(line).toHaveCount(0);

  expect(asked.decision).toBe("needs_approval");
  expect(left.decision).toBe("allowed");
  expect((await askForReturn("20.00")).decision).toBe("allowed");
  expect((await agent("POST", `/actions/${asked.id}/cancel`)).status).toBe(200);
});

test("an admin moves an agent to shadow, and live again", async ({ page, another }) => {
  const operator = await another();
  await signIn(operator, people.operator);
  await open(operator, "/agents/support");
  await expect(operator.getByRole("heading", { name: "Permissions" })).toBeVisible();
  await expect(operator.getByText("Move it to another phase")).toHaveCount(0);

  await signIn(page, people.admin);
  await open(page, "/agents/support");
  const move = async (label: string, why: string) => {
    await page.getByText("Move it to another phase").click();
    const form = page.locator("form", { has: page.getByRole("button", { name: label }) });
    await form.getByLabel("Why").fill(why);
    await form.getByRole("button", { name: label }).click();
  };
  await move("Move Support to shadow", "To watch it for a day.");
  await expect(page.getByText(/^In shadow since .*: judged and recorded, never carried out/)).toBeVisible();
  const shadowed = await askForReturn("20.00");
  await open(page, "/agents/support");
  await move("Set Support live", "It did well.");
  await expect(page.getByText("“It did well.”").first()).toBeVisible();
  await expect(firstLine(page)).toHaveText(/^Live since/);
  expect(shadowed.decision).toBe("shadowed");
  expect((await askForReturn("20.00")).decision).toBe("allowed");
});
