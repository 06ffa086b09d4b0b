"""A notice as a mail, by SMTP."""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import TYPE_CHECKING

from monitoring.notice.undelivered import UndeliveredError
from policies.notice import IMPLICIT_TLS, filled

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from monitoring.notice.message import Message
    from policies.notice import Channel

WIDEST = 200  # signs of a header line; RFC 5322 allows 998
LATER = range(400, 500)  # replies of SMTP that mean: not now (RFC 5321)


def send(
    channel: Channel,
    message: Message,
    environment: Mapping[str, str],
    *,
    moment: dt.datetime,
    certificates: str | None,
) -> None:
    """Send a notice once.

    Args:
        channel: Whose `smtp` it is.
        message: What is told.
        environment: Values of the names in the plan.
        moment: Now, of the mail's Date.
        certificates: Path of the authority's PEM file; None for the usual authorities.

    Raises:
        UndeliveredError: It was not taken, or not for every address.
        NotFoundError: The environment lacks a name.
    """
    login = [filled(text, environment) for text in (channel.user, channel.password) if text]
    try:
        _submit(channel, mail(channel, message, moment), login, certificates)
    except smtplib.SMTPRecipientsRefused as error:
        codes = {code for code, _ in error.recipients.values()}
        raise UndeliveredError(
            f"every address was refused ({', '.join(map(str, sorted(codes)))})",
            again=codes <= set(LATER),
        ) from error
    except smtplib.SMTPResponseException as error:
        words = f"answered {error.smtp_code}"
        raise UndeliveredError(words, again=error.smtp_code in LATER) from error
    except smtplib.SMTPNotSupportedError as error:
        words = "the server offers no STARTTLS, or no login"
        raise UndeliveredError(words, again=False) from error
    except ssl.SSLError as error:
        raise UndeliveredError("its certificate or TLS was refused", again=False) from error
    except (OSError, smtplib.SMTPException) as error:
        # smtplib says of a timeout that the server hung up; the timeout is behind it.
        silent = isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)
        if silent:
            words = f"no answer within {channel.timeout_seconds:g} s"
        else:
            words = f"could not be reached ({type(error).__name__})"
        raise UndeliveredError(words, again=True) from error


def mail(channel: Channel, message: Message, moment: dt.datetime) -> EmailMessage:
    """The mail; its Message-ID is the notice's key, so that a second one shows as the same."""
    found = EmailMessage(policy=SMTP.clone(max_line_length=WIDEST))  # the key on one line
    found["Subject"] = f"[tplc] {' '.join(message.headline.split())}"
    found["From"] = channel.sender
    found["To"] = ", ".join(channel.to)
    found["Date"] = format_datetime(moment)
    found["Message-ID"] = f"<{message.key.removeprefix('sha256:')}.{channel.id}@tplc.invalid>"
    found["Auto-Submitted"] = "auto-generated"
    found["X-TPLC-Key"] = message.key
    found["X-TPLC-Trigger"] = " ".join(message.trigger.split())
    found.set_content(message.text)
    return found


def _submit(
    channel: Channel, letter: EmailMessage, login: list[str], certificates: str | None
) -> None:
    host, _, number = (channel.smtp or "").rpartition(":")
    port, limit = int(number), channel.timeout_seconds
    context = ssl.create_default_context(cafile=certificates)
    if port == IMPLICIT_TLS:
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=limit, context=context)
    else:
        server = smtplib.SMTP(host, port, timeout=limit)
    try:
        if channel.starttls and port != IMPLICIT_TLS:
            server.starttls(context=context)
        if login:
            server.login(*login)
        refused = server.send_message(letter)
    except BaseException:
        server.close()
        raise
    with contextlib.suppress(smtplib.SMTPException, OSError):
        server.quit()  # it was taken: a fault while leaving changes nothing
    if refused:
        raise PartlyRefusedError(len(refused), len(channel.to))


class PartlyRefusedError(UndeliveredError):
    """Some addresses took it: it is delivered, and sending it again would tell them twice."""

    def __init__(self, refused: int, of: int) -> None:
        super().__init__(f"{refused} of {of} addresses were refused", again=False)
