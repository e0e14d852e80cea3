"""What complete lines do not cover: such invoices are made the standard way."""

# What other modules may override and still be followed by complete lines, because it
# is called here too or because their change concerns other documents only (purchases,
# expenses, point of sale). Anybody else's hand on these methods means: standard way.
KNOWN_MODULES = {
    "account",
    "analytic",
    "hr_expense",
    "point_of_sale",
    "recurring_revenue",
    "sale",
    "sale_project",
    "stock_account",
}
WATCHED_METHODS = {
    "account.move": (
        "_get_sync_stack",
        "_sync_dynamic_lines",
        "_sync_dynamic_line",
        "_sync_dynamic_line_needed_values",
        "_sync_tax_lines",
        "_sync_rounding_lines",
        "_sync_unbalanced_lines",
        "_sync_non_deductible_base_lines",
        "_sync_invoice",
        "_recompute_cash_rounding_lines",
        "_get_rounded_base_and_tax_lines",
        "_prepare_product_base_line_for_taxes_computation",
        "_get_product_base_line_currency_rate",
        "_get_discount_allocation_account",
        "_get_accounting_date_source",
        "_get_invoice_currency_rate_date",
        "_get_expected_currency_rate_at",
        "_compute_needed_terms",
        "_compute_always_tax_exigible",
        "_compute_date",
        "_compute_amount",
        "_compute_payment_state",
        "_compute_invoice_date_due",
        "_compute_invoice_currency_rate",
        "_compute_expected_currency_rate",
        "_compute_commercial_partner_id",
        "_compute_fiscal_position_id",
        "_compute_invoice_payment_term_id",
        "_compute_partner_shipping_id",
    ),
    "account.move.line": (
        "_sync_invoice",
        "_compute_account_id",
        "_compute_tax_ids",
        "_get_computed_taxes",
        "_compute_totals",
        "_compute_balance",
        "_compute_amount_currency",
        "_compute_amount_residual",
        "_compute_partner_id",
        "_compute_is_storno",
        "_compute_analytic_distribution",
        "_related_analytic_distribution",
        "_compute_epd_needed",
        "_compute_discount_allocation_needed",
    ),
    "account.payment.term": ("_compute_terms",),
}

# Values that settle what complete lines would compute.
UNUSUAL_HEADER_KEYS = {
    "amount_total",
    "invoice_cash_rounding_id",
    "line_ids",
    "quick_edit_total_amount",
    "tax_totals",
}
UNUSUAL_LINE_KEYS = {
    "amount_currency",
    "balance",
    "credit",
    "currency_id",
    "date_maturity",
    "debit",
    "deductible_amount",
    "extra_tax_data",
    "group_tax_id",
    "is_storno",
    "partner_id",
    "price_subtotal",
    "price_total",
    "tax_base_amount",
    "tax_repartition_line_id",
    "tax_tag_ids",
}


class NotCovered(Exception):
    """This invoice is made the standard way; the text says why."""


def foreign_override(env):
    """Return whose override complete lines would bypass, or None."""
    for model, methods in WATCHED_METHODS.items():
        for method in methods:
            if foreign := defining_modules(env[model], method) - KNOWN_MODULES:
                return f"{', '.join(sorted(foreign))}: {model}.{method}"
    return None


def defining_modules(records, method):
    """Return the names of the installed modules that define a method of a model."""
    return {
        definition.__module__.split(".")[2]
        for definition in type(records).mro()
        if definition.__module__.startswith("odoo.addons.")
        and method in vars(definition)
    }


def check_company(company):
    """Raise for settings of a company that need Odoo's own line synchronisation."""
    if company.account_storno:
        raise NotCovered("storno accounting")


def check_header(vals, records):
    """Raise for an invoice whose lines depend on more than its lines and its term.

    :param records: the resolved partner, commercial partner, journal, currency, term
    """
    if unusual := UNUSUAL_HEADER_KEYS.intersection(key for key in vals if vals[key]):
        raise NotCovered(f"values for {', '.join(sorted(unusual))}")
    for record in records:
        if record and not record.active:
            raise NotCovered(f"{record} is archived")
    if records[-1].early_discount:
        raise NotCovered("early payment discount")


def check_line(line):
    """Raise for a line that brings accounting amounts of its own."""
    if unusual := UNUSUAL_LINE_KEYS.intersection(line):
        raise NotCovered(f"line values for {', '.join(sorted(unusual))}")
    if not line.get("product_id"):
        raise NotCovered("a line without a product")
    if line.get("display_type", "product") != "product":
        raise NotCovered(f"a line of type {line['display_type']}")


def check_taxes(taxes):
    """Raise for taxes that are not computed like others."""
    for tax in taxes:
        if not tax.active:
            raise NotCovered(f"{tax} is archived")
        if (
            "is_withholding_tax_on_payment" in tax._fields
            and tax.is_withholding_tax_on_payment
        ):
            raise NotCovered(f"{tax} is withheld on payment")
