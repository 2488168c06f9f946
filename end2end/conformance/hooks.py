"""What an envelope demands and a schema cannot say: a currency that is known, its decimals, numbers within I-JSON, and
names that can be seen."""

import re

import schemathesis

MOST = 2**53 - 1
BLANK = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"


@schemathesis.hook
def map_body(context, body):
    return fitting(body)


def fitting(value):
    if isinstance(value, dict):
        made = {name: fitting(member) for name, member in value.items()}
        amount, currency = made.get("amount"), made.get("currency")
        if isinstance(currency, str) and re.fullmatch("[A-Z]{3}", currency):
            made["currency"] = "USD"
            if isinstance(amount, str) and re.fullmatch(r"[0-9]{1,16}(\.[0-9]{1,6})?", amount):
                made["amount"] = re.sub(r"\..*", ".25", amount)[-16:]
        return made
    if isinstance(value, list):
        return [fitting(item) for item in value]
    if isinstance(value, str):
        return "".join(c if is_seen(c) else "x" for c in value)
    if isinstance(value, (int, float)) and not isinstance(value, bool) and not -MOST <= value <= MOST:
        return 7
    return value


def is_seen(c):
    variation = "\u180b" <= c <= "\u180f" or "\ufe00" <= c <= "\ufe0f" or "\U000e0000" <= c <= "\U000e0fff"
    return c.isprintable() and c not in BLANK and not variation
