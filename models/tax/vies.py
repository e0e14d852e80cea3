"""Asking VIES, the Commission's register of VAT numbers, and nothing but asking.

Only `recurring.vat.check` calls this, from a scheduled action or a button: the service
takes seconds, is often down, and must never hold up a billing.
"""

from dataclasses import dataclass

from lxml.etree import LxmlError
from stdnum.eu.vat import check_vies, check_vies_approx
from stdnum.exceptions import ValidationError

from odoo.tools import zeep

# VIES says that the number has the wrong form: no company has it.
WRONG_NUMBER = "INVALID_INPUT"
WRONG_REQUESTER = "INVALID_REQUESTER_INFO"


@dataclass(frozen=True, slots=True)
class Reply:
    """What VIES said: confirmed, refused, or unreachable with the reason.

    ``consultation`` is the number that proves the question: VIES gives it to who asks
    with a VAT number of their own. ``everywhere``: no other number can be asked either.
    """

    answer: str
    consultation: str = ""
    name: str = ""
    address: str = ""
    message: str = ""
    everywhere: bool = False


def ask(number, requester="", timeout=10):
    """Return the reply of VIES about a VAT number, in at most some seconds.

    :param str number: with its prefix, e.g. DE136695976
    :param str requester: the VAT number of who asks; empty: no consultation number
    :param int timeout: in seconds, for each of the exchanges with the service
    """
    try:
        return _reply(_call(number, requester, timeout))
    except zeep.exceptions.Fault as fault:
        reason = str(fault.message or fault)
        if WRONG_REQUESTER in reason and requester:
            return ask(number, "", timeout)
        if WRONG_NUMBER in reason:
            return Reply("refused", message=reason)
        return Reply("unreachable", message=reason, everywhere=_everywhere(reason))
    except ValidationError as error:  # of stdnum: the number has no form to ask with
        if requester:
            return ask(number, "", timeout)
        return Reply("refused", message=str(error))
    except (OSError, zeep.exceptions.Error, LxmlError, ValueError) as error:
        reason = str(error) or type(error).__name__
        return Reply("unreachable", message=reason[:200], everywhere=True)


def _call(number, requester, timeout):
    if requester:
        return check_vies_approx(number, requester, timeout=timeout)
    return check_vies(number, timeout=timeout)


def _reply(response):
    def told(*names):
        for name in names:
            try:
                value = response[name]
            except (KeyError, AttributeError, TypeError):
                continue
            if value and str(value).strip("- "):
                return str(value).strip()
        return ""

    return Reply(
        "confirmed" if response["valid"] else "refused",
        told("requestIdentifier"),
        told("traderName", "name"),
        told("traderAddress", "address"),
    )


def _everywhere(reason):
    """Tell whether the reason is VIES itself, not one member state's register."""
    return "MS_" not in reason
