import AxeBuilder from "@axe-core/playwright";
import { expect, test as base, type Page } from "@playwright/test";
import { password, people } from "../shop.js";

export { expect, people };

/** A page whose console has to stay silent. */
export const test = base.extend<{ page: Page }>({
  page: async ({ page }, use) => {
    const said: string[] = [];
    // A status that a test provokes is no fault of the page's.
    page.on("console", (message) => {
      if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) said.push(message.text());
    });
    page.on("pageerror", (error) => said.push(String(error)));
    await use(page);
    expect(said, "errors on the console").toEqual([]);
  },
});

export async function signIn(page: Page, email: string) {
  await page.goto("/sign-in");
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).not.toHaveURL(/sign-in/);
}

export async function ready(page: Page) {
  await page.waitForLoadState("load");
}

/** No serious finding, at the width of a phone and of a desk. */
export async function isAccessible(page: Page) {
  for (const width of [360, 1440]) {
    await page.setViewportSize({ width, height: 900 });
    const found = await new AxeBuilder({ page }).analyze();
    const serious = found.violations.filter((v) => v.impact === "serious" || v.impact === "critical");
    expect(serious.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(", ")}`), `${page.url()} at ${width}`).toEqual([]);
    const wider = await page.locator("html").evaluate((html) => html.scrollWidth - html.clientWidth);
    expect(wider, `${page.url()} scrolls sideways at ${width}`).toBeLessThanOrEqual(0);
  }
}

/** What the agent gets from the API. */
export async function agent(method: string, path: string, body?: unknown, key = crypto.randomUUID()) {
  const answer = await fetch(`http://127.0.0.1:8690/api/v1${path}`, {
    method,
    headers: {
      Authorization: `Bearer ${process.env.REINS_E2E_KEY}`,
      "Content-Type": "application/json",
      "Idempotency-Key": key,
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return { status: answer.status, body: await answer.json() };
}

let asked = 0;

/** A return that has to be decided by a CS lead. */
export async function askForRefund(amount = "72.50") {
  asked += 1;
  const order = `#W${Date.now()}${asked}`.slice(0, 16);
  const { status, body } = await agent("POST", "/actions", {
    action: "order.return",
    arguments: {
      order_id: order,
      item_ids: ["9624127908"],
      payment_method_id: "credit_card_4190576",
      total: { amount, currency: "USD" },
    },
    customer: { id: "omar_anderson_3203", orders: 3 },
    trigger: `ticket ${order}`,
    input: "I want to return the kettle.",
    reasoning: "Delivered six days ago; the policy allows it.",
    model: "vendor/model-2026-08",
    prompt_version: "cs-14",
    agent_version: "2026-11-03",
  });
  expect(status, JSON.stringify(body)).toBe(201);
  expect(body.decision, JSON.stringify(body)).toBe("needs_approval");
  return { id: body.id as string, order };
}
