"""Tests of the example: `python3 -m unittest` in this folder.

The shop and the agent are tried on a made-up order and a stand-in for Reins; the figures need the shop's data.
"""

import copy
import unittest
from decimal import Decimal
from types import SimpleNamespace
from unittest import mock

import agent
import expected
from shop import DATA, ITEMS_MODIFIED, Data, Refused, Shop
from stand_in import StandIn, stand_in

CAP, TEE = {"c-red": "10.00", "c-blue": "9.50", "c-gold": "95.00"}, {"t-s": "30.00", "t-m": "30.00"}


def made_up():
    """One customer with a delivered and a pending order of a cap twice and a tee; another customer with nothing."""

    def product(name, prices):
        def variant(item_id, price):
            return {"item_id": item_id, "price": Decimal(price), "available": item_id != "t-m", "options": {}}

        return {"product_id": name, "variants": {item_id: variant(item_id, p) for item_id, p in prices.items()}}

    def order(order_id, status):
        held = [("cap", "c-gold", "95.00"), ("cap", "c-gold", "95.00"), ("tee", "t-s", "30.00")]
        items = [{"product_id": p, "item_id": i, "price": Decimal(price), "options": {}} for p, i, price in held]
        paid = {"transaction_type": "payment", "amount": Decimal("220.00"), "payment_method_id": "card"}
        return {"order_id": order_id, "user_id": "ana", "status": status, "items": items, "payment_history": [paid]}

    def method(name, source, balance=None):
        return {"id": name, "source": source} | ({} if balance is None else {"balance": Decimal(balance)})

    methods = [method("card", "credit_card"), method("paypal", "paypal"), method("gift", "gift_card", 5)]
    return SimpleNamespace(
        orders={"#D": order("#D", "delivered"), "#P": order("#P", "pending")},
        users={
            "ana": {"payment_methods": {m["id"]: m for m in methods}, "orders": ["#D", "#P"]},
            "bob": {"payment_methods": {}, "orders": []},
        },
        products={"cap": product("cap", CAP), "tee": product("tee", TEE)},
    )


class ShopTest(unittest.TestCase):
    def setUp(self):
        self.shop = Shop(made_up())

    def refused(self, words, operation, *args, **arguments):
        before = copy.deepcopy((self.shop.order("#D"), self.shop.order("#P"), self.shop.user("ana"), self.shop.ledger))
        with self.assertRaisesRegex(Refused, words):
            operation(*args, **arguments)
        after = (self.shop.order("#D"), self.shop.order("#P"), self.shop.user("ana"), self.shop.ledger)
        self.assertEqual(before, after, "a refusal changes nothing")

    def give_back(self, request_id="r1", user="ana", **changed):
        arguments = {"order_id": "#D", "item_ids": ["c-gold"], "payment_method_id": "card", "total": Decimal("95.00")}
        return self.shop.return_items(request_id, user, **(arguments | changed))

    def swap(self, operation, order_id, item_ids, new_item_ids, method="card", refund=None, request_id="r1"):
        money = {} if refund is None else {"refund": Decimal(refund)}
        return operation(
            request_id, "ana", order_id=order_id, item_ids=item_ids, new_item_ids=new_item_ids,
            payment_method_id=method, **money,
        )

    def test_a_return_is_paid_back_once_however_often_it_is_called(self):
        first = self.give_back()
        self.assertEqual(self.give_back(), first)
        self.assertEqual(self.shop.refunds(), {("return_items", "r1"): Decimal("95.00")})
        self.assertEqual(self.shop.order("#D")["status"], "return requested")
        self.refused("for something else", self.give_back, total=Decimal("1.00"))
        self.refused("is return requested, not delivered", self.give_back, "r2")

    def test_the_same_item_twice_in_an_order_comes_back_twice_and_not_three_times(self):
        twice = ["c-gold", "c-gold"]
        self.assertEqual(self.shop.worth("#D", twice), Decimal("190.00"))
        self.refused("not as often", self.give_back, item_ids=[*twice, "c-gold"])
        self.give_back(item_ids=twice, total=Decimal("190.00"))

    def test_a_return_that_the_policy_refuses(self):
        self.refused("another customer's", self.give_back, user="bob")
        self.refused("there is no order", self.give_back, order_id="#X")
        self.refused("is pending, not delivered", self.give_back, order_id="#P")
        self.refused("does not hold c-red", self.give_back, item_ids=["c-red"])
        self.refused("no item is named", self.give_back, item_ids=[])
        self.refused("not a payment method", self.give_back, payment_method_id="visa")
        self.refused("goes to card or to a gift card", self.give_back, payment_method_id="paypal")
        for total in ("95.01", "0", "-1"):
            self.refused("up to 95.00 to pay back", self.give_back, total=Decimal(total))

    def test_a_lead_may_approve_less_than_everything(self):
        self.give_back(total=Decimal("40.00"))
        self.assertEqual(self.shop.refunds(), {("return_items", "r1"): Decimal("40.00")})

    def test_a_refund_on_a_gift_card_is_there_at_once(self):
        self.give_back(payment_method_id="gift")
        self.assertEqual(self.shop.user("ana")["payment_methods"]["gift"]["balance"], Decimal("100.00"))

    def test_a_cancellation_pays_everything_back_where_it_came_from(self):
        cancel = self.shop.cancel
        arguments = {"order_id": "#P", "reason": "no longer needed", "total": Decimal("220.00")}
        self.refused("is delivered, not pending", cancel, "r1", "ana", **(arguments | {"order_id": "#D"}))
        self.refused("not a reason", cancel, "r1", "ana", **(arguments | {"reason": "bored"}))
        cancel("r1", "ana", **arguments)
        self.assertEqual([(m.payment_method_id, m.amount) for m in self.shop.ledger], [("card", Decimal("220.00"))])
        self.refused("is cancelled, not pending", cancel, "r2", "ana", **arguments)

    def test_an_exchange_pays_back_what_was_granted_and_nothing_unasked(self):
        exchange = self.shop.exchange_items
        self.refused("85.00 to pay back, and None was granted", self.swap, exchange, "#D", ["c-gold"], ["c-red"])
        self.refused("85.00 to pay back", self.swap, exchange, "#D", ["c-gold"], ["c-red"], refund="85.01")
        self.swap(exchange, "#D", ["c-gold"], ["c-red"], refund="85.00")
        self.assertEqual(self.shop.refunds(), {("exchange_items", "r1"): Decimal("85.00")})
        self.assertEqual(self.shop.order("#D")["status"], "exchange requested")

    def test_a_swap_that_the_policy_refuses(self):
        for operation, order_id in ((self.shop.exchange_items, "#D"), (self.shop.modify_items, "#P")):
            self.refused("is the same item", self.swap, operation, order_id, ["t-s"], ["t-s"])
            self.refused("is not available", self.swap, operation, order_id, ["t-s"], ["t-m"])
            self.refused("is not an option of product tee", self.swap, operation, order_id, ["t-s"], ["c-red"])
            self.refused("cannot become", self.swap, operation, order_id, ["t-s"], [])
            self.refused("not a payment method", self.swap, operation, order_id, ["c-gold"], ["c-red"], "visa", "85.00")
        self.refused("is delivered, not pending", self.swap, self.shop.modify_items, "#D", ["c-gold"], ["c-red"])
        self.refused("is pending, not delivered", self.swap, self.shop.exchange_items, "#P", ["c-gold"], ["c-red"])

    def test_changed_items_are_in_the_order_which_then_stays_as_it_is(self):
        self.swap(self.shop.modify_items, "#P", ["c-gold", "c-gold"], ["c-red", "c-blue"], refund="170.50")
        order = self.shop.order("#P")
        self.assertEqual([item["item_id"] for item in order["items"]], ["c-red", "c-blue", "t-s"])
        self.assertEqual((order["status"], self.shop.total("#P")), (ITEMS_MODIFIED, Decimal("49.50")))
        arguments = {"order_id": "#P", "reason": "no longer needed", "total": Decimal("49.50")}
        self.refused("item modified", self.shop.cancel, "r2", "ana", **arguments)
        self.refused("item modified", self.swap, self.shop.modify_items, "#P", ["c-red"], ["c-gold"], request_id="r2")

    def test_a_gift_card_covers_what_it_holds(self):
        data = made_up()
        data.orders["#P"]["items"][0].update(item_id="c-red", price=Decimal("10.00"))
        data.products["cap"]["variants"]["c-gold"]["price"] = Decimal("15.01")
        self.shop = Shop(data)
        self.refused("holds 5", self.swap, self.shop.modify_items, "#P", ["c-red"], ["c-gold"], "gift")
        data.products["cap"]["variants"]["c-gold"]["price"] = Decimal("15.00")
        self.swap(self.shop.modify_items, "#P", ["c-red"], ["c-gold"], "gift")
        self.assertEqual(self.shop.user("ana")["payment_methods"]["gift"]["balance"], 0)
        self.assertEqual(self.shop.refunds(), {})

    def test_a_change_of_payment_pays_back_nothing_on_balance(self):
        change, total = self.shop.modify_payment, Decimal("220.00")
        self.refused("already", change, "r1", "ana", order_id="#P", payment_method_id="card", total=total)
        self.refused("holds 5", change, "r1", "ana", order_id="#P", payment_method_id="gift", total=total)
        self.refused("costs 220.00", change, "r1", "ana", order_id="#P", payment_method_id="paypal", total=Decimal(1))
        change("r1", "ana", order_id="#P", payment_method_id="paypal", total=total)
        moved = [(m.payment_method_id, m.amount) for m in self.shop.ledger]
        self.assertEqual(moved, [("paypal", -total), ("card", total)])
        self.assertEqual(self.shop.refunds(), {})
        self.shop.cancel("r2", "ana", order_id="#P", reason="no longer needed", total=total)
        self.assertEqual(self.shop.ledger[-1].payment_method_id, "paypal")

    def test_what_one_copy_changes_no_other_sees(self):
        data = made_up()
        self.shop = Shop(data)
        self.give_back()
        self.assertEqual(Shop(data).order("#D")["status"], "delivered")


def task(*actions, number=7):
    return {"task": number, "user_id": "ana", "instruction": "Please.", "actions": list(actions)}


RETURN = {
    "name": "return_delivered_order_items",
    "arguments": {"order_id": "#D", "item_ids": ["c-gold"], "payment_method_id": "card"},
}
SMALL_RETURN = {**RETURN, "arguments": {**RETURN["arguments"], "item_ids": ["t-s"]}}
ADDRESS = {
    "name": "modify_pending_order_address",
    "arguments": {"order_id": "#P", "address1": "1 High St", "address2": "", "city": "X", "state": "NY", "zip": "1",
                  "country": "USA"},
}


class AgentTest(unittest.TestCase):
    def work(self, client, *actions, patience=5, run="run"):
        self.shop = Shop(made_up())
        ended = agent.work(client, self.shop, task(*actions), run, patience, lambda ended: None)
        return [(e.action, e.decision, e.outcome) for e in ended]

    def paid_back(self):
        return list(self.shop.refunds().values())

    def test_a_small_refund_is_allowed_carried_out_and_reported(self):
        with stand_in() as (server, client):
            self.assertEqual(self.work(client, SMALL_RETURN), [("order.return", "allowed", "succeeded")])
        asked = server.requests["request-0"]["ask"]
        self.assertEqual(asked["arguments"]["total"], {"amount": "30.00", "currency": "USD"})
        self.assertEqual((asked["customer"], asked["trigger"]), ({"id": "ana", "orders": 2}, "task 7"))
        self.assertEqual(server.requests["request-0"]["outcome"],
                         {"grant": "grant of request-0", "status": "succeeded", "reference": "return_items 1"})
        self.assertEqual(self.shop.ledger[0].call.request_id, "request-0")

    def test_a_large_refund_is_carried_out_as_it_was_approved(self):
        def less(ask):
            return ask["arguments"] | {"total": {"amount": "60.00", "currency": "USD"}}

        with stand_in(less) as (server, client):
            self.assertEqual(self.work(client, RETURN), [("order.return", "needs_approval", "succeeded")])
        self.assertEqual(self.paid_back(), [Decimal("60.00")])
        self.assertIn("?wait=", server.calls[1][1])

    def test_it_waits_until_a_person_decides(self):
        seen = []

        def third_time(ask):
            seen.append(ask)
            return ask["arguments"] if len(seen) == 3 else None

        with stand_in(third_time) as (_, client):
            self.assertEqual(self.work(client, RETURN), [("order.return", "needs_approval", "succeeded")])

    def test_a_rejected_request_is_not_carried_out_and_the_next_one_is_asked(self):
        with stand_in(lambda ask: False) as (_, client):
            ended = self.work(client, RETURN, SMALL_RETURN)
        self.assertEqual([e[1:] for e in ended], [("needs_approval", "rejected"), ("allowed", "succeeded")])
        self.assertEqual(self.paid_back(), [Decimal("30.00")])

    def test_what_nobody_decides_is_withdrawn(self):
        with stand_in(lambda ask: None) as (server, client):
            self.assertEqual(self.work(client, RETURN, patience=0), [("order.return", "needs_approval", "cancelled")])
        self.assertEqual((server.requests["request-0"]["state"], self.paid_back()), ("cancelled", []))

    def test_a_denied_action_is_left(self):
        with stand_in() as (server, client):
            self.assertEqual(self.work(client, ADDRESS), [("order.modify_address", "denied", "not done")])
        self.assertNotIn("address", self.shop.order("#P"))
        self.assertEqual(len(server.calls), 1)

    def test_a_refusal_of_the_shop_is_reported_as_failed(self):
        with stand_in() as (server, client):
            ended = self.work(client, SMALL_RETURN, SMALL_RETURN)
        self.assertEqual([e[2] for e in ended], ["succeeded", "failed"])
        self.assertIn("is return requested", server.requests["request-1"]["outcome"]["detail"]["why"])

    def test_a_shop_that_breaks_leaves_the_outcome_unknown(self):
        broken = mock.Mock(side_effect=TimeoutError("no answer"))
        with stand_in() as (server, client), mock.patch.dict(agent.OPERATIONS, {"order.return": broken}):
            self.assertEqual(self.work(client, SMALL_RETURN), [("order.return", "allowed", "unknown")])
        self.assertEqual(server.requests["request-0"]["state"], "unknown")

    def test_nothing_is_done_while_stopped(self):
        def stop_after_approving(ask):
            server.stopped = True
            return ask["arguments"]

        with stand_in(stop_after_approving) as (server, client):
            ended = self.work(client, RETURN, SMALL_RETURN)
        self.assertEqual([e[1:] for e in ended], [("needs_approval", "not done"), ("stopped", "not done")])
        self.assertEqual(self.paid_back(), [])

    def test_nothing_is_done_on_a_grant_that_is_over(self):
        over = mock.Mock(return_value={"token": "t", "execute_within_s": 0})
        with stand_in() as (_, client), mock.patch.object(StandIn, "grant", over):
            self.assertEqual(self.work(client, SMALL_RETURN), [("order.return", "allowed", "failed")])
        self.assertEqual(self.paid_back(), [])

    def test_an_answer_that_got_lost_is_asked_for_again_under_the_same_key(self):
        with stand_in() as (server, client):
            server.trouble = ["lost", 503, 429]
            self.assertEqual(self.work(client, SMALL_RETURN), [("order.return", "allowed", "succeeded")])
        asks = [(key, body) for _, path, key, body in server.calls if path.endswith("/actions")]
        self.assertEqual((len(asks), len({key for key, _ in asks}), len(server.requests)), (4, 1, 1))

    def test_a_lost_claim_and_a_lost_report_do_not_pay_twice(self):
        with stand_in() as (server, client):
            server.trouble = [None, None, "lost", None, "lost"]
            self.assertEqual(self.work(client, RETURN), [("order.return", "needs_approval", "succeeded")])
        self.assertEqual(self.paid_back(), [Decimal("95.00")])

    def test_any_other_answer_means_do_not_act(self):
        for status in (302, 401, 409, 422, 500, 502):
            with stand_in() as (server, client):
                server.trouble = [status]
                self.assertEqual(self.work(client, SMALL_RETURN), [("order.return", "no leave", "not done")], status)
                self.assertEqual((self.paid_back(), len(server.calls)), ([], 1))

    def test_it_gives_up_in_the_end(self):
        with stand_in() as (server, client):
            server.trouble = [503] * 9
            self.assertEqual(self.work(client, SMALL_RETURN), [("order.return", "no leave", "not done")])
            self.assertEqual(len(server.calls), 5)

    def test_the_same_intent_with_another_body_is_no_leave(self):
        with stand_in() as (_, client):
            self.work(client, SMALL_RETURN)
            self.assertEqual(self.work(client, RETURN), [("order.return", "no leave", "not done")])
            self.assertEqual(self.paid_back(), [])

    def test_what_the_shop_has_no_price_for_is_not_asked(self):
        unknown = {**RETURN, "arguments": {**RETURN["arguments"], "item_ids": ["nothing"]}}
        with stand_in() as (server, client):
            self.assertEqual(self.work(client, unknown), [("order.return", "not asked", "not done")])
            self.assertEqual(server.calls, [])

    def test_a_shared_shop_carries_on_from_task_to_task(self):
        tasks = [task(SMALL_RETURN, number=n) for n in (1, 2)]
        for shared, count in ((True, 1), (False, 2)):
            with stand_in() as (_, client):
                _, refunds = agent.replay(client, made_up(), tasks, run="run", workers=1, shared_shop=shared)
                self.assertEqual(len(refunds), count)


@unittest.skipUnless((DATA / "tasks.jsonl").exists(), f"the shop's data is not in {DATA}; set TAU_RETAIL")
class ExpectedTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.data, cls.tasks, cls.rules = Data(), agent.tasks_of(DATA), expected.Rules()

    def counts(self, reviewer):
        counts = expected.run(self.data, self.tasks, self.rules, reviewer)["counts"]
        ends = [(a, d, outcomes) for a, decisions in counts.items() for d, outcomes in decisions.items()]
        return {(a, d, o): count for a, d, outcomes in ends for o, count in outcomes.items()}

    def test_the_data_is_what_it_is_known_as(self):
        expected.check(expected.figures(self.data, self.tasks))

    def test_a_lead_is_asked_for_every_refund_over_50(self):
        counts = self.counts(reviewer=True)
        asked = {action: sum(n for (a, d, _), n in counts.items() if (a, d) == (action, "needs_approval"))
                 for action in expected.Rules().scope["allow"]}
        self.assertEqual(asked["order.return"] + asked["order.cancel"], 314)
        self.assertEqual(asked["order.exchange"] + asked["order.modify_items"], 46)
        self.assertEqual(sum(asked.values()), 360)

    def test_every_return_and_cancellation_that_is_approved_succeeds(self):
        refunds = expected.run(self.data, self.tasks, self.rules, reviewer=True)["refunds"]["of"]
        paid = [refunds[action] for action in ("order.return", "order.cancel")]
        self.assertEqual(sum(p["count"] for p in paid), 323)
        self.assertEqual(sum(Decimal(p["sum"]["amount"]) for p in paid), Decimal("442335.55"))
        counts = self.counts(reviewer=True)
        done = sum(n for (a, _, o), n in counts.items() if a in ("order.return", "order.cancel") and o == "succeeded")
        self.assertEqual(done, 323)
        self.assertEqual(sum(counts.values()), 768)

    def test_without_a_reviewer_nothing_over_50_is_paid_back(self):
        counts = self.counts(reviewer=False)
        self.assertEqual({o for (_, d, o) in counts if d == "needs_approval"}, {"cancelled"})
        self.assertEqual(counts["order.modify_address", "denied", "not done"], 48)

    def test_a_rule_that_is_not_worked_out_here_is_not_overlooked(self):
        self.rules = expected.Rules()
        self.rules.thresholds[0]["when"].append({"kind": "irreversible"})
        with self.assertRaises((NotImplementedError, KeyError)):
            self.rules.decide({"action": "order.return", "arguments": {"total": agent.usd(Decimal(60))}})

    def test_the_agent_comes_to_what_is_expected(self):
        tasks = self.tasks[:100]
        for reviewer, patience in ((True, 30), (False, 0)):
            with stand_in((lambda ask: ask["arguments"]) if reviewer else (lambda ask: None)) as (_, client):
                ended, refunds = agent.replay(client, self.data, tasks, run="run", patience=patience)
            self.assertEqual(agent.summary(ended, refunds), expected.run(self.data, tasks, self.rules, reviewer))


if __name__ == "__main__":
    unittest.main()
