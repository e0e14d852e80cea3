"""What the tests of documents in the background share: a document, and the work."""

from unittest.mock import patch

from .common_membership import MembershipCommon


class PrintCommon(MembershipCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.document = cls._document()
        cls.mail = cls.env["mail.template"].create(
            {
                "name": "Letter",
                "model_id": cls.env["ir.model"]._get_id("recurring.membership"),
                "subject": "Letter to {{ object.number }}",
                "partner_to": "{{ object.partner_id.id }}",
                "lang": "{{ object.partner_id.lang }}",
                "use_default_to": False,
                "body_html": "<p>Hello</p>",
            }
        )

    @classmethod
    def _document(cls):
        """Return a report that says the name of a member and the language."""
        view = cls.env["ir.ui.view"].create(
            {
                "name": "letter",
                "type": "qweb",
                "key": "recurring_revenue.test_letter",
                "arch": """
                    <t t-name="recurring_revenue.test_letter">
                        <t t-call="web.html_container">
                            <div t-foreach="docs" t-as="o" class="article"
                                t-att-data-oe-model="o._name" t-att-data-oe-id="o.id">
                                <p>Letter to <t t-out="o.partner_id.name" />
                                in <t t-out="o.env.lang" /></p>
                            </div>
                        </t>
                    </t>""",
            }
        )
        cls.env["ir.model.data"].create(
            {
                "module": "recurring_revenue",
                "name": "test_letter",
                "model": "ir.ui.view",
                "res_id": view.id,
            }
        )
        return cls.env["ir.actions.report"].create(
            {
                "name": "Letter",
                "model": "recurring.membership",
                "report_name": "recurring_revenue.test_letter",
                "print_report_name": "'Letter %s' % object.number",
            }
        )

    def _members(self, *names, **partner):
        members = self.env["recurring.membership"]
        for name in names:
            members |= self._member(name, "2026-09-01")
        members.partner_id.write({"lang": "en_US", **partner})
        return members

    def _run(self, members, template=None, **values):
        runs = self.env["recurring.print.run"]
        return runs._start("Letters", self.document, members, template, **values)

    def _work(self, run):
        """Work a run off as a scheduled action does, without its commits."""
        with patch.object(
            type(run), "_commit_document", lambda *args, **kwargs: float("inf")
        ):
            run.sudo()._work()
        run.invalidate_recordset()

    def _states(self, run):
        return [line.state for line in run.line_ids.sorted("id")]
