import { port, startReins } from "../server.js";
import { expect, password, signIn, test } from "./fixtures";

const admin = "first@shop.example";
let server: Awaited<ReturnType<typeof startReins>>;

test.use({ baseURL: `http://127.0.0.1:${port + 1}` });
test.describe.configure({ mode: "serial" });
test.beforeAll(async () => {
  test.setTimeout(120_000);
  server = await startReins(port + 1);
});
test.afterAll(() => server?.stop());

async function code() {
  await expect.poll(() => server.printed()).toContain("with the code");
  return /with the code (\w+)/.exec(server.printed())?.[1] ?? "";
}

test("an empty Reins makes its first admin of whoever has the code", async ({ page }) => {
  await page.goto("/");
  await expect(page).toHaveURL(/\/setup$/);
  await expect(page.getByRole("heading", { name: "Set up Reins" })).toBeVisible();
  const become = async (given: string) => {
    await page.getByLabel(/^One-time code/).fill(given);
    await page.getByLabel("Your name").fill("Fay First");
    await page.getByLabel("Email").fill(admin);
    await page.getByLabel(/^Password/).fill(password);
    await page.getByRole("button", { name: "Become the first admin" }).click();
  };

  await become("notthecode22");
  await expect(page.getByRole("alert")).toContainText("The code is not right");
  await become(await code());
  await expect(page.getByRole("status")).toContainText("You are the first admin.");
  await expect(page).toHaveURL(/sign-in/);

  await signIn(page, admin);
  await expect(page.getByRole("heading", { level: 1, name: "Today" })).toBeVisible();
  await page.goto("/settings/people");
  await expect(page.getByRole("row", { name: /Fay First/ })).toContainText(admin);
});

test("once there is an admin, nobody becomes it again", async ({ page, request }) => {
  const form = { code: await code(), name: "Eve Second", email: "eve@shop.example", password };
  const origin = { Origin: server.address };
  const answer = await request.post("/setup", { form, headers: origin, maxRedirects: 0 });
  expect(answer.status()).toBe(303);
  await signIn(page, admin);
  await page.goto("/settings/people");
  await expect(page.getByRole("row", { name: /Fay First/ })).toBeVisible();
  await expect(page.getByText("eve@shop.example")).toHaveCount(0);
});

test("the page that makes the first admin closes behind them", async ({ page }) => {
  await page.goto("/setup");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.getByRole("button", { name: "Become the first admin" })).toHaveCount(0);
});
