"""`Idempotency-Key`: answer the same request once."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from hub.domain.tokens import link_token
from hub.services.answer_once import InFlight, OtherBody
from hub.store.stored_answers import StoredAnswer
from hub.web.credentials import services_of
from hub.web.problems import Fault, Problem, ProblemResponse
from hub.web.responses import LinkResponse

HEADER = "Idempotency-Key"
LONGEST_KEY = 255
REPLAYED = "Idempotency-Replayed"
_LINK_ID = re.compile(rb"\{(li_[0-9a-z]+)\}")


async def once(request: Request, caller: str, body: bytes, work: Callable[[], Awaitable[Response]]) -> Response:
    """Do the work, unless its answer is known from before; `caller` keeps different people's keys apart."""
    key = request.headers.get(HEADER)
    if key is None:
        return await work()
    if not 0 < len(key) <= LONGEST_KEY:
        raise Problem(422, "The input does not fit.", errors=[Fault(HEADER, f"1 to {LONGEST_KEY} characters")])
    answers = services_of(request).answers
    begun = await answers.begin("\n".join((caller, request.method, request.url.path, key)), body)
    if isinstance(begun, OtherBody):
        raise Problem(409, "This Idempotency-Key was used with another body.")
    if isinstance(begun, InFlight):
        raise Problem(409, "The first request with this Idempotency-Key is still in flight.")
    if isinstance(begun, StoredAnswer):
        content = _with_tokens(begun.content or b"", _secret(request))
        return Response(content, begun.status or 200, {REPLAYED: "true"}, media_type=begun.content_type)
    try:
        answer = await _answered(work)
    except BaseException:
        await answers.forget(begun)
        raise
    if answer.status_code == 429 or answer.status_code >= 500:
        await answers.forget(begun)
    else:
        content = _without_tokens(answer, _secret(request))
        await answers.finish(begun, answer.status_code, answer.headers["content-type"], content)
    return answer


def _secret(request: Request) -> bytes:
    return services_of(request).settings.secret_key.encode()


def _without_tokens(answer: Response, secret: bytes) -> bytes:
    """Write an answer for keeping: links' tokens, which are nowhere stored, become their ids."""
    content = bytes(answer.body)
    for link_id in answer.link_ids if isinstance(answer, LinkResponse) else ():
        content = content.replace(link_token(secret, link_id).encode(), b"{%b}" % link_id.encode())
    return content


def _with_tokens(content: bytes, secret: bytes) -> bytes:
    return _LINK_ID.sub(lambda found: link_token(secret, found[1].decode()).encode(), content)


async def _answered(work: Callable[[], Awaitable[Response]]) -> Response:
    """Do the work; a problem is an answer too, which the same request gets again."""
    try:
        return await work()
    except Problem as problem:
        return ProblemResponse(problem)
