#!/usr/bin/env python3
"""A support agent that asks Reins before it acts.

It replays recorded tasks instead of asking a model, against an in-memory copy of the shop, fresh for each task.
`act` is the part to copy: ask, wait where a person decides, act on a grant only, report.
"""

import argparse
import json
import os
import signal
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

from reins import OPEN, NoLeave, Reins, holds
from shop import DATA, Data, Refused, Shop

MODEL, PROMPT_VERSION, AGENT_VERSION = "tau-bench/replay", "replay-1", "2026-11"

# The recorded action, its name in Reins, and what carries it out in the shop.
ACTIONS = {
    "return_delivered_order_items": ("order.return", Shop.return_items),
    "cancel_pending_order": ("order.cancel", Shop.cancel),
    "exchange_delivered_order_items": ("order.exchange", Shop.exchange_items),
    "modify_pending_order_items": ("order.modify_items", Shop.modify_items),
    "modify_pending_order_address": ("order.modify_address", Shop.modify_address),
    "modify_pending_order_payment": ("order.modify_payment", Shop.modify_payment),
}
OPERATIONS = dict(ACTIONS.values())


@dataclass(frozen=True)
class Ended:
    """How one action ended: what Reins decided, and what came of it."""

    task: int
    action: str
    decision: str
    outcome: str
    note: str = ""


def act(reins, shop, request, intent, patience):
    """Does one thing with leave, or not at all: (decision, outcome, note)."""
    try:
        answer = reins.ask(request, intent)
    except NoLeave as no:
        return "no leave", "not done", str(no)

    decision = answer["decision"]
    try:
        if decision == "allowed":
            grant, arguments = answer["grant"], request["arguments"]
        elif decision == "needs_approval":
            state = settled(reins, answer["id"], patience)
            if state != "approved":
                return decision, state, ""
            claimed = reins.claim(answer["id"])
            # A person may have changed them, so what was approved counts, not what was asked.
            grant, arguments = claimed["grant"], claimed["arguments"]
        else:
            return decision, "not done", "; ".join(reason["text"] for reason in answer["reasons"])
    except NoLeave as no:
        return decision, "not done", str(no)

    status, note = carry_out(shop, answer["id"], request, arguments, grant)
    try:
        reins.report(answer["id"], grant, status, **note)
    except NoLeave as no:
        # After a while Reins takes the outcome for unknown, and people settle it; it is not done again.
        return decision, status, f"not reported: {no}"
    return decision, status, note.get("reference") or note["detail"]["why"]


def settled(reins, request_id, patience):
    """The state that people brought about; a request that nobody decided in time is withdrawn."""
    state = reins.wait(request_id, patience)["state"]
    if state not in OPEN:
        return state
    try:
        return reins.cancel(request_id)["state"]
    except NoLeave:
        # Somebody was quicker.
        return reins.wait(request_id, 0)["state"]


def carry_out(shop, request_id, request, arguments, grant):
    """What came of it in the shop: (status, what to say about it)."""
    if not holds(grant):
        return "failed", {"detail": {"why": "the grant was over before the shop was called"}}
    operation = OPERATIONS[request["action"]]
    try:
        reference = operation(shop, request_id, request["customer"]["id"], **decimals(arguments))
        return "succeeded", {"reference": reference}
    except Refused as refusal:
        return "failed", {"detail": {"why": str(refusal)}}
    except Exception as error:  # whatever it was, the shop may have acted on it
        return "unknown", {"detail": {"why": f"the shop did not answer: {error!r}"}}


def request_for(shop, task, number):
    """What to ask for the action at this place of the task; raises `Refused` where the shop has no price for it."""
    recorded = task["actions"][number]
    name, _ = ACTIONS[recorded["name"]]
    arguments = recorded["arguments"]
    return {
        "action": name,
        "arguments": {**arguments, **money_moved(shop, name, arguments)},
        "customer": {"id": task["user_id"], "orders": len(shop.user(task["user_id"])["orders"])},
        "trigger": f"task {task['task']}",
        "input": task["instruction"],
        "reasoning": f"No model was asked: this replays action {number + 1} of task {task['task']} as it was recorded.",
        "model": MODEL,
        "prompt_version": PROMPT_VERSION,
        "agent_version": AGENT_VERSION,
    }


def money_moved(shop, action, arguments):
    """The argument that says what the action moves; none where it pays nothing back."""
    order_id = arguments["order_id"]
    if action == "order.return":
        return {"total": usd(shop.worth(order_id, arguments["item_ids"]))}
    if action in ("order.cancel", "order.modify_payment"):
        return {"total": usd(shop.total(order_id))}
    if action in ("order.exchange", "order.modify_items"):
        difference = shop.difference(order_id, arguments["item_ids"], arguments["new_item_ids"])
        return {"refund": usd(difference)} if difference > 0 else {}
    return {}


def usd(amount):
    cents = amount.quantize(Decimal("0.01"))
    if cents != amount:
        raise ValueError(f"{amount} is not a whole number of cents")
    return {"amount": str(cents), "currency": "USD"}


def decimals(arguments):
    """The arguments as the shop takes them: money as a decimal number."""
    return {name: Decimal(v["amount"]) if isinstance(v, dict) else v for name, v in arguments.items()}


def work(reins, shop, task, run, patience, tell):
    """All actions of a task, in their order."""
    ended = []
    for number, recorded in enumerate(task["actions"]):
        name, _ = ACTIONS[recorded["name"]]
        try:
            request = request_for(shop, task, number)
        except Refused as refusal:
            result = "not asked", "not done", str(refusal)
        else:
            result = act(reins, shop, request, f"{run}-task-{task['task']}-action-{number + 1}", patience)
        ended.append(Ended(task["task"], name, *result))
        tell(ended[-1])
    return ended


def replay(reins, data, tasks, *, run, workers=8, patience=4 * 3600, shared_shop=False, tell=lambda ended: None):
    """Works through the tasks, several at once: how every action ended, and the shop's refunds."""
    shared = Shop(data) if shared_shop else None

    def one(task):
        shop = shared or Shop(data)
        return work(reins, shop, task, run, patience, tell), shop.refunds()

    ended, refunds = [], {}
    with ThreadPoolExecutor(workers) as pool:
        for of_task, paid_back in pool.map(one, tasks):
            ended += of_task
            refunds |= paid_back
    return ended, refunds


def summary(ended, refunds):
    """Counts per action, decision and outcome, and what the shop paid back for each action."""
    counts = {}
    for (action, decision, outcome), count in sorted(Counter((e.action, e.decision, e.outcome) for e in ended).items()):
        counts.setdefault(action, {}).setdefault(decision, {})[outcome] = count
    of = {
        action: total([amount for (name, _), amount in refunds.items() if name == operation.__name__])
        for action, operation in sorted(OPERATIONS.items())
    }
    of = {action: paid for action, paid in of.items() if paid["count"]}
    return {"actions": len(ended), "counts": counts, "refunds": total(refunds.values()) | {"of": of}}


def total(amounts):
    return {"count": len(amounts), "sum": usd(sum(amounts, Decimal(0)))}


def table(result):
    """The summary as people read it."""
    counts = [
        (action, decision, outcome, str(count))
        for action, decisions in result["counts"].items()
        for decision, outcomes in decisions.items()
        for outcome, count in outcomes.items()
    ]
    refunds = [
        (action, "paid back", paid["sum"]["amount"], str(paid["count"]))
        for action, paid in [*result["refunds"]["of"].items(), ("all", result["refunds"])]
    ]
    rows = [("action", "decision", "outcome", "count"), *counts, ("all", "", "", str(result["actions"])), *refunds]
    widths = [max(map(len, column)) for column in zip(*rows)]
    lines = ["  ".join([*map(str.ljust, row[:3], widths), row[3].rjust(widths[3])]) for row in rows]
    after = (1, 1 + len(counts), 2 + len(counts))
    for place in reversed(after):
        lines.insert(place, "-" * len(lines[0]))
    return "\n".join(lines)


def tasks_of(folder, limit=None):
    with open(Path(folder) / "tasks.jsonl", encoding="utf-8") as file:
        return [json.loads(line) for line in file][:limit]


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", default=DATA, help="folder of the shop's data (%(default)s; TAU_RETAIL)")
    options.add_argument("--limit", type=int, metavar="N", help="only the first N tasks")
    options.add_argument("--workers", type=int, default=8, metavar="N", help="tasks at once, at most 32 (%(default)s)")
    options.add_argument("--patience", type=float, default=4 * 3600, metavar="S",
                         help="seconds to wait for people before a request is withdrawn (%(default)s)")
    options.add_argument("--shared-shop", action="store_true", help="one shop for all tasks, not a fresh one for each")
    options.add_argument("--run", default=uuid4().hex[:8], metavar="NAME",
                         help="names this run; repeated under the same name, nothing is done twice (made up)")
    options.add_argument("--json", type=Path, metavar="FILE", help="write the counts here")
    options.add_argument("--quiet", action="store_true", help="only the table at the end")
    asked = options.parse_args()
    missing = [name for name in ("REINS_URL", "REINS_KEY") if not os.environ.get(name)]
    if missing:
        options.error(f"{' and '.join(missing)} not set: where Reins is, and the agent's key")
    if not 1 <= asked.workers <= 32:
        options.error("--workers is 1 to 32: an agent may hold 32 waits at once")
    if not (Path(asked.data) / "tasks.jsonl").exists():
        options.error(f"no tasks.jsonl in {asked.data}: name the folder of the shop's data with --data")

    def tell(ended):
        if not asked.quiet:
            line = f"task {ended.task:<4} {ended.action:<21} {ended.decision} -> {ended.outcome}"
            # In one write, as several tasks tell at once.
            print(f"{line} ({ended.note})\n" if ended.note else f"{line}\n", end="", flush=True)

    # What is waiting in Reins waits on, and can be picked up under the same --run.
    signal.signal(signal.SIGINT, lambda *_: os._exit(130))
    began = time.monotonic()
    reins = Reins(os.environ["REINS_URL"], os.environ["REINS_KEY"])
    tasks = tasks_of(asked.data, asked.limit)
    result = summary(*replay(reins, Data(asked.data), tasks, run=asked.run, workers=asked.workers,
                             patience=asked.patience, shared_shop=asked.shared_shop, tell=tell))
    result = {"run": asked.run, "tasks": len(tasks), "seconds": round(time.monotonic() - began, 1), **result}

    print(f"\n{table(result)}" if not asked.quiet else table(result))
    if asked.json:
        asked.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    return 1 if any("no leave" in decisions for decisions in result["counts"].values()) else 0


if __name__ == "__main__":
    sys.exit(main())
