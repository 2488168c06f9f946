import { expect, open, people, signIn, test } from "./fixtures";

test("an admin says what is known of an integration, and what is no address stays typed", async ({ page, another }) => {
  const account = `The shop's store ${Date.now()}`;
  await signIn(page, people.admin);
  await open(page, "/integrations");
  await page.getByRole("link", { name: "Helpdesk" }).click();
  await expect(page.getByRole("heading", { name: "Helpdesk", level: 1 })).toBeVisible();
  await page.getByText("Say what is known of Helpdesk").click();
  const form = page.locator("form", { has: page.getByRole("button", { name: "Save what is known" }) });
  await form.getByLabel("Account or store").fill(account);
  await form.getByLabel("Last day of that version").fill("2027-06-30");
  await form.getByLabel("Owner").selectOption({ index: 1 });
  await form.getByLabel("Status page").fill("javascript:alert(1)");
  await form.getByRole("button", { name: "Save what is known" }).click();
  await expect(page.getByText("Write a web address that begins with https://")).toBeVisible();
  await expect(form.getByLabel("Account or store")).toHaveValue(account);

  await form.getByLabel("Status page").fill("https://status.helpdesk.example/now");
  await form.getByRole("button", { name: "Save what is known" }).click();
  await expect(page.getByText("What is known of the integration is saved.")).toBeVisible();
  await expect(page.getByText(/Version 2026-07 is pinned, and ends on 30 June 2027\./)).toBeVisible();
  const link = page.getByRole("link", { name: "https://status.helpdesk.example/now" });
  await expect(link).toHaveAttribute("href", "https://status.helpdesk.example/now");

  const auditor = await another();
  await signIn(auditor, people.auditor);
  await open(auditor, "/integrations/helpdesk");
  await expect(auditor.getByText(account)).toBeVisible();
  await expect(auditor.getByText("Say what is known of Helpdesk")).toHaveCount(0);
});
