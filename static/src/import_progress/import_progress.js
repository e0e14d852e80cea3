import { registry } from "@web/core/registry";

import { BillingProgress } from "@recurring_revenue/billing_progress/billing_progress";

/** Follows the background job of an import as a billing run is followed. */
export class ImportProgress extends BillingProgress {
    setup() {
        super.setup();
        const orm = this.orm;
        this.orm = {
            silent: {
                read: (model, ids, fields) =>
                    orm.silent.read(this.props.record.resModel, ids, fields),
            },
        };
    }
}

registry.category("view_widgets").add("rr_import_progress", {
    component: ImportProgress,
    fieldDependencies: [{ name: "state", type: "selection" }],
});
