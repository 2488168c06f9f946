import type { Page } from "@playwright/test";
import { askForRefund, expect, isAccessible, people, signIn, test } from "./fixtures";

const pages = [
  "/", "/approvals", "/agents", "/agents/support", "/stop", "/activity", "/integrations",
  "/settings/people", "/settings/queues", "/settings/keys",
];

test.describe("the look of pages", () => {
  // The checker is a script itself: without JavaScript means here that the pages' own is withheld.
  test.use({ javaScriptEnabled: true });

  test("each page has a heading and no serious accessibility finding", async ({ page }, { project }) => {
    test.setTimeout(300_000);
    if (!project.use.javaScriptEnabled) await withholdClient(page);
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

async function withholdClient(page: Page) {
  const nothing = "export default async () => {}; export const hydrate = () => {};";
  await page.route("**/pkg/*.js", (route) => route.fulfill({ contentType: "text/javascript", body: nothing }));
}
