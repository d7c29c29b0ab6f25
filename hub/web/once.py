"""`Idempotency-Key`: answer the same request once."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from hub.domain.tokens import device_token, link_token, portal_key
from hub.services.answer_once import InFlight, Made, Mine, OtherBody
from hub.store.stored_answers import StoredAnswer
from hub.web.credentials import services_of
from hub.web.problems import Fault, Problem, ProblemResponse
from hub.web.responses import TokenResponse

HEADER = "Idempotency-Key"
LONGEST_KEY = 255
REPLAYED = "Idempotency-Replayed"
_DERIVED = {"li": link_token, "de": device_token, "po": portal_key}
"""How tokens follow from ids, by the ids' prefixes."""
_ID = re.compile(rb"\{((?:li|de|po)_[0-9a-z]+)\}")


Work = Callable[[bytes | None], Awaitable[Response]]
"""Does the work and answers it; given a claim, it may note in its transaction what it has made."""
Again = Callable[[str], Awaitable[Response]]
"""Answers once more, from the id that the work has noted."""


async def once(request: Request, caller: str, body: bytes, work: Work, again: Again | None = None) -> Response:
    """Do the work, unless its answer is known from before; `caller` keeps different people's keys apart."""
    key = request.headers.get(HEADER)
    if key is None:
        return await work(None)
    if not 0 < len(key) <= LONGEST_KEY:
        raise Problem(422, "The input does not fit.", errors=[Fault(HEADER, f"1 to {LONGEST_KEY} characters")])
    answers = services_of(request).answers
    match await answers.begin("\n".join((caller, request.method, request.url.path, key)), body):
        case OtherBody():
            raise Problem(409, "This Idempotency-Key was used with another body.")
        case InFlight():
            raise Problem(409, "The first request with this Idempotency-Key is still in flight.")
        case StoredAnswer(status=status, content=content, content_type=kind):
            known = _with_tokens(content or b"", services_of(request).settings.secret)
            return Response(known, status or 200, {REPLAYED: "true"}, media_type=kind)
        case Made(mine=mine, reference=reference) if again:
            return await _keep(request, mine, await again(reference))
        case Mine() as mine:
            return await _do(request, mine, work)
    raise Problem(409, "What this Idempotency-Key has made cannot be answered again.")


async def _do(request: Request, mine: Mine, work: Work) -> Response:
    try:
        answer = await work(mine.key)
    except Problem as problem:  # an answer too, which the same request gets again
        answer = ProblemResponse(problem)
    except BaseException:
        await services_of(request).answers.forget(mine)
        raise
    return await _keep(request, mine, answer)


async def _keep(request: Request, mine: Mine, answer: Response) -> Response:
    answers = services_of(request).answers
    if answer.status_code == 429 or answer.status_code >= 500:
        await answers.forget(mine)
    else:
        content = _without_tokens(answer, services_of(request).settings.secret)
        await answers.finish(mine, answer.status_code, answer.headers["content-type"], content)
    return answer


def _without_tokens(answer: Response, secret: bytes) -> bytes:
    """Write an answer for keeping: tokens, which are nowhere stored, become their ids."""
    content = bytes(answer.body)
    for id_ in answer.ids if isinstance(answer, TokenResponse) else ():
        content = content.replace(_token(secret, id_), b"{%b}" % id_.encode())
    return content


def _with_tokens(content: bytes, secret: bytes) -> bytes:
    return _ID.sub(lambda found: _token(secret, found[1].decode()), content)


def _token(secret: bytes, id_: str) -> bytes:
    return _DERIVED[id_.partition("_")[0]](secret, id_).encode()
