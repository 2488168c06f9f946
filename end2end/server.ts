import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";

/** The first of three ports that the tests listen on. */
export const port = Number(process.env.REINS_E2E_PORT ?? 8690);

/** Applies an agent file with all that has to be accepted of it. */
export function apply(reins: (words: string[]) => string, file: string, by: string, note: string) {
  const command = ["agent", "apply", file, "--by", by, "--note", note];
  const word = /--accept (\S+)/.exec(reins([...command, "--dry-run"]))?.[1];
  reins(word ? [...command, "--accept", word] : command);
}

/** Starts Reins with a PostgreSQL of its own in an empty folder, and waits until it answers. */
export async function startReins(port: number) {
  const binary = process.env.REINS_BINARY;
  if (!binary) throw new Error("REINS_BINARY has to name the program: use `make e2e`");
  const data = mkdtempSync("/var/tmp/reins-e2e-");
  execFileSync("chmod", ["755", data]);
  const listen = `127.0.0.1:${port}`;
  let printed = "";
  const begin = () => {
    const server = spawn(binary, ["serve", "--data", data, "--listen", listen], { stdio: ["ignore", "pipe", "inherit"] });
    server.stdout.on("data", (part) => (printed += part));
    return { server, ended: once(server, "exit") };
  };
  let running = begin();
  const end = async () => {
    running.server.kill("SIGTERM");
    await running.ended;
  };
  const stop = async () => {
    await end();
    rmSync(data, { recursive: true, force: true });
  };
  const address = `http://${listen}`;
  await healthy(address).catch(async (error) => {
    await stop();
    throw error;
  });
  return {
    address,
    data,
    stop,
    /** Ends the server, and starts it again with what it has kept. */
    restart: async () => {
      await end();
      running = begin();
      await healthy(address);
    },
    /** What it has said so far. */
    printed: () => printed,
    /** Runs a command beside the server. */
    reins: (args: string[], input = "") =>
      execFileSync(binary, [...args, "--data", data], { input, encoding: "utf8" }).trim(),
  };
}

async function healthy(address: string) {
  for (let tries = 0; tries < 120; tries++) {
    const ok = await fetch(`${address}/health`).then((answer) => answer.ok, () => false);
    if (ok) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error("Reins did not start");
}
