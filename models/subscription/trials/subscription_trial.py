"""Trying a change: it is really made, looked at, and taken back."""

from contextlib import contextmanager

from odoo import models


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    @contextmanager
    def _trial(self):
        """Let a block change these subscriptions, then take every change back.

        What a wizard announces is what would happen, because it happens, for a
        moment. A form that is being filled in keeps its values: only what was read
        of stored records is forgotten.

            with subscription._trial() as tried:
                tried._cancel(end, credit=True)
                items = tried._difference(today)
        """
        self.env.flush_all()
        savepoint = self.env.cr.savepoint(flush=False)
        try:
            yield self.with_context(tracking_disable=True)
            self.env.flush_all()
        finally:
            savepoint.close(rollback=True)
            self._forget_trial()

    def _forget_trial(self):
        """Forget what the transaction holds of stored records; new ones stay."""
        transaction = self.env.transaction
        transaction.field_dirty.clear()
        for ids in transaction.tocompute.values():
            ids.difference_update([record_id for record_id in ids if record_id])
        for patches in transaction.field_data_patches.values():
            for record_id in [record_id for record_id in patches if record_id]:
                del patches[record_id]
        for field in list(transaction.field_data):
            known = [key for key in field._get_all_cache_ids(self.env) if key]
            field._invalidate_cache(self.env, known)
