import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { apply } from "../server.js";
import { people } from "../shop.js";

/** Keeps what a page sends from getting through, until it is let go. */
export async function hold(page: Page) {
  let letGo = () => {};
  const gone = new Promise<void>((done) => (letGo = done));
  await page.route("**/api/app/**", async (route) => {
    await gone;
    await route.continue();
  });
  return letGo;
}

let made = 0;

/** An agent of its own for a test: drafts and versions of one are not in the way of another. */
export function newAgent(permissions = nothing) {
  made += 1;
  const slug = `writer-${Date.now() % 1_000_000_000}-${made}`;
  const file = join(mkdtempSync(join(tmpdir(), "reins-agent-")), "agent.toml");
  writeFileSync(file, `[agent]\nslug = "${slug}"\nname = "${slug}"\npurpose = "Answers customers."\n\n${permissions}`);
  const binary = process.env.REINS_BINARY ?? "";
  const data = process.env.REINS_E2E_DATA ?? "";
  const reins = (words: string[]) => execFileSync(binary, [...words, "--data", data], { encoding: "utf8", stdio: "pipe" });
  apply(reins, file, people.admin, "To begin with.");
  return slug;
}

/** Nothing is permitted yet. */
export const nothing = `
[permissions.data_access]
[permissions.action_scope]
[permissions.approval_thresholds]
queue = "cs-leads"
[permissions.audit_logging]
`;

/** Something of each layer. */
export const something = `
[permissions.data_access.read]
"customer.orders" = "this_customer"

[permissions.action_scope.allow]
"order.return" = { limits = [{ kind = "amount", most = { amount = "500.00", currency = "USD" } }] }
"order.cancel" = {}

[permissions.approval_thresholds]
queue = "cs-leads"

[[permissions.approval_thresholds.rules]]
id = "return-over-50"
applies_to = { actions = ["order.return"] }
when = [{ kind = "amount_over", limit = { amount = "50.00", currency = "USD" } }]
queue = "cs-leads"

[[permissions.approval_thresholds.rules]]
id = "every-cancel"
applies_to = { actions = ["order.cancel"] }
queue = "cs-leads"

[permissions.audit_logging]
require = ["model"]
`;

/** The same, and all that a return rests on may be read. */
export const judging = something.replace(
  '"customer.orders" = "this_customer"',
  ["profile", "orders", "payment_methods"].map((set) => `"customer.${set}" = "this_customer"`).join("\n"),
);
