import AxeBuilder from "@axe-core/playwright";
import { type BrowserContext, type Cookie, expect, test as base, type Page } from "@playwright/test";
import { port } from "../server.js";
import { password, people } from "../shop.js";

export { expect, password, people };

type Fixtures = {
  /** What consoles said that they should not have: they have to stay silent. */
  said: string[];
  /** A page of another browser, with a session of its own. */
  another: () => Promise<Page>;
};

export const test = base.extend<Fixtures>({
  said: async ({}, use) => {
    const said: string[] = [];
    await use(said);
    expect(said, "errors on the console").toEqual([]);
  },
  context: async ({ context, said }, use) => {
    watch(context, said);
    await use(context);
  },
  another: async ({ browser, said }, use) => {
    const opened: BrowserContext[] = [];
    await use(async () => {
      const context = await browser.newContext();
      opened.push(context);
      watch(context, said);
      return context.newPage();
    });
    for (const context of opened) await context.close();
  },
});

function watch(context: BrowserContext, said: string[]) {
  context.on("console", (message) => {
    // A status that a test provokes is no fault of the page's.
    const provoked = message.text().startsWith("Failed to load resource");
    if (message.type() === "error" && !provoked) said.push(`${message.page()?.url()}: ${message.text()}`);
  });
  context.on("weberror", (error) => said.push(`${error.page()?.url()}: ${error.error()}`));
}

/** By server and person. */
const sessions = new Map<string, Cookie[]>();

/** Signs somebody in; once, as one address may do so only so often. A session that has ended is begun anew. */
export async function signIn(page: Page, email: string) {
  await page.goto("/sign-in");
  const who = `${new URL(page.url()).origin} ${email}`;
  const kept = sessions.get(who);
  if (kept) {
    await page.context().addCookies(kept);
    await page.goto("/");
    if (new URL(page.url()).pathname === "/") return;
    await page.context().clearCookies();
  }
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).not.toHaveURL(/sign-in/);
  sessions.set(who, await page.context().cookies());
}

/** Goes to a page; with JavaScript, until it listens to what changes, and so is alive. */
export async function open(page: Page, address: string) {
  await page.goto(address);
  if (test.info().project.use.javaScriptEnabled) await page.waitForSelector("html[data-follows]");
}

/** Opens the way back, says why, confirms. */
export async function release(page: Page, why: string) {
  await page.getByText(/^Release .* …$/).first().click();
  await page.getByLabel(/^Why it can go on/).first().fill(why);
  await page.getByRole("checkbox").first().check();
  await page.getByRole("button", { name: /^Release/ }).first().click();
  await expect(page.getByText(/^Release .* …$/)).toHaveCount(0);
}

/** No finding, and nothing beyond the edge, at the width of a phone, of a tablet in the dark, and of a desk. */
export async function isAccessible(page: Page) {
  for (const [width, colorScheme] of [[360, "light"], [768, "dark"], [1440, "light"]] as const) {
    const where = `${page.url()} at ${width}, ${colorScheme}`;
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.setViewportSize({ width, height: 900 });
    // There are no frames, so that the older way, which opens no page of its own, finds as much.
    const rules = { "target-size": { enabled: true } };
    const found = await new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ["violations"], rules }).analyze();
    expect.soft(found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(", ")}`), where).toEqual([]);
    const wider = await page.locator("html").evaluate((html) => html.scrollWidth - html.clientWidth);
    expect(wider, `${where} scrolls sideways`).toBeLessThanOrEqual(0);
  }
}

export async function withholdClient(page: Page) {
  const nothing = "export default async () => {}; export const hydrate = () => {};";
  await page.route("**/pkg/*.js", (route) => route.fulfill({ contentType: "text/javascript", body: nothing }));
}

/** What the API answers to a key. */
export async function call(key: string, method: string, path: string, body?: unknown) {
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1${path}`, {
    method,
    headers: {
      Authorization: `Bearer ${key}`,
      "Content-Type": "application/json",
      "Idempotency-Key": crypto.randomUUID(),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  return { status: answer.status, body: text === "" ? undefined : JSON.parse(text) };
}

/** What the shop's agent gets from the API. */
export const agent = (method: string, path: string, body?: unknown) =>
  call(process.env.REINS_E2E_KEY ?? "", method, path, body);

let asked = 0;

/** Asks for leave, with all that the permission set wants to hear. */
export async function ask(action: string, arguments_: Record<string, unknown>, customer = "omar_anderson_3203") {
  asked += 1;
  const order = `#W${Date.now()}${asked}`.slice(0, 16);
  const { status, body } = await agent("POST", "/actions", {
    action,
    arguments: { order_id: order, ...arguments_ },
    customer: { id: customer, orders: 3 },
    trigger: `ticket ${order}`,
    input: "I want to return the kettle.",
    reasoning: "Delivered six days ago; the policy allows it.",
    model: "vendor/model-2026-08",
    prompt_version: "cs-14",
    agent_version: "2026-11-03",
  });
  expect(status, JSON.stringify(body)).toBe(201);
  return { id: body.id as string, decision: body.decision as string, grant: body.grant?.token as string, order };
}

/** A return: up to 50.00 it is allowed, and beyond a CS lead decides. */
export function askForReturn(amount: string) {
  const total = { amount, currency: "USD" };
  return ask("order.return", { item_ids: ["9624127908"], payment_method_id: "credit_card_4190576", total });
}

/** A refund that two CS leads have to decide. */
export async function askForTwo(amount: string) {
  const arguments_ = { total: { amount, currency: "USD" } };
  const body = { action: "desk.refund", arguments: arguments_, customer: { id: "omar_anderson_3203" } };
  const answer = await call(process.env.REINS_E2E_DESK_KEY ?? "", "POST", "/actions", body);
  expect(answer.body.decision, JSON.stringify(answer.body)).toBe("needs_approval");
  return answer.body.id as string;
}

/** A return that has to be decided by a CS lead. */
export async function askForRefund(amount = "72.50") {
  const asked = await askForReturn(amount);
  expect(asked.decision).toBe("needs_approval");
  return asked;
}
