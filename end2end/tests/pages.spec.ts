import { askForRefund, expect, isAccessible, people, signIn, test } from "./fixtures";

const pages = [
  "/", "/approvals", "/agents", "/agents/support", "/stop", "/activity", "/integrations",
  "/settings/people", "/settings/queues", "/settings/keys",
];

test("each page has a heading and no serious accessibility finding", async ({ page }) => {
  test.setTimeout(900_000);
  const { id } = await askForRefund();
  await page.goto("/sign-in");
  await isAccessible(page);
  await signIn(page, people.admin);
  for (const address of [...pages, `/approvals/${id}`]) {
    const answer = await page.goto(address);
    expect(answer?.status(), address).toBe(200);
    await expect(page.getByRole("heading", { level: 1 }).first(), address).toBeVisible();
    await isAccessible(page);
  }
});

test("a page is complete before any script runs", async ({ request }) => {
  const answer = await request.get("/sign-in");
  const text = await answer.text();
  expect(text).toContain("Password");
  const policy = answer.headers()["content-security-policy"];
  expect(policy).toContain("'nonce-");
  expect(policy).not.toContain("unsafe-inline");
});

test("an admin's page is not for a reviewer", async ({ page }) => {
  await signIn(page, people.reviewer);
  const answer = await page.goto("/settings/people");
  expect(answer?.status()).toBe(403);
  await expect(page.getByText("ada@shop.example")).toHaveCount(0);
});
