"""An in-memory copy of the shop, with the operations that its policy knows.

The shop judges for itself: it refuses what its policy refuses, whoever asks, and changes nothing then.
An operation names the request that it is carried out for, and is carried out once for it however often it is called.
Money is decimal, never float.
"""

import json
import os
from collections import Counter
from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal
from functools import wraps
from pathlib import Path
from threading import RLock

REPOSITORY = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("TAU_RETAIL") or REPOSITORY / "../shared/tau-retail").resolve()

PENDING, DELIVERED, CANCELLED = "pending", "delivered", "cancelled"
ITEMS_MODIFIED = "pending (item modified)"
RETURN_REQUESTED, EXCHANGE_REQUESTED = "return requested", "exchange requested"
CANCEL_REASONS = ("no longer needed", "ordered by mistake")


class Refused(Exception):
    """What the shop does not do, in words."""


@dataclass(frozen=True)
class Call:
    """What is done for a request; the same call again is the same thing, not another one."""

    request_id: str
    operation: str
    user_id: str
    order_id: str
    arguments: dict


@dataclass(frozen=True)
class Movement:
    """Money that moved: above zero to the customer, below zero from the customer."""

    call: Call
    payment_method_id: str
    amount: Decimal


class Data:
    """The shop as it was recorded; read once, shared by every copy, never changed."""

    def __init__(self, folder=DATA):
        self.orders = read(Path(folder) / "orders.json")
        self.users = read(Path(folder) / "users.json")
        self.products = read(Path(folder) / "products.json")


def read(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file, parse_float=Decimal, parse_int=Decimal)


def operation(carry_out):
    """Makes a method safe to repeat: the same call for the same request answers the first receipt."""

    @wraps(carry_out)
    def once(self, request_id, user_id, order_id, **arguments):
        call = Call(request_id, carry_out.__name__, user_id, order_id, deepcopy(arguments))
        with self._lock:
            if request_id in self._done:
                first, receipt = self._done[request_id]
                if first != call:
                    raise Refused(f"request {request_id} was for something else")
                return receipt
            carry_out(self, call, self._order_of(user_id, order_id), **arguments)
            receipt = f"{call.operation} {len(self._done) + 1}"
            self._done[request_id] = (call, receipt)
            return receipt

    return once


class Shop:
    """A copy of its own: what one copy changes, no other sees."""

    def __init__(self, data):
        self._data = data
        self._orders, self._users = {}, {}
        self._done = {}
        self._lock = RLock()
        self.ledger = []

    # Looking up

    def order(self, order_id):
        return self._own(self._orders, self._data.orders, order_id, "order")

    def user(self, user_id):
        return self._own(self._users, self._data.users, user_id, "customer")

    def total(self, order_id):
        """What all items of the order cost."""
        return sum((item["price"] for item in self.order(order_id)["items"]), Decimal(0))

    def worth(self, order_id, item_ids):
        """What these items of the order cost."""
        return sum((item["price"] for item in self._items(self.order(order_id), item_ids)), Decimal(0))

    def difference(self, order_id, item_ids, new_item_ids):
        """What these items cost more than the new ones: above zero it is paid back, below zero it is charged."""
        items = self._items(self.order(order_id), item_ids)
        new = [self._variant(item["product_id"], new_id) for item, new_id in pairs(items, new_item_ids)]
        return sum((item["price"] for item in items), Decimal(0)) - sum((v["price"] for v in new), Decimal(0))

    def refunds(self):
        """What was paid back on balance, by operation and request; a change of payment pays back nothing."""
        balance = Counter()
        with self._lock:
            for movement in self.ledger:
                balance[movement.call.operation, movement.call.request_id] += movement.amount
        return {of: amount for of, amount in balance.items() if amount > 0}

    # Doing

    @operation
    def return_items(self, call, order, item_ids, payment_method_id, total):
        self._check_status(order, DELIVERED)
        worth = self.worth(order["order_id"], item_ids)
        self._check_paid_back(total, worth)
        method = self._payment_method(order, payment_method_id)
        if payment_method_id != paid_with(order) and method["source"] != "gift_card":
            raise Refused(f"a refund goes to {paid_with(order)} or to a gift card, not to {payment_method_id}")

        order["status"] = RETURN_REQUESTED
        order["return_items"] = list(item_ids)
        self._move(call, order, payment_method_id, total)

    @operation
    def cancel(self, call, order, reason, total):
        self._check_status(order, PENDING)
        self._check_paid_back(total, self.total(order["order_id"]))
        if reason not in CANCEL_REASONS:
            raise Refused(f"{reason!r} is not a reason to cancel")

        order["status"] = CANCELLED
        self._move(call, order, paid_with(order), total)

    @operation
    def exchange_items(self, call, order, item_ids, new_item_ids, payment_method_id, refund=None):
        self._check_status(order, DELIVERED)
        settled = self._check_swap(order, item_ids, new_item_ids, payment_method_id, refund)

        # The customer holds the old items until the parcel is back, so the order keeps them.
        order["status"] = EXCHANGE_REQUESTED
        order["exchange_items"], order["exchange_new_items"] = list(item_ids), list(new_item_ids)
        self._move(call, order, payment_method_id, settled)

    @operation
    def modify_items(self, call, order, item_ids, new_item_ids, payment_method_id, refund=None):
        self._check_status(order, PENDING)
        settled = self._check_swap(order, item_ids, new_item_ids, payment_method_id, refund)

        for item, new_id in pairs(self._items(order, item_ids), new_item_ids):
            variant = self._variant(item["product_id"], new_id)
            item.update(item_id=new_id, price=variant["price"], options=variant["options"])
        order["status"] = ITEMS_MODIFIED
        self._move(call, order, payment_method_id, settled)

    @operation
    def modify_payment(self, call, order, payment_method_id, total):
        self._check_status(order, PENDING)
        if total != self.total(order["order_id"]):
            raise Refused(f"the order costs {self.total(order['order_id'])}, not {total}")
        earlier = paid_with(order)
        if payment_method_id == earlier:
            raise Refused(f"{earlier} is what the order is paid with already")
        self._check_balance(self._payment_method(order, payment_method_id), total)

        self._move(call, order, payment_method_id, -total)
        self._move(call, order, earlier, total)

    @operation
    def modify_address(self, call, order, **address):
        self._check_status(order, PENDING)
        order["address"] = address

    # What every operation looks at before it changes anything

    def _own(self, own, recorded, key, noun):
        """Copied when first asked for: a copy of the shop costs no more than what is used of it."""
        with self._lock:
            if key not in own:
                if key not in recorded:
                    raise Refused(f"there is no {noun} {key}")
                own[key] = deepcopy(recorded[key])
            return own[key]

    def _order_of(self, user_id, order_id):
        order = self.order(order_id)
        if order["user_id"] != user_id:
            raise Refused(f"order {order_id} is another customer's")
        return order

    def _check_status(self, order, needed):
        if order["status"] != needed:
            raise Refused(f"order {order['order_id']} is {order['status']}, not {needed}")

    def _check_paid_back(self, amount, most):
        """A person may have approved less than everything; nobody can approve more."""
        if amount is None or not 0 < amount <= most:
            raise Refused(f"there is up to {most} to pay back, and {amount} was granted")

    def _payment_method(self, order, payment_method_id):
        methods = self.user(order["user_id"])["payment_methods"]
        if payment_method_id not in methods:
            raise Refused(f"{payment_method_id} is not a payment method of this customer")
        return methods[payment_method_id]

    def _check_balance(self, method, charge):
        if method["source"] == "gift_card" and method["balance"] < charge:
            raise Refused(f"{method['id']} holds {method['balance']}, which does not cover {charge}")

    def _check_swap(self, order, item_ids, new_item_ids, payment_method_id, refund):
        """What is paid back, or below zero charged, when these items become the new ones."""
        for item, new_id in pairs(self._items(order, item_ids), new_item_ids):
            if new_id == item["item_id"]:
                raise Refused(f"{new_id} is the same item, not another option of its product")
            if not self._variant(item["product_id"], new_id)["available"]:
                raise Refused(f"{new_id} is not available")
        difference = self.difference(order["order_id"], item_ids, new_item_ids)
        method = self._payment_method(order, payment_method_id)
        if difference > 0 or refund is not None:
            self._check_paid_back(refund, max(difference, Decimal(0)))
            return refund
        self._check_balance(method, -difference)
        return difference

    def _items(self, order, item_ids):
        """Items of the order by id; an order may hold the same item twice."""
        if not item_ids:
            raise Refused("no item is named")
        left = list(order["items"])
        found = []
        for item_id in item_ids:
            item = next((item for item in left if item["item_id"] == item_id), None)
            if item is None:
                raise Refused(f"order {order['order_id']} does not hold {item_id}, or not as often")
            left = [other for other in left if other is not item]
            found.append(item)
        return found

    def _variant(self, product_id, item_id):
        variants = self._data.products[product_id]["variants"]
        if item_id not in variants:
            raise Refused(f"{item_id} is not an option of product {product_id}")
        return variants[item_id]

    def _move(self, call, order, payment_method_id, amount):
        if amount == 0:
            return
        methods = self.user(order["user_id"])["payment_methods"]
        method = methods.get(payment_method_id)
        if method is not None and method["source"] == "gift_card":
            method["balance"] += amount
        self.ledger.append(Movement(call, payment_method_id, amount))
        kind = "refund" if amount > 0 else "payment"
        order["payment_history"].append(
            {"transaction_type": kind, "amount": abs(amount), "payment_method_id": payment_method_id}
        )


def paid_with(order):
    """The original payment method, or the one that took its place."""
    payments = [p for p in order["payment_history"] if p["transaction_type"] == "payment"]
    return payments[-1]["payment_method_id"]


def pairs(items, new_item_ids):
    if len(items) != len(new_item_ids):
        raise Refused(f"{len(items)} items cannot become {len(new_item_ids)}")
    return list(zip(items, new_item_ids))
