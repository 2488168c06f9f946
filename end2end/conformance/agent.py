"""An agent as somebody writes it with the client that `openapi-python-client` makes from the description."""

import sys
import uuid
from collections.abc import Callable
from typing import TypeVar

import httpx
from reins_client import AuthenticatedClient
from reins_client.api.actions import ask, claim, follow, report_outcome
from reins_client.api.agent import know_yourself
from reins_client.models import (
    Ask,
    AskArguments,
    Customer,
    Decided,
    DecisionWord,
    Grant,
    Outcome,
    OutcomeStatus,
    Permissions,
    Problem,
    RequestState,
)

T = TypeVar("T")


def good(answer: T | Problem | None) -> T:
    if answer is None or isinstance(answer, Problem):
        raise SystemExit(f"refused: {answer}")
    return answer


def ask_for_return(client: AuthenticatedClient, amount: str) -> Decided:
    arguments = {
        "order_id": f"#W{uuid.uuid4().int % 10**7}",
        "item_ids": ["9624127908"],
        "payment_method_id": "credit_card_4190576",
        "total": {"amount": amount, "currency": "USD"},
    }
    body = Ask(
        action="order.return",
        arguments=AskArguments.from_dict(arguments),
        customer=Customer(id="omar_anderson_3203", orders=3),
        trigger=f"ticket {uuid.uuid4()}",
        input_="I want to return the kettle.",
        reasoning="Delivered six days ago; the policy allows it.",
        model="vendor/model-2026-08",
        prompt_version="cs-14",
        agent_version="2026-11-03",
    )
    return good(ask.sync(client=client, body=body, idempotency_key=str(uuid.uuid4())))


def report(client: AuthenticatedClient, request: uuid.UUID, grant: Grant, status: OutcomeStatus) -> RequestState:
    body = Outcome(status=status, grant=grant.token, reference="refund 991")
    return good(report_outcome.sync(request, client=client, body=body)).state


def run(address: str, key: str, approve: Callable[[uuid.UUID], None]) -> None:
    client = AuthenticatedClient(base_url=f"{address}/api/v1", token=key, timeout=httpx.Timeout(40))

    small = ask_for_return(client, "20.00")
    assert small.decision == DecisionWord.ALLOWED and isinstance(small.grant, Grant), small
    assert report(client, small.id, small.grant, OutcomeStatus.SUCCEEDED) == RequestState.SUCCEEDED

    large = ask_for_return(client, "77.25")
    assert large.decision == DecisionWord.NEEDS_APPROVAL and large.grant is None, large
    early = claim.sync(large.id, client=client, idempotency_key="early")
    assert isinstance(early, Problem) and early.type_ == "/problems/not-approved", early
    approve(large.id)
    assert good(follow.sync(large.id, client=client, wait=15)).state == RequestState.APPROVED
    claimed = good(claim.sync(large.id, client=client, idempotency_key="claim"))
    assert claimed.arguments.additional_properties["total"] == {"amount": "77.25", "currency": "USD"}, claimed
    assert report(client, large.id, claimed.grant, OutcomeStatus.FAILED) == RequestState.FAILED

    permissions = good(know_yourself.sync(client=client)).permissions
    assert isinstance(permissions, Permissions)
    assert "cs-leads" in [rule.queue for rule in permissions.approval_thresholds.rules]
    print("agent: the first call, a claim and an outcome, with a client made from the description")


if __name__ == "__main__":
    sys.exit("run by `make conformance`")
