"""Trying again: a few times, waiting longer each time, never beyond the limit.

Waits are exponential with full jitter (Brooker, AWS Architecture Blog 2015): many sites whose
server comes back do not knock at the same moment. The only door to tenacity.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from monitoring.notice.undelivered import UndeliveredError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tenacity import RetryCallState

FIRST, LONGEST = 0.5, 20.0  # seconds: the bound of the first wait, and of any


def again(
    send: Callable[[], None],
    *,
    tries: int,
    seconds: float,
    seed: str,
    sleep: Callable[[float], None],
) -> None:
    """Call until it succeeds, its fault cannot be mended by waiting, or tries or time are used up.

    Args:
        send: What is tried.
        tries: How often, at most.
        seconds: No further try begins after so many.
        seed: Of the jitter.
        sleep: How to wait.

    Raises:
        UndeliveredError: Of the last try.
    """
    from tenacity import Retrying, retry_if_exception, stop_after_attempt, stop_before_delay

    rng = random.Random(seed)  # noqa: S311 - a wait, no key

    def wait(state: RetryCallState) -> float:
        bound = min(LONGEST, FIRST * 2 ** (state.attempt_number - 1))
        return rng.uniform(0, bound)

    Retrying(
        stop=stop_after_attempt(tries) | stop_before_delay(seconds),
        wait=wait,
        retry=retry_if_exception(_later),
        sleep=sleep,
        reraise=True,
    )(send)


def _later(error: BaseException) -> bool:
    return isinstance(error, UndeliveredError) and error.again
