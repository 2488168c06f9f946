#!/usr/bin/env python3
"""What a replay of all tasks has to come to, worked out from the data and `agent.toml` without Reins.

Prints JSON: figures taken straight from the data, and the counts of a run in which people approve everything as asked,
and of one in which nobody decides. With `--against FILE` it compares what `agent.py --json FILE` wrote.
"""

import argparse
import json
import sys
import tomllib
from decimal import Decimal
from pathlib import Path

from agent import ACTIONS, Ended, decimals, request_for, summary, tasks_of, usd
from shop import DATA, Data, Refused, Shop

AGENT = Path(__file__).with_name("agent.toml")
SMALL = Decimal("50.00")


def figures(data, tasks):
    """Refunds as the data has them, before any shop or rule is asked."""
    recorded = [(action["name"], action["arguments"]) for task in tasks for action in task["actions"]]
    refunds = [refund(data, *action) for action in recorded]
    refunds = [amount for amount in refunds if amount is not None]
    differences = [difference(data, arguments) for _, arguments in recorded if "new_item_ids" in arguments]
    paid_back = [amount for amount in differences if amount > 0]
    return {
        "tasks": len(tasks),
        "actions": len(recorded),
        "refunds": len(refunds),
        "refunds_sum": str(sum(refunds)),
        "refunds_over_50": sum(amount > SMALL for amount in refunds),
        "swaps": len(differences),
        "swaps_paying_back": len(paid_back),
        "swaps_paying_back_over_50": sum(amount > SMALL for amount in paid_back),
        "swaps_paying_back_over_50_sum": str(sum(amount for amount in paid_back if amount > SMALL)),
    }


def refund(data, name, arguments):
    items = data.orders[arguments["order_id"]]["items"]
    if name == "cancel_pending_order":
        return sum(item["price"] for item in items)
    if name == "return_delivered_order_items":
        prices = {item["item_id"]: item["price"] for item in items}
        return sum(prices[item_id] for item_id in arguments["item_ids"])
    return None


def difference(data, arguments):
    prices = {item["item_id"]: item["price"] for item in data.orders[arguments["order_id"]]["items"]}
    new = {v["item_id"]: v["price"] for product in data.products.values() for v in product["variants"].values()}
    return sum(prices[old] - new[item] for old, item in zip(arguments["item_ids"], arguments["new_item_ids"]))


class Rules:
    """The part of the rules that this example uses; any other is refused here, so that it cannot be overlooked."""

    def __init__(self, file=AGENT):
        agent = tomllib.loads(Path(file).read_text(encoding="utf-8"))
        permissions = agent["permissions"]
        self.amounts = {action["name"]: action.get("amount") for action in agent["actions"]}
        self.scope = permissions["action_scope"]
        self.thresholds = permissions["approval_thresholds"]["rules"]

    def decide(self, request):
        name = request["action"]
        money = request["arguments"].get(self.amounts[name])
        amount = Decimal(money["amount"]) if money else Decimal(0)
        if name in self.scope["deny"] or name not in self.scope["allow"]:
            return "denied"
        if any(amount > bound(limit, "amount", "most") for limit in self.scope["allow"][name].get("limits", [])):
            return "denied"
        rules = [rule["when"] for rule in self.thresholds if name in rule["applies_to"]["actions"]]
        if any(all(amount > bound(c, "amount_over", "limit") for c in conditions) for conditions in rules):
            return "needs_approval"
        return "allowed"


def bound(condition, kind, member):
    if condition["kind"] != kind or condition[member]["currency"] != "USD":
        raise NotImplementedError(f"{condition} is not worked out here")
    return Decimal(condition[member]["amount"])


def run(data, tasks, rules, reviewer):
    """How every action ends on a fresh shop per task; without a `reviewer`, what waits is withdrawn."""
    ended, refunds = [], {}
    for task in tasks:
        shop = Shop(data)
        for number in range(len(task["actions"])):
            request = request_for(shop, task, number)
            decision = rules.decide(request)
            outcome = "not done"
            if decision == "needs_approval" and not reviewer:
                outcome = "cancelled"
            elif decision != "denied":
                outcome = carried_out(shop, f"{task['task']}/{number}", task, number, request)
            ended.append(Ended(task["task"], request["action"], decision, outcome))
        refunds |= shop.refunds()
    return summary(ended, refunds)


def carried_out(shop, request_id, task, number, request):
    _, operation = ACTIONS[task["actions"][number]["name"]]
    try:
        operation(shop, request_id, task["user_id"], **decimals(request["arguments"]))
        return "succeeded"
    except Refused:
        return "failed"


def check(found):
    """The figures that the data is known by; another one means other data, or a mistake here."""
    known = {
        "tasks": 500,
        "actions": 768,
        "refunds": 323,
        "refunds_sum": "442335.55",
        "refunds_over_50": 314,
        "swaps_paying_back_over_50": 46,
    }
    wrong = {name: found[name] for name, value in known.items() if found[name] != value}
    if wrong:
        raise SystemExit(f"the data has {wrong}, not {({name: known[name] for name in wrong})}")


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", default=DATA, help="folder of the shop's data (%(default)s; TAU_RETAIL)")
    options.add_argument("--limit", type=int, metavar="N", help="only the first N tasks")
    options.add_argument("--against", type=Path, metavar="FILE", help="compare a run with what is expected")
    options.add_argument("--no-reviewer", action="store_true", help="the run compared had nobody to decide")
    asked = options.parse_args()

    if not (Path(asked.data) / "tasks.jsonl").exists():
        options.error(f"no tasks.jsonl in {asked.data}: name the folder of the shop's data with --data")
    data, tasks, rules = Data(asked.data), tasks_of(asked.data, asked.limit), Rules()
    found = figures(data, tasks)
    if asked.limit is None:
        check(found)
    runs = {
        "with_reviewer": run(data, tasks, rules, reviewer=True),
        "without_reviewer": run(data, tasks, rules, reviewer=False),
    }
    if not asked.against:
        print(json.dumps({"figures": found, **runs}, indent=2))
        return 0

    expected = runs["without_reviewer" if asked.no_reviewer else "with_reviewer"]
    result = json.loads(asked.against.read_text(encoding="utf-8"))
    wrong = [part for part in expected if result[part] != expected[part]]
    for part in wrong:
        print(f"{part}:\n  expected {json.dumps(expected[part])}\n  found    {json.dumps(result[part])}")
    print("The run differs from what is expected." if wrong else "The run is as expected.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
