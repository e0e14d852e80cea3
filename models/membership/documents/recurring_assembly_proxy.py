"""Who votes for somebody else at an assembly."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .document_company import long_day


class RecurringAssemblyProxy(models.Model):
    """One member lets another vote at an assembly."""

    _name = "recurring.assembly.proxy"
    _description = "Proxy at an Assembly"
    _order = "assembly_id, id"
    _check_company_auto = True

    assembly_id = fields.Many2one(
        "recurring.assembly", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="assembly_id.company_id", store=True, index=True
    )
    giver_id = fields.Many2one(
        "recurring.membership",
        string="Gives Proxy",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    holder_id = fields.Many2one(
        "recurring.membership",
        string="Proxy Holder",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    received_on = fields.Date(default=fields.Date.context_today)

    _once = models.UniqueIndex(
        "(assembly_id, giver_id)", "This member gave a proxy already."
    )
    _not_oneself = models.Constraint(
        "CHECK(giver_id != holder_id)", "A proxy is given to somebody else."
    )

    @api.constrains("assembly_id", "giver_id", "holder_id")
    def _check_proxy(self):
        for proxy in self:
            # Who gives at the same time waits here, so that nobody gets too many.
            proxy.assembly_id.lock_for_update()
            assembly, voters = proxy.assembly_id, proxy.assembly_id._voters()
            for member in proxy.giver_id | proxy.holder_id:
                if member not in voters:
                    raise ValidationError(
                        self.env._(
                            "%(member)s may not vote on %(day)s.",
                            member=member.display_name,
                            day=long_day(self.env, assembly.date),
                        )
                    )
            others = self.search([("assembly_id", "=", assembly.id)])
            held = others.filtered(lambda one, p=proxy: one.holder_id == p.holder_id)
            if len(held) > assembly.max_proxies:
                raise ValidationError(
                    self.env._(
                        "%(member)s would hold %(count)s proxies: at most %(limit)s "
                        "per person.",
                        member=proxy.holder_id.display_name,
                        count=len(held),
                        limit=assembly.max_proxies,
                    )
                )
            if proxy.holder_id in others.giver_id or proxy.giver_id in others.holder_id:
                raise ValidationError(
                    self.env._("A proxy cannot be passed on: who gives one holds none.")
                )
