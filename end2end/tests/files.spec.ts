import { readFileSync } from "node:fs";
import { newAgent, something } from "./agents";
import { expect, isAccessible, open, people, signIn, test } from "./fixtures";

test("permissions are taken out as files, and come in again as a draft", async ({ page }) => {
  const slug = newAgent(something);
  await signIn(page, people.admin);
  await open(page, `/agents/${slug}/permissions`);
  await page.getByRole("link", { name: "In and out" }).click();
  await expect(page.getByText("Version 1, which is in force.")).toBeVisible();
  const taken = async (name: string) => {
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name }).click()]);
    return { name: download.suggestedFilename(), text: readFileSync(await download.path(), "utf8") };
  };
  const file = await taken("Agent file of version 1");
  expect(file.name).toBe(`${slug}-1.toml`);
  expect(file.text).toContain(`slug = "${slug}"`);
  expect((await taken("Cedar policies of version 1")).text).toContain(`permit (principal == Agent::"${slug}"`);
  expect((await taken("Cedar schema of version 1")).text).toContain("entity Agent;");

  // The same again changes nothing.
  const text = page.getByRole("textbox", { name: /^Or its text/ });
  await page.getByRole("link", { name: "Take in an agent file" }).click();
  await text.fill(file.text);
  await page.getByRole("button", { name: "See what it would change" }).click();
  await expect(page.getByText(/^Nothing would change/)).toBeVisible();

  // What is wrong is said, and nothing of it is lost.
  const wrong = `${file.text}\nnonsense = \n`;
  await text.fill(wrong);
  await page.getByRole("button", { name: "See what it would change" }).click();
  await expect(page.getByText("This has to be put right first:")).toBeVisible();
  expect((await text.inputValue()).trim()).toBe(wrong.trim());

  await text.fill(file.text.replace('amount = "50.00"', 'amount = "80.00"').replace('"Answers customers."', '"Answers them."'));
  await page.getByRole("button", { name: "See what it would change" }).click();
  await expect(page.getByText(/^It would change 2 things/)).toBeVisible();
  await expect(page.locator("ins")).toContainText("over $80.00");
  await page.getByLabel("Why, for the record").fill("Reviewed with finance.");
  await page.getByRole("button", { name: /^Take in / }).click();
  await expect(page.getByText("The file is taken in.", { exact: false })).toBeVisible();
  await expect(page.getByText(/^A draft, taken in from a file/)).toBeVisible();
  await expect(page.getByRole("complementary", { name: "How it reads" })).toContainText("over $80.00");

  // Once more: the draft that is open stands already.
  await open(page, `/agents/${slug}/permissions/print?version=draft`);
  await expect(page.getByText("This is a draft.", { exact: false })).toBeVisible();
});

test("a new agent comes in as a file", async ({ page }) => {
  const slug = `filed-${Date.now() % 1_000_000_000}${Math.floor(Math.random() * 1000)}`;
  await signIn(page, people.admin);
  await open(page, "/agents/new");
  await page.getByRole("link", { name: "Take in its agent file" }).click();
  const text = `[agent]\nslug = "${slug}"\nname = "Filed ${slug}"\n${something}`;
  await page.getByLabel("A file of yours").setInputFiles({ name: "agent.toml", mimeType: "", buffer: Buffer.from(text) });
  await page.getByRole("button", { name: "See what it would change" }).click();
  await expect(page.getByText(`New agent ${slug}, as a draft.`)).toBeVisible();
  await expect(page.getByText("What its permissions would say")).toBeVisible();
  await page.getByLabel("Why, for the record").fill("From the other shop.");
  await page.getByRole("button", { name: `Take in Filed ${slug}` }).click();
  await expect(page).toHaveURL(new RegExp(`/agents/${slug}/permissions`));
});

test("permissions are printed black on white, with lines to sign and nothing around them", async ({ page }) => {
  const slug = newAgent(something);
  await signIn(page, people.reviewer);
  await open(page, `/agents/${slug}/permissions`);
  await page.getByRole("link", { name: "Print", exact: true }).click();
  await expect(page.getByText("Version 1, in force.")).toBeVisible();
  await expect(page.getByText("To begin with.")).toBeVisible();
  await expect(page.getByRole("columnheader", { name: "Signature" })).toBeVisible();
  const withScripts = test.info().project.use.javaScriptEnabled ?? true;
  await expect(page.getByRole("button", { name: "Print this page" })).toBeVisible({ visible: withScripts });
  await expect(page.getByText("Print this page with your browser.")).toBeVisible({ visible: !withScripts });
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  for (const around of [".top", ".side", ".bar", ".foot", ".print-ways"]) await expect(page.locator(around)).toBeHidden();
  const colours = await page.locator("html").evaluate((html) => {
    const style = getComputedStyle(html);
    return [style.color, style.backgroundColor];
  });
  expect(colours).toEqual(["rgb(0, 0, 0)", "rgb(255, 255, 255)"]);
});

test("a reviewer takes files out, and none in", async ({ page }) => {
  const slug = newAgent(something);
  await signIn(page, people.reviewer);
  await open(page, `/agents/${slug}/permissions/files`);
  await expect(page.getByRole("link", { name: "Agent file of version 1" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Take in an agent file" })).toHaveCount(0);
  await open(page, "/agents/import");
  await expect(page.getByText("Only an admin takes in agent files")).toBeVisible();
});

test.describe("the look of files", () => {
  test.use({ javaScriptEnabled: true });

  test("has no serious accessibility finding", async ({ page }) => {
    test.setTimeout(300_000);
    const slug = newAgent(something);
    await signIn(page, people.admin);
    for (const rest of ["files", "print"]) {
      await page.goto(`/agents/${slug}/permissions/${rest}`);
      await isAccessible(page);
    }
    await page.goto("/agents/import");
    await isAccessible(page);
    await page.getByLabel("Or its text").fill(`[agent]\nslug = "${slug}"\nname = "Renamed ${slug}"\n${something}`);
    await page.getByRole("button", { name: "See what it would change" }).click();
    await expect(page.getByText(/^It would change/)).toBeVisible();
    await isAccessible(page);
  });
});
