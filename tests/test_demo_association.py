"""The demo's association: its first months, as `./dev demo` plays them."""

import doctest
from datetime import date

from odoo.tests import TransactionCase, tagged

from ..demo.association import members
from ..demo.association.story import Association
from ..demo.clock import Calendar


@tagged("post_install", "-at_install")
class TestDemoAssociation(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=True))
        cls.said = []
        cls.env.company.write({"street": "2 quai", "zip": "44000", "city": "Nantes"})
        cls.association = Association(
            cls.env, Calendar(date(2026, 11, 20)), cls.said.append, cls.env.company
        )

    def test_examples(self):
        """The examples in the demo's own texts hold."""
        self.assertFalse(doctest.testmod(members).failed)

    def test_first_months(self):
        """The register is taken over whole; members join, pay and give; the tax
        receipts of the year before are issued in January."""
        job = self.association.set_up()
        self.assertEqual((job.imported_count, job.problem_count), (160, 0))
        for month in range(3):
            self.association.play(month)
        self.assertEqual(
            len(self.association.root["recurring.membership"].search([])), 170
        )
        campaign = self.association.receipts[0]
        self.assertEqual(campaign.state, "done")
        receipts = campaign.receipt_ids.sorted("number")
        self.assertEqual(receipts.mapped("number"), list(range(1, len(receipts) + 1)))
        self.assertEqual(receipts[0].name, "2026-00001")
        self.assertEqual(len(receipts.joint_partner_id), 1)
