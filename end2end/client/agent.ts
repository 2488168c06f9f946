import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

type Schemas = components["schemas"];

/** An agent as somebody writes it with a client made from the description: `api.d.ts` is made anew for each test. */
export function agentOf(address: string, key: string) {
  const api = createClient<paths>({ baseUrl: `${address}/api/v1`, headers: { Authorization: `Bearer ${key}` } });

  return {
    async ask(ask: Schemas["Ask"], intent: string): Promise<Schemas["Decided"]> {
      const { data, error } = await api.POST("/actions", { params: { header: { "Idempotency-Key": intent } }, body: ask });
      if (error) throw new Error(told(error));
      return data;
    },

    async standing(id: string, wait: number): Promise<Schemas["RequestState"]> {
      const { data, error } = await api.GET("/actions/{id}", { params: { path: { id }, query: { wait } } });
      if (error) throw new Error(told(error));
      return data.state;
    },

    /** The grant and the arguments as they were approved, or why there is none. */
    async claim(id: string): Promise<Schemas["Claim"] | Schemas["ProblemType"]> {
      const params = { path: { id }, header: { "Idempotency-Key": `claim-${id}` } };
      const { data, error } = await api.POST("/actions/{id}/claim", { params });
      return data ?? error.type;
    },

    async report(id: string, outcome: Schemas["Outcome"]): Promise<Schemas["RequestState"]> {
      const { data, error } = await api.POST("/actions/{id}/outcome", { params: { path: { id } }, body: outcome });
      if (error) throw new Error(told(error));
      return data.state;
    },

    async rules(): Promise<Schemas["Rule"][]> {
      const { data, error } = await api.GET("/agent");
      if (error) throw new Error(told(error));
      return data.permissions?.approval_thresholds.rules ?? [];
    },
  };
}

const told = (problem: Schemas["Problem"]) => `${problem.type}: ${problem.detail}`;

/** Whether there is leave; what the description does not know does not compile. */
export function mayAct(decision: Schemas["Decided"]): decision is Schemas["Decided"] & { grant: Schemas["Grant"] } {
  // @ts-expect-error no such decision
  if (decision.decision === "alowed") return false;
  return decision.decision === "allowed" && decision.grant !== null;
}

// @ts-expect-error an ask names its action
export const unnamed: Schemas["Ask"] = { arguments: { total: { amount: "1.00", currency: "USD" } } };
// @ts-expect-error no such status
export const untold: Schemas["Outcome"] = { status: "done" };
