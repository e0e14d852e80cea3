"""What the dry run of a billing adds up: plain data that is kept between batches."""

SHOWN = 200  # documents and problems that are listed; all are counted


def empty_sums(total):
    """Return the sums of a preview that has looked at nothing yet.

    ``total`` is the number of subscriptions due.
    """
    return {
        "total": total,
        "done": 0,
        "cursor": "",
        "made_at": False,
        "subscriptions": 0,
        "without": 0,
        "invoices": 0,
        "credit_notes": 0,
        "new": 0,
        "prorated": 0,
        "credited": 0,
        "company": [0.0, 0.0, 0.0],
        "currencies": {},
        "vat": {},
        "documents": [],
        "problem_count": 0,
        "problems": [],
        # What later stages carry from batch to batch.
        "carried": {},
    }


def add_document(sums, document, currency, company_currency):
    """Add one invoice or credit note; a credit note counts negative.

    :param document: the data that :meth:`_preview_document` returns: what is shown of
        it, with ``amounts`` in its currency, ``company_amounts`` and ``vat``.
    """
    sign = -1 if document["refund"] else 1
    sums["credit_notes" if document["refund"] else "invoices"] += 1
    per_currency = sums["currencies"].setdefault(str(currency.id), [0.0, 0.0, 0.0])
    _add(per_currency, document["amounts"], sign, currency)
    company_amounts = document.pop("company_amounts")
    _add(sums["company"], company_amounts, sign, company_currency)
    for key, amounts in document.pop("vat").items():
        _add(sums["vat"].setdefault(key, [0.0, 0.0]), amounts, sign, company_currency)
    document["size"] = abs(company_amounts[2])
    sums["documents"].append(document)


def add_problem(sums, problem):
    """Add a subscription that could not be billed."""
    sums["problem_count"] += 1
    if len(sums["problems"]) < SHOWN:
        sums["problems"].append(problem)


def keep_biggest(sums):
    """List only the biggest documents, credit notes among them by their size."""
    sums["documents"].sort(key=lambda document: -document["size"])
    del sums["documents"][SHOWN:]


def _add(totals, amounts, sign, currency):
    for position, amount in enumerate(amounts):
        totals[position] = currency.round(totals[position] + sign * amount)
