import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { request } from "@playwright/test";

const address = "http://127.0.0.1:8690";
export const password = "correct horse battery";
export const people = {
  admin: "ada@shop.example",
  operator: "oscar@shop.example",
  manager: "mona@shop.example",
  reviewer: "rita@shop.example",
  second: "sam@shop.example",
  auditor: "avi@shop.example",
};

/** Starts Reins with a PostgreSQL of its own in an empty folder, and puts a small shop into it. */
export default async function setUp() {
  const binary = process.env.REINS_BINARY;
  if (!binary) throw new Error("REINS_BINARY has to name the program: use `make e2e`");
  const data = mkdtempSync("/var/tmp/reins-e2e-");
  execFileSync("chmod", ["755", data]);
  const server = spawn(binary, ["serve", "--data", data, "--listen", "127.0.0.1:8690"], { stdio: "inherit" });
  const reins = (args: string[], input = "") =>
    execFileSync(binary, [...args, "--data", data], { input, encoding: "utf8" }).trim();

  await healthy();
  const admin = people.admin;
  reins(["user", "add", admin, "--name", "Ada Admin", "--role", "admin"], password);
  const add = (email: string, name: string, role: string) =>
    reins(["user", "add", email, "--name", name, "--role", role, "--by", admin], password);
  add(people.operator, "Oscar Operator", "operator");
  add(people.manager, "Mona Manager", "manager");
  add(people.reviewer, "Rita Reviewer", "reviewer");
  add(people.second, "Sam Second-Reviewer", "reviewer");
  add(people.auditor, "Avi Auditor", "auditor");
  reins(["agent", "apply", "../examples/retail/agent.toml", "--by", admin, "--note", "for the tests"]);
  reins(["agent", "mode", "support", "live", "--by", admin, "--reason", "for the tests"]);
  const key = reins(["key", "create", "support", "--label", "tests", "--by", admin]);
  await addMembers();
  process.env.REINS_E2E_KEY = key;

  return () => {
    server.kill("SIGTERM");
    execFileSync("sleep", ["4"]);
    rmSync(data, { recursive: true, force: true });
  };
}

async function healthy() {
  for (let tries = 0; tries < 120; tries++) {
    const ok = await fetch(`${address}/health`).then((answer) => answer.ok, () => false);
    if (ok) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error("Reins did not start");
}

/** Through the forms that the page posts. */
async function addMembers() {
  const browser = await request.newContext({ baseURL: address, extraHTTPHeaders: { Origin: address, Accept: "text/html" } });
  await browser.post("/sign-in", { form: { email: people.admin, password, next: "/" } });
  const page = await (await browser.get("/settings/queues")).text();
  const action = /action="(\/api\/[^"]*add_member[^"]*)"/.exec(page)?.[1];
  if (!action) throw new Error("the form that adds a member is not there");
  for (const name of ["Rita Reviewer", "Sam Second-Reviewer"]) {
    const id = new RegExp(`<option[^>]*value="([^"]+)"[^>]*>[^<]*${name}`).exec(page)?.[1];
    if (!id) throw new Error(`${name} cannot be chosen`);
    await browser.post(action, { form: { queue: "cs-leads", person: id } });
  }
  await browser.dispose();
}
