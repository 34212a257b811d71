// An order from create to get, by the types that openapi-typescript makes: `caller.ts URL USER TOKEN`, JSON out.
import type { components, paths } from "./api.ts";

type Json<T> = T extends { content: { "application/json": infer Content } } ? Content : never;
type Post<Path extends keyof paths> = paths[Path] extends { post: infer Operation } ? Operation : never;
type Sent<Path extends keyof paths> = Post<Path> extends { requestBody?: infer Body } ? Json<Exclude<Body, undefined>> : never;
type Got<Path extends keyof paths> = Post<Path> extends { responses: infer Answers }
  ? Answers extends { 201: infer Made } ? Json<Made> : Answers extends { 200: infer Done } ? Json<Done> : never
  : never;
type Problem = components["schemas"]["Problem"];

declare const process: { argv: string[] };
const [url, user, token] = process.argv.slice(2) as [string, string, string];
const login = btoa(`${user}:${token}`);

class Refused extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

async function call<Path extends keyof paths>(path: Path, body: Sent<Path>, key?: string): Promise<Got<Path>> {
  const answer = await fetch(`${url}${path}`, {
    method: "POST",
    headers: {
      Authorization: `Basic ${login}`,
      "Content-Type": "application/json",
      ...(key ? { "Idempotency-Key": key } : {}),
    },
    body: JSON.stringify(body),
  });
  const said: unknown = await answer.json();
  if (!answer.ok) throw new Refused(said as Problem);
  return said as Got<Path>;
}

const info = {
  first: "Ada", email: "ada@example.com", country: "GB", payment_type: "cc", cc_token: "tok_approve",
  pack1: { plan_id: "1", period: 1 },
};
const made = await call("/order.create", { order_queue_id: 1, info, add_default_pack_upgrades: true }, `ts-${token.slice(0, 8)}`);
const order_id: string = made.order_id;
const updated = await call("/order.update", { order_id, priority: 2, info: { last: "Lovelace" } });
const submitted = await call("/order.submit", { order_id, total: updated.total });
const got = await call("/order.get", { order_id });
const listed = await call("/order.list", { order_queue_id: 1 });
const refused = await call("/order.update", { order_id: "999999" }).catch((error: unknown) => error);
const plan = await call("/uber.service_plan_get", { plan_id: "2" });

console.log(
  JSON.stringify({
    order_id: got.order_id,
    info: got.info,
    priority: updated.priority,
    submitted: submitted.step.status !== "leads",
    listed: listed.orders.length > 0,
    refused: refused instanceof Refused ? [refused.problem.status, refused.problem.type] : [],
    variable: plan.upgrades[0]?.variable,
  }),
);
