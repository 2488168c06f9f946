import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { apply } from "../server";
import { askForReturn, call, expect, open, people, signIn, test } from "./fixtures";

/** Breaks out of whatever it stands in, if anything lets it. */
const probe =
  `\`'"></title></textarea></style></script></option></select></noscript></template></svg>--><xprobe onclick=x>` +
  `<meta http-equiv=refresh content=0;url=//xprobe.example>{{x}}`;
const short = `'"></title></textarea></script></svg>--><xprobe onclick=x>`;

const command = (words: string[]) =>
  execFileSync(process.env.REINS_BINARY ?? "", [...words, "--data", process.env.REINS_E2E_DATA ?? ""], { encoding: "utf8" });

let probes = 0;

/** A live agent whose file says probes wherever it says something, and its key. */
function probedAgent() {
  probes += 1;
  const slug = `probe-${Date.now() % 1_000_000_000}-${probes}`;
  const text = (most: number) => `{ type = "string", max_length = ${most} }`;
  const file = join(mkdtempSync(join(tmpdir(), "reins-probe-")), "agent.toml");
  writeFileSync(
    file,
    `[agent]
slug = "${slug}"
name = '''${slug} ${short}'''
purpose = '''${probe}'''

[[actions]]
name = "${slug}.reply"
label = '''${slug} ${short}'''
sentence = '''Reply {text} to {customer} for {items} ${short}'''
effect = "write"
reversibility = { kind = "until", moment = '''${probe}''', how = '''${probe}''' }
arguments = { type = "object", required = ["text"], properties = { text = ${text(4000)}, line = ${text(200)}, items = { type = "array", items = ${text(200)}, max_items = 9 } } }

[permissions.data_access]
[permissions.action_scope.allow."${slug}.reply"]
[permissions.approval_thresholds]
queue = "cs-leads"
[[permissions.approval_thresholds.rules]]
id = "all"
applies_to = "any"
queue = "cs-leads"
[permissions.audit_logging]
`,
  );
  apply(command, file, people.admin, probe);
  command(["agent", "mode", slug, "live", "--by", people.admin, "--reason", probe]);
  const key = command(["key", "create", slug, "--label", short, "--by", people.admin]).trim();
  return { slug, key };
}

async function reply(agent: { slug: string; key: string }, text: string, more: Record<string, unknown> = {}) {
  const { status, body } = await call(agent.key, "POST", "/actions", {
    action: `${agent.slug}.reply`,
    arguments: { text, line: probe, items: ["200", probe, "א"] },
    customer: { id: probe },
    trigger: probe,
    topics: [probe],
    template: probe,
    input: probe,
    reasoning: probe,
    output: probe,
    model: probe,
    prompt_version: probe,
    agent_version: probe,
    ...more,
  });
  expect(status, JSON.stringify(body)).toBe(201);
  return body.id as string;
}

/** What of a probe has become anything but text. */
const acting = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll("*")]
      .filter((element) => {
        const names = element.getAttributeNames();
        const leads = ["href", "src", "action", "formaction", "data", "poster", "xlink:href"];
        return (
          element.localName.includes("xprobe") ||
          (element.localName === "meta" && element.hasAttribute("http-equiv")) ||
          ["base", "iframe", "object", "embed"].includes(element.localName) ||
          names.some((name) => name.startsWith("on") || !/^[a-z0-9:_.-]+$/i.test(name)) ||
          names.some((name) => leads.includes(name) && new URL(element.getAttribute(name) ?? "", location.href).origin !== location.origin)
        );
      })
      .map((element) => element.outerHTML.slice(0, 200)),
  );

async function isInert(page: Page) {
  expect(await acting(page), page.url()).toEqual([]);
  expect(new URL(page.url()).hostname).toBe("127.0.0.1");
}

test("what an agent and its file say is text on every page that follows them", async ({ page }) => {
  test.setTimeout(240_000);
  const agent = probedAgent();
  const id = await reply(agent, probe);
  await call(agent.key, "POST", `/actions/${id}/feedback`, { kind: "complaint", note: probe });
  await signIn(page, people.admin);

  // Each page that a link leads to, of this agent or of all.
  const seen = new Set<string>();
  const open_: string[] = ["/", `/approvals/${id}`, `/agents/${agent.slug}`, `/settings/actions/${agent.slug}.reply`, "/settings/people"];
  while (open_.length > 0 && seen.size < 60) {
    const address = open_.shift() ?? "";
    if (seen.has(address)) continue;
    seen.add(address);
    await open(page, address);
    await isInert(page);
    const links = await page.evaluate(() => [...document.querySelectorAll("a[href^='/']")].map((a) => a.getAttribute("href") ?? ""));
    const plain = links.filter((link) => !/[?#]|\/export\/|\.svg$/.test(link));
    open_.push(...plain.filter((link) => link.split("/").length < 4 || link.includes(agent.slug)));
  }
  expect(seen.size).toBeGreaterThan(20);
  const parts = ["error", "next", "done", "failed", "refused", "q", "agent", "customer", "action", "version", "queue", "fields[text]", "rule"];
  for (const address of ["/", "/activity", "/approvals", `/agents/${agent.slug}/permissions`, `/agents/${agent.slug}/permissions/try`, "/agents/new"]) {
    await page.goto(`${address}?${parts.map((part) => `${part}=${encodeURIComponent(probe)}`).join("&")}`);
    await page.waitForSelector("html[data-follows]");
    await isInert(page);
  }
});

test("what comes while a page is open is text, too", async ({ page }) => {
  const agent = probedAgent();
  await signIn(page, people.reviewer);
  for (const address of ["/approvals", "/", "/activity"]) {
    await open(page, address);
    const mark = `came-${address.length}-${Date.now()}`;
    await reply(agent, `${mark}${probe}`);
    if (address !== "/") await expect(page.getByText(mark).first()).toBeVisible();
    await isInert(page);
  }
  const id = await reply(agent, probe);
  await open(page, `/approvals/${id}`);
  await call(agent.key, "POST", `/actions/${id}/cancel`);
  await expect(page.getByText("Withdrawn").first()).toBeVisible();
  await isInert(page);
});

test("what stands in a text area survives that the page follows", async ({ page }) => {
  const text = "https://shop.example/?order=1&reg=eu&copy=2\nAT&amp;T <b>bold</b> </textarea>\n\n";
  const agent = probedAgent();
  const id = await reply(agent, text);
  await signIn(page, people.reviewer);
  await open(page, `/approvals/${id}`);
  await page.getByText("Change and approve", { exact: true }).click();
  const area = page.locator("textarea[name='fields[/text]']");
  await expect(area).toHaveValue(text);
  // What is said of the request brings the page anew.
  await call(agent.key, "POST", `/actions/${id}/feedback`, { kind: "complaint", note: "It came broken." });
  await expect(page.locator(".timeline .step")).toHaveCount(2);
  await expect(area).toHaveValue(text);
  // Nobody changed it, so that a change of another field leaves it as it was.
  await page.locator("input[name='fields[/line]']").fill("Another line");
  await page.getByLabel("Why you changed it").fill("Plainer.");
  await page.getByRole("button", { name: "Approve with these changes" }).click();
  await expect(page.getByText("Changed and approved.", { exact: false })).toBeVisible();
  const { body } = await call(agent.key, "GET", `/actions/${id}`);
  expect(body.arguments.text).toBe(text);
  expect(body.arguments.line).toBe("Another line");
});

const planted =
  `<form data-key="planted" data-live="/live" data-autosave data-unsaved="due" method="post" action="/api/app/agents/calls/set_mode">` +
  `<input name="agent" value="desk"><input name="mode" value="retired"><input name="reason" value="planted"></form>`;

test("a form that comes marked as due is not saved", async ({ page }) => {
  await signIn(page, people.reviewer);
  const posted: string[] = [];
  page.on("request", (request) => {
    if (request.method() === "POST") posted.push(request.url());
  });
  let plants = true;
  await page.route(/\/approvals$/, async (route) => {
    const response = await route.fetch();
    const text = await response.text();
    await route.fulfill({ response, body: plants ? text.replace("</main>", `${planted}</main>`) : text });
  });
  // In the page as it is loaded, and in what comes to it.
  for (const at_first of [true, false]) {
    plants = at_first;
    await open(page, "/approvals");
    plants = true;
    for (let round = 0; round < 3; round += 1) {
      const { order } = await askForReturn("55.00");
      await expect(page.getByText(order).first()).toBeVisible();
      await expect(page.locator("[data-key=planted]")).toHaveCount(1);
    }
    page.once("dialog", (dialog) => dialog.accept());
    await page.goto("/stops");
  }
  expect(posted).toEqual([]);
});

for (const width of [360, 1440]) {
  test(`values of another direction turn nothing around them at ${width} px`, async ({ page }) => {
    const agent = probedAgent();
    const id = await reply(agent, "שלום (1)", { arguments: { text: "שלום (1)", items: ["200", "100", "א"] }, customer: { id: "عمر-42" } });
    await signIn(page, people.reviewer);
    await page.setViewportSize({ width, height: 900 });
    await open(page, `/approvals/${id}`);
    // As they are drawn: each value right of the one before it, or in a line below.
    const places = await page.locator("main .facts .value").evaluateAll((values) =>
      values.filter((value) => /^(200|100|א)$/.test(value.textContent ?? "")).map((value) => {
        const { left, top } = value.getBoundingClientRect();
        return { text: value.textContent, left, top };
      }),
    );
    expect(places.map((place) => place.text)).toEqual(["200", "100", "א"]);
    for (let at = 1; at < places.length; at += 1) {
      const [one, next] = [places[at - 1], places[at]];
      expect(next.top > one.top + 4 || next.left > one.left, JSON.stringify(places)).toBe(true);
    }
    await page.screenshot({ path: `test-results/directions-${width}.png`, fullPage: true });
  });
}
