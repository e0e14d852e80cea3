"""What the tests of price revisions share: a campaign, its rows, what is billed."""

from unittest.mock import patch

from .common_changes import ChangeCommon


class RevisionCommon(ChangeCommon):
    """On 16 April 2026; a revision takes effect on 1 July unless told otherwise."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Revision = cls.env["recurring.price.revision"]

    def _revision(self, prepare=True, **values):
        """Return a revision of all plans, by 10 percent, prepared."""
        revision = self.Revision.create(
            {
                "name": "Prices 2026",
                "percent": 10,
                "effective_date": "2026-07-01",
                **values,
            }
        )
        if prepare:
            revision.action_prepare()
        return revision

    def _row(self, revision, sub):
        return revision.line_ids.filtered(lambda row: row.subscription_id == sub)

    def _applied(self, **values):
        revision = self._revision(**values)
        revision.action_apply()
        return revision

    def _in_batches(self, revision):
        """Let the scheduled action's work be done in this transaction."""
        return patch.object(
            type(revision), "_commit_batch", lambda *args, **kwargs: float("inf")
        )

    def assertRow(self, revision, sub, old, new, day, monthly=None):
        row = self._row(revision, sub)
        self.assertEqual(
            (row.state, row.old_price, row.new_price, str(row.effective_date)),
            ("ready", old, new, day),
        )
        if monthly is not None:
            self.assertEqual(row.monthly_effect, monthly)

    def assertRowDone(self, revision, sub, old, new):
        row = self._row(revision, sub)
        self.assertEqual((row.state, row.old_price, row.new_price), ("done", old, new))

    def assertLeftOut(self, revision, sub, code, sentence):
        row = self._row(revision, sub)
        self.assertEqual((row.state, row.exclusion), ("excluded", code))
        self.assertIn(sentence, row.why)

    def charged(self, sub, day):
        """Return what billing on ``day`` invoices, before tax, and bills it."""
        before = sub.billed_item_ids
        self._bill(day)
        return sum((sub.billed_item_ids - before).mapped("amount"))
