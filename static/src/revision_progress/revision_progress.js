import { registry } from "@web/core/registry";

import { ImportProgress } from "@recurring_revenue/import_progress/import_progress";

const WORKING = ["applying", "withdrawing"];

/** Follows the background job that applies or withdraws a price revision. */
export class RevisionProgress extends ImportProgress {
    get isWorking() {
        const { state, stopped } = this.props.record.data;
        return WORKING.includes(state) && !stopped;
    }
}

registry.category("view_widgets").add("rr_revision_progress", {
    component: RevisionProgress,
    fieldDependencies: [
        { name: "state", type: "selection" },
        { name: "stopped", type: "boolean" },
    ],
});
