"""Decisions about VAT in plain words: in one line, and with their reasons.

Made from what a decision record keeps (``facts``: its values, or the record itself), so
that a preview reads like the real thing.
"""

from odoo.tools import LazyTranslate

from ..catalog.texts import number

_lt = LazyTranslate(__name__)

# What is charged; the place follows.
TREATMENTS = {
    "domestic": _lt("VAT of {rate} %"),
    "dom_service": _lt("VAT of {rate} %"),
    "oss": _lt("VAT of {rate} % through OSS"),
    "eu_service": _lt("reverse charge"),
    "eu_goods": _lt("goods to another member state, exempt"),
    "outside_service": _lt("service taxed outside the EU, no VAT"),
    "export": _lt("export, exempt"),
    "dom_goods": _lt("goods to an overseas department, exempt"),
    "dom_free": _lt("department without VAT"),
    "franchise": _lt("small business without VAT"),
    "members": _lt("service to members, exempt"),
    "association": _lt("association, not subject to VAT"),
    "training": _lt("professional training, exempt"),
    "out_of_scope": _lt("out of scope of VAT"),
    "by_hand": _lt("VAT of {rate} % by a fiscal position chosen by hand"),
}
NUMBERS = {
    "none": _lt("no VAT number"),
    "malformed": _lt("number with wrong digits"),
    "refused": _lt("number refused"),
    "plausible": _lt("number not confirmed yet"),
    "confirmed": _lt("number confirmed"),
}
WARNINGS = {
    "no_country": _lt("The customer has no country: treated as in the seller's."),
    "postcode_contradicts": _lt(
        "The postcode does not fit the country or the state: taxed where more VAT is "
        "due."
    ),
    "addresses_differ": _lt(
        "The service address and the billing address are not in one place for VAT: "
        "the service address decides."
    ),
    "number_missing": _lt(
        "A business without VAT number: VAT is charged as to a consumer."
    ),
    "number_malformed": _lt(
        "The digits of the VAT number are wrong: VAT is charged as to a consumer."
    ),
    "number_refused": _lt(
        "The VAT number was refused: VAT is charged as to a consumer."
    ),
    "number_unverified": _lt("Nobody has confirmed the VAT number yet."),
    "number_waits": _lt(
        "Nobody has confirmed the VAT number yet: VAT is charged until then."
    ),
    "number_not_xi": _lt(
        "Goods to Northern Ireland are exempt for a number that begins with XI only: "
        "VAT is charged."
    ),
    "number_wrong_noted": _lt(
        "The VAT number is wrong or was refused; the VAT of this sale does not depend "
        "on it."
    ),
    "number_foreign_noted": _lt(
        "The VAT number is of another country than the address; the VAT of this sale "
        "does not depend on it."
    ),
    "number_of_another_country": _lt(
        "The VAT number is of another country than the address."
    ),
    "number_of_seller_country": _lt(
        "The VAT number is of the seller's country: what is supplied is taxed there."
    ),
    "not_an_association": _lt(
        "A service to members, and the seller is no association: an ordinary service."
    ),
    "rate_unknown": _lt("No rate is known for this country: enter it."),
    "reduced_rate_unknown": _lt(
        "No reduced rate is known for this country: the standard rate is taken."
    ),
    "seller_number_missing": _lt(
        "The seller has no VAT number, which reverse charge needs."
    ),
    "location_conflict": _lt(
        "The billing address and the country of payment are of two countries: find out "
        "where the customer lives."
    ),
    "location_second_missing": _lt(
        "Electronic services to consumers are above the threshold: a second proof of "
        "the place is needed, the country of payment for instance."
    ),
    "own_tax_differs": _lt(
        "The product's own tax has a rate that its country does not know: it is "
        "charged as it stands. Check the tax and the VAT nature of the product."
    ),
    "own_tax_missing": _lt(
        "The product has no tax of its own: a tax of the decided rate is taken."
    ),
    "by_hand": _lt(
        "A fiscal position was chosen by hand and decides; by the rules it would be "
        "otherwise."
    ),
}
EVIDENCE = {
    "vat_number": _lt("the customer's VAT number and its confirmation"),
    "location": _lt("proof of where the customer is"),
    "transport": _lt("proof that the goods left"),
    "export": _lt("the customs proof of export"),
    "business_proof": _lt("proof that the customer is a business"),
    "association": _lt("the statutes, and who is a member"),
    "training_certificate": _lt("the certificate of professional training"),
}


def decision_line(env, facts, number_text=None):
    """Return e.g. "reverse charge, Germany, number confirmed".

    :param str number_text: what is said of the number instead of its kept state
    """
    parts = [_what(env, facts), _place(env, facts)]
    inputs = facts["inputs"] or {}
    if "vat_number" in (facts["evidence"] or "").split() or _doubts_number(facts):
        parts.append(number_text or _number_state(env, inputs))
    if decision_doubts(env, facts):
        parts.append(env._("to be confirmed by your accountant"))
    return ", ".join(filter(None, parts))


def decision_reasons(env, facts, nature=""):
    """Return why it is so, one sentence each: who buys, who sells, what, by which law;
    what is odd about it: ``decision_warnings``."""
    inputs = facts["inputs"] or {}
    lines = [_customer(env, inputs), _seller(env, inputs)]
    if inputs.get("position"):
        lines.append(position_sentence(env, inputs["position"]))
    if inputs.get("by_rules"):
        unsaid = dict.fromkeys(("evidence", "warnings", "rule", "mention"), "")
        unsaid |= {"inputs": inputs, "date": facts["date"]}
        rules = unsaid | inputs["by_rules"]
        lines.append(env._("By the rules it would be: %s", decision_line(env, rules)))
    supply = nature or _label(
        env, "recurring.vat.nature", "supply", inputs.get("supply")
    )
    if supply:
        lines.append(env._("Sold: %s", supply))
    if facts["source"]:
        lines.append(env._("By: %s", facts["source"]))
    evidence = (facts["evidence"] or "").split()
    if evidence:
        kept = ", ".join(word_of(env, EVIDENCE, code) for code in evidence)
        lines.append(env._("To be kept: %s", kept))
    return lines + decision_doubts(env, facts)


def position_sentence(env, position):
    """Say that a fiscal position was chosen by hand, by its name."""
    return env._("as the fiscal position “%s” says, chosen by hand", position)


def decision_doubts(env, facts):
    """Return what the decision rests on that no accountant has confirmed yet."""
    rules, mentions, rates = env["recurring.vat.rule"]._unconfirmed_on(facts["date"])
    found = [
        env._("the rule") if facts["rule"] in rules else "",
        env._("the wording of the mention") if facts["mention"] in mentions else "",
        env._("the rate") if (facts["taxed_in"], facts["rate"]) in rates else "",
    ]
    named = ", ".join(filter(None, found))
    return [env._("To be confirmed by your accountant: %s", named)] if named else []


def decision_warnings(env, facts):
    """Return what is missing or odd in what was decided from."""
    codes = (facts["warnings"] or "").split()
    return [word_of(env, WARNINGS, code) for code in codes]


def vat_page(env, lines, reasons, odd=""):
    """Return the sentences, what is odd about them, and their reasons folded away;
    False without any."""
    if not lines:
        return False
    values = {
        "lines": lines.splitlines(),
        "odd": (odd or "").splitlines(),
        "reasons": (reasons or "").splitlines(),
    }
    return env["ir.qweb"]._render("recurring_revenue.vat_line", values)


def _what(env, facts):
    text = word_of(env, TREATMENTS, facts["treatment"])
    if facts["treatment"] not in TREATMENTS:
        text = env["recurring.vat.treatment"]._name_of(facts["treatment"])
    return text.replace("{rate}", number(env, facts["rate"] or 0))


def _place(env, facts):
    """Return where it is taxed, else where the customer is, where that matters."""
    if facts["treatment"] in ("out_of_scope", "franchise", "association", "members"):
        return ""
    if facts["taxed_in"]:
        return env["recurring.vat.territory"]._name_of(facts["taxed_in"])
    inputs = facts["inputs"] or {}
    return _place_name(env, inputs)


def _place_name(env, inputs):
    """Return where the customer is: a territory of its own, else the country."""
    code, postcode = inputs.get("country") or "", inputs.get("postcode") or ""
    book = env["recurring.vat.rule"]._book()
    found = book.atlas.find(code, postcode, inputs.get("state") or "").territory
    return env["recurring.vat.territory"]._name_of(found.code if found else code)


def _customer(env, inputs):
    status = _label(env, "res.partner", "rr_vat_status", inputs.get("status"))
    where = _place_name(env, inputs) or env._("country unknown")
    place = " ".join(filter(None, (inputs.get("postcode"), where)))
    number_text = _number_state(env, inputs)
    if inputs.get("number"):
        number_text = f"{inputs['number']}, {number_text}"
    return env._(
        "Customer: %(status)s, %(place)s, %(number)s",
        status=status,
        place=place,
        number=number_text,
    )


def _seller(env, inputs):
    regime = _label(env, "recurring.vat.registration", "regime", inputs.get("regime"))
    text = env._("Seller: %s", regime)
    if inputs.get("destination"):
        text += ", " + env._("VAT of the customer's country (OSS)")
    return text


def _number_state(env, inputs):
    return word_of(env, NUMBERS, inputs.get("number_state") or "none")


def _doubts_number(facts):
    codes = (facts["warnings"] or "").split()
    return any(code.startswith("number_") for code in codes)


def word_of(env, words, code):
    """Return what a code is called in the language of the environment."""
    return env._(words[code]) if code in words else code


def _label(env, model, name, value):
    """Return a selection's value in the language of the environment."""
    field = env[model]._fields[name]
    return dict(field._description_selection(env)).get(value, "")
