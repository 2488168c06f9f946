import { request } from "@playwright/test";
import { apply, port, startReins } from "./server.js";

export const password = "correct horse battery";
export const people = {
  admin: "ada@shop.example",
  secondAdmin: "ben@shop.example",
  operator: "oscar@shop.example",
  manager: "mona@shop.example",
  reviewer: "rita@shop.example",
  second: "sam@shop.example",
  auditor: "avi@shop.example",
};

/** Starts Reins, and puts a small shop into it. */
export default async function setUp() {
  const { address, data, reins, stop } = await startReins(port);
  process.env.REINS_E2E_DATA = data;
  const admin = people.admin;
  reins(["user", "add", admin, "--name", "Ada Admin", "--role", "admin"], password);
  const add = (email: string, name: string, role: string) =>
    reins(["user", "add", email, "--name", name, "--role", role, "--by", admin], password);
  add(people.secondAdmin, "Ben Second-Admin", "admin");
  // One whose password another has chosen is no second person for them, until that is confirmed.
  reins(["user", "password", people.secondAdmin, "--by", people.secondAdmin], password);
  reins(["user", "confirm", people.secondAdmin]);
  add(people.operator, "Oscar Operator", "operator");
  add(people.manager, "Mona Manager", "manager");
  add(people.reviewer, "Rita Reviewer", "reviewer");
  add(people.second, "Sam Second-Reviewer", "reviewer");
  add(people.auditor, "Avi Auditor", "auditor");
  apply(reins, "../examples/retail/agent.toml", admin, "for the tests");
  reins(["agent", "mode", "support", "live", "--by", admin, "--reason", "for the tests"]);
  const key = reins(["key", "create", "support", "--label", "tests", "--by", admin]);
  apply(reins, "desk.toml", admin, "for the tests");
  reins(["agent", "mode", "desk", "live", "--by", admin, "--reason", "for the tests"]);
  process.env.REINS_E2E_DESK_KEY = reins(["key", "create", "desk", "--label", "tests", "--by", admin]);
  await addMembers(address);
  process.env.REINS_E2E_KEY = key;
  return stop;
}

/** Through the forms that the page posts. */
async function addMembers(address: string) {
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
