import { type BrowserContext, type Page } from "@playwright/test";
import { newAgent } from "./agents";
import { expect, open, people, signIn, test } from "./fixtures";

/** Rules of every kind, limits and windows. */
const rules = `
[permissions.data_access]
deny = ["customer.card_numbers"]
[permissions.data_access.read]
"customer.profile" = "this_customer"
"customer.orders" = "this_customer"
"customer.payment_methods" = "this_customer"
"catalog.products" = "all"

[permissions.action_scope.allow]
"data.read" = {}
"order.cancel" = { shadow = true }
"order.return" = { limits = [
  { kind = "amount", most = { amount = "500.00", currency = "USD" } },
  { kind = "count", most = 4, window = { per = "customer", within_s = 604800 } },
] }
"ticket.transfer" = {}

[permissions.approval_thresholds]
queue = "cs-leads"

[[permissions.approval_thresholds.rules]]
id = "over-50"
applies_to = { actions = ["order.return"] }
when = [{ kind = "amount_over", limit = { amount = "50.00", currency = "USD" } }]
queue = "cs-leads"
needed = 2

[[permissions.approval_thresholds.rules]]
id = "a-day"
applies_to = { actions = ["order.return"] }
when = [{ kind = "sum_over", limit = { amount = "1000.00", currency = "USD" }, window = { per = "agent", within_s = 86400 } }]
queue = "cs-leads"
else = { escalate = { queue = "cs-leads", within_s = 3600 } }

[[permissions.approval_thresholds.rules]]
id = "new-or-cross"
applies_to = "any"
when = [{ kind = "first_order", trust_agent = true }]
queue = "cs-leads"

[[permissions.approval_thresholds.rules]]
id = "complaints"
applies_to = "any"
when = [{ kind = "open_complaint" }]
queue = "cs-leads"

[[permissions.approval_thresholds.rules]]
id = "worth"
applies_to = { effects = ["internal"] }
when = [{ kind = "lifetime_value_over", limit = { amount = "1000.00", currency = "USD" } }]
queue = "cs-leads"

[[permissions.approval_thresholds.rules]]
id = "words"
applies_to = "any"
when = [{ kind = "touches", topics = ["legal"] }]
queue = "cs-leads"

[permissions.audit_logging]
require = ["model", "trigger"]
`;

/** What is written into which field; `true` ticks a box, and what stands in a select is its value. */
const requests: [string, string, Record<string, string | true>][] = [
  ["nothing is changed", "order.return", {}],
  ["a small amount", "order.return", { "/total/amount": "20.00" }],
  ["beyond the hard limit", "order.return", { "/total/amount": "500.01" }],
  ["an amount that is none", "order.return", { "/total/amount": "5o" }],
  ["an order of no letters", "order.return", { "/order_id": "", "/item_ids": "1\n2\n3" }],
  ["a full window", "order.return", { "/total/amount": "20.00", "window/0/count": "4", "window/1/sum": "990.00" }],
  ["money in the window of the agent", "order.return", { "/total/amount": "20.00", "window/1/sum": "990.00" }],
  ["a customer whom the shop knows", "order.return", { "brand/orders": "3", "brand/complaints": "0", "brand/worth": "120.00" }],
  ["the agent's own word", "ticket.transfer", { "brand/orders": "", orders: "5", complaints: "1", "brand/worth": "1000.01" }],
  ["a topic of the agent, and hidden characters", "ticket.transfer", { topics: "legal, press", "/summary": "a\u202eb & <b>" }],
  ["in shadow", "order.cancel", { "/reason": "ordered by mistake", "/total/amount": "900.00" }],
  ["data of another customer, and of cards", "data.read", { "reads/customer.orders": "other", "reads/customer.card_numbers": "customer" }],
  ["nothing said of it", "order.return", { trigger: " ", "without/model": true, "without/topics": true, customer: "" }],
  ["a breaker, another customer, a complaint", "order.return", { breaker: true, "other-customer": true, "recorded-complaints": "2" }],
];

async function write(page: Page, fields: Record<string, string | true>) {
  for (const [name, text] of Object.entries(fields)) {
    const control = page.locator(`[name="fields[${name}]"]`);
    const tag = await control.evaluate((element) => element.tagName);
    if (text === true) await control.check({ force: true });
    else if (tag === "SELECT") await control.selectOption(text);
    else await control.fill(text);
  }
}

const unfold = (page: Page) => page.locator("details").evaluateAll((all: HTMLDetailsElement[]) => all.forEach((one) => (one.open = true)));
const said = (page: Page) => page.locator(".answers").innerText();

test("the browser answers word for word what the server does", async ({ page, browser }) => {
  test.setTimeout(300_000);
  const slug = newAgent(rules);
  const plain: BrowserContext = await browser.newContext({ javaScriptEnabled: false });
  const server = await plain.newPage();
  await signIn(server, people.admin);
  await signIn(page, people.admin);
  for (const [what, action, fields] of requests) {
    const address = `/agents/${slug}/permissions/try?action=${action}`;
    await server.goto(address);
    const before = await said(server);
    await unfold(server);
    await write(server, fields);
    await server.getByRole("button", { name: "Judge this request" }).click();
    const expected = await said(server);

    await open(page, address);
    expect(await said(page), what).toBe(before);
    await unfold(page);
    await write(page, fields);
    await expect(async () => expect(await said(page), what).toBe(expected)).toPass({ timeout: 5_000 });
    if (Object.keys(fields).length) expect(expected, what).not.toBe(before);
  }
  await plain.close();
});
