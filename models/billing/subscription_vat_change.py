"""The next invoice bears another VAT than the last one: said on the subscription."""

from odoo import api, fields, models

from ..tax.vat_sentences import NUMBERS, decision_line

COMPARED = ("treatment", "rate", "taxed_in", "mention")


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    # sudo: whoever sees a subscription may know that its VAT changes, without the
    # right to read invoices.
    vat_change = fields.Text(
        string="VAT Changes", compute="_compute_vat_change", compute_sudo=True
    )

    @api.depends("billed_item_ids", "vat_line")
    @api.depends_context("lang")
    def _compute_vat_change(self):
        for sub in self:
            texts = []
            now = sub._vat_of_products() if sub.state != "closed" else {}
            last = sub._vat_last_lines() if now else {}
            for product, facts in now.items():
                line = last.get(product)
                if line and sub._vat_differs(line.rr_vat_decision_id, facts):
                    texts += sub._vat_change_texts(line, facts)
            sub.vat_change = "\n".join(dict.fromkeys(texts))

    def _vat_last_lines(self):
        """Return ``{product: its line on the last invoice that has it}``."""
        lines = self.env["account.move.line"].search(
            [
                ("rr_subscription_id", "=", self.id),
                ("rr_vat_decision_id", "!=", False),
                ("parent_state", "!=", "cancel"),
                ("move_id.move_type", "=", "out_invoice"),
            ],
            order="invoice_date desc, id desc",
            limit=50,
        )
        found = {}
        for line in lines:
            found.setdefault(line.product_id, line)
        return found

    def _vat_differs(self, then, now):
        return any((then[name] or False) != (now[name] or False) for name in COMPARED)

    def _vat_change_texts(self, line, now):
        """Say what was, what will be, and which facts changed."""
        then, env = line.rr_vat_decision_id, self.env
        invoice = line.move_id.name or env._("the last draft")
        return [
            env._("The next invoice bears another VAT than %s.", invoice),
            env._("Then: %s", decision_line(env, then)),
            env._("Now: %s", decision_line(env, now)),
            *self._vat_changed_facts(then.inputs or {}, now["inputs"]),
            *self._vat_changed_seller(then.inputs or {}, now),
        ]

    def _vat_changed_facts(self, then, now):
        """Say what changed about the customer and the product."""
        env = self.env
        place = ("country", "postcode", "state")
        if any((then.get(name) or "") != (now.get(name) or "") for name in place):
            address = self.partner_shipping_id or self.partner_invoice_id
            where = address._display_address(without_company=True)
            text = ", ".join(filter(None, map(str.strip, where.splitlines())))
            yield env._("The customer's address changed: %s.", text)
        if then.get("number") and not now.get("number"):
            yield env._("The customer has no VAT number any more.")
        elif then.get("number_state") != now.get("number_state"):
            state = env._(NUMBERS[now.get("number_state") or "none"])
            yield env._(
                "VAT number %(number)s: %(state)s.",
                number=now.get("number") or "",
                state=state,
            )
        if then.get("status") != now.get("status"):
            yield env._("The customer is another kind of customer now.")
        if then.get("supply") != now.get("supply"):
            yield env._("The product's VAT nature changed.")

    def _vat_changed_seller(self, then, now):
        """Say what changed about the company."""
        env, inputs = self.env, now["inputs"]
        if then.get("regime") != inputs.get("regime"):
            yield env._("The company's VAT regime changed.")
        if now["treatment"] == "oss" and not then.get("destination"):
            yield env._(
                "The threshold of distance sales is crossed, or you opted: consumers "
                "of other member states bear their country's VAT."
            )
