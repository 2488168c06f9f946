import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { agentOf, mayAct } from "../client/agent.js";
import { port } from "../server.js";
import { expect, open, people, signIn, test } from "./fixtures";

/** An ask as the shop's rules want it. */
function returned(amount: string) {
  return {
    action: "order.return",
    arguments: {
      order_id: `#W${Date.now()}`.slice(0, 12),
      item_ids: ["9624127908"],
      payment_method_id: "credit_card_4190576",
      total: { amount, currency: "USD" },
    },
    customer: { id: "omar_anderson_3203", orders: 3 },
    trigger: `ticket ${crypto.randomUUID()}`,
    input: "I want to return the kettle.",
    reasoning: "Delivered six days ago; the policy allows it.",
    model: "vendor/model-2026-08",
    prompt_version: "cs-14",
    agent_version: "2026-11-03",
  };
}

test.beforeAll(() => {
  const description = execFileSync(process.env.REINS_BINARY ?? "reins", ["openapi"], { encoding: "utf8" });
  const file = test.info().outputPath("openapi.json");
  writeFileSync(file, description);
  execFileSync("npx", ["openapi-typescript", file, "--output", "client/api.d.ts"], { stdio: "pipe" });
});

test("a client made from the description compiles", () => {
  let found = "";
  try {
    execFileSync("npx", ["tsc", "--project", "client"], { encoding: "utf8", stdio: "pipe" });
  } catch (error) {
    found = (error as { stdout: string }).stdout;
  }
  expect(found).toBe("");
});

test("a client made from the description asks, claims and reports", async ({ page }) => {
  const agent = agentOf(`http://127.0.0.1:${port}`, process.env.REINS_E2E_KEY ?? "");

  const small = await agent.ask(returned("20.00"), crypto.randomUUID());
  if (!mayAct(small)) throw new Error(`not allowed but ${small.decision}`);
  expect(await agent.report(small.id, { grant: small.grant.token, status: "succeeded", reference: "refund 991" })).toBe(
    "succeeded",
  );

  const large = await agent.ask(returned("77.25"), crypto.randomUUID());
  expect([large.decision, large.grant]).toEqual(["needs_approval", null]);
  expect(await agent.claim(large.id)).toBe("/problems/not-approved");
  await signIn(page, people.reviewer);
  await open(page, `/approvals/${large.id}`);
  await page.getByRole("button", { name: /^Approve .*\$77\.25/ }).first().click();
  expect(await agent.standing(large.id, 15)).toBe("approved");

  const claimed = await agent.claim(large.id);
  if (typeof claimed === "string") throw new Error(claimed);
  expect(claimed.arguments.total).toEqual({ amount: "77.25", currency: "USD" });
  expect(await agent.report(large.id, { grant: claimed.grant.token, status: "failed" })).toBe("failed");

  expect((await agent.rules()).map((rule) => rule.queue)).toContain("cs-leads");
});
