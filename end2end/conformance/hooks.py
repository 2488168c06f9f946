"""What an envelope demands and a schema cannot say: a currency that is known, its decimals, and numbers within I-JSON."""

import re

import schemathesis

MOST = 2**53 - 1


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
    if isinstance(value, (int, float)) and not isinstance(value, bool) and not -MOST <= value <= MOST:
        return 7
    return value
