"""Ways for a server to misbehave; each is a function of one exchange.

Used as `server.fault("/api/v1/pods", faults.hang(), times=1)`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from email.utils import formatdate
from itertools import count
from time import time
from typing import Any

from . import lists
from .messages import JSON, Reply, failure, text_reply
from .status import EXPIRED, EXPIRED_BUT
from .store import encoded
from .wire import Exchange

Fault = Callable[[Exchange], None]

PROXY_PAGE = (
    "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n"
    "<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
)
LOGIN_PAGE = "<!DOCTYPE html><html><head><title>Sign in</title></head><body><form>SSO</form></body></html>\n"


def honest(exchange: Exchange) -> None:
    """No fault."""
    exchange.send(exchange.reply())


def hang() -> Fault:
    """Never answer; the connection stays open until the client or the server ends."""

    def answer(exchange: Exchange) -> None:
        exchange.wait(None)
        exchange.close()

    return answer


def slow(seconds: float) -> Fault:
    """The honest answer, late."""

    def answer(exchange: Exchange) -> None:
        exchange.wait(seconds)
        honest(exchange)

    return answer


def trickle(pause: float = 0.1) -> Fault:
    """The honest answer's head, then one byte of the body per `pause` seconds."""

    def answer(exchange: Exchange) -> None:
        reply = exchange.reply()
        body = _whole(reply)
        exchange.begin(reply.code, {"Content-Type": reply.content_type, "Content-Length": str(len(body))})
        for number in range(len(body)):
            exchange.wait(pause)
            exchange.write(body[number : number + 1])

    return answer


def reset(after: int | None = None) -> Fault:
    """RST: before any answer, or after the head and `after` bytes of the body."""

    def answer(exchange: Exchange) -> None:
        if after is not None:
            reply = exchange.reply()
            body = _whole(reply)
            head = {"Content-Type": reply.content_type, "Content-Length": str(len(body))}
            exchange.begin(reply.code, head, body[:after])
        exchange.reset()

    return answer


def half_page(chunked: bool = False) -> Fault:
    """Half of the body, then an orderly end; by its length, or its chunks, there would be more."""

    def answer(exchange: Exchange) -> None:
        reply = exchange.reply()
        body = _whole(reply)
        half = body[: len(body) // 2]
        head = {"Content-Type": reply.content_type}
        if chunked:
            exchange.begin(reply.code, {**head, "Transfer-Encoding": "chunked"})
            exchange.write(b"%x\r\n%b\r\n" % (len(half), half))
        else:
            exchange.begin(reply.code, {**head, "Content-Length": str(len(body))}, half)
        exchange.close()

    return answer


def cut_json() -> Fault:
    """Half of the body with the length of the half, as from a proxy that gave up."""
    return _changed(lambda body: body[: len(body) // 2])


def not_json() -> Fault:
    """A body that says it is JSON and is not."""
    return _changed(lambda body: b"{'kind': PodList, items: [}\n")


def html(code: int = 200, page: str | None = None) -> Fault:
    """A page of a proxy: a login form with 200, an error with 502."""
    title = f"{code} Bad Gateway" if code == 502 else f"{code} Error"
    return replies(
        text_reply(code, page or (LOGIN_PAGE if code == 200 else PROXY_PAGE.format(title=title)), "text/html")
    )


def wrong_type(content_type: str = "text/plain") -> Fault:
    """The honest body under another content type."""

    def answer(exchange: Exchange) -> None:
        exchange.send(exchange.reply(), {"Content-Type": content_type})

    return answer


def too_many(retry_after: str | int = 1) -> Fault:
    """429 with Retry-After, in seconds or as an HTTP date."""
    message = "the server has received too many requests and has asked us to try again later"
    body = failure(
        429, message, {"retryAfterSeconds": retry_after if isinstance(retry_after, int) else 1}
    ).body
    return replies(Reply(429, body, headers={"Retry-After": str(retry_after)}))


def http_date(seconds_from_now: float) -> str:
    """A time as Retry-After and Date write it."""
    return formatdate(time() + seconds_from_now, usegmt=True)


def broken(code: int = 500, message: str = "etcdserver: leader changed") -> Fault:
    """A Status of a server in trouble: 500, 503, 504."""
    return replies(failure(code, f"Internal error occurred: {message}" if code == 500 else message))


def status_200(message: str = "etcdserver: request timed out") -> Fault:
    """A Status of a failure that comes with 200, as from a careless proxy."""
    return replies(Reply(200, failure(500, message).body))


def redirect(location: str, code: int = 307) -> Fault:
    """Go somewhere else."""
    return replies(Reply(code, b"", "text/html", {"Location": location}))


def expired(proceed: bool = False) -> Fault:
    """410 to a continue token; with `proceed` a token for the rest comes along. First pages are honest."""

    def answer(exchange: Exchange) -> None:
        token = exchange.query.params.get("continue")
        if token is None:
            honest(exchange)
        elif proceed:
            exchange.send(failure(410, EXPIRED_BUT, proceed=lists.inconsistent(token)))
        else:
            exchange.send(failure(410, EXPIRED))

    return answer


def endless_pages() -> Fault:
    """Each page is the first one and names a next one."""
    numbers = count(1)

    def answer(exchange: Exchange) -> None:
        document = json.loads(_whole(exchange.reply(exchange.query.without("continue"))))
        document["metadata"]["continue"] = lists.token_after(f"page-{next(numbers)}")
        exchange.send(Reply(200, encoded(document)))

    return answer


def empty_list() -> Fault:
    """The list, without its items."""
    return _edited(lambda document: document.update(items=[], metadata={"resourceVersion": "1"}))


def null_items() -> Fault:
    """`items: null`, as Go writes an empty slice."""
    return _edited(lambda document: document.update(items=None))


def huge_item(size: int = 32 * 1024 * 1024) -> Fault:
    """The list, with one more annotation of `size` bytes at its first item."""

    def grow(document: dict[str, Any]) -> None:
        document["items"][0]["metadata"].setdefault("annotations", {})["example.com/huge"] = "x" * size

    return _edited(grow)


def clock_skew(seconds: float) -> Fault:
    """The honest answer with a Date that is off; positive is a server ahead."""

    def answer(exchange: Exchange) -> None:
        exchange.send(exchange.reply(), {"Date": http_date(seconds)})

    return answer


def replies(reply: Reply) -> Fault:
    """This answer, whatever was asked."""
    return lambda exchange: exchange.send(reply)


def _changed(change: Callable[[bytes], bytes]) -> Fault:
    def answer(exchange: Exchange) -> None:
        reply = exchange.reply()
        exchange.send(Reply(reply.code, change(_whole(reply)), JSON))

    return answer


def _edited(edit: Callable[[dict[str, Any]], None]) -> Fault:
    def change(body: bytes) -> bytes:
        document = json.loads(body)
        edit(document)
        return encoded(document)

    return _changed(change)


def _whole(reply: Reply) -> bytes:
    return reply.body if isinstance(reply.body, bytes) else b"".join(reply.body)
