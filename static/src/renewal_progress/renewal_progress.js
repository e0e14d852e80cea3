import { registry } from "@web/core/registry";

import { BillingProgress } from "@recurring_revenue/billing_progress/billing_progress";

const WORKING = ["listing", "preparing", "sending"];

/** Follows the background job of a renewal campaign. */
export class RenewalProgress extends BillingProgress {
    get isWorking() {
        const { state, stopped } = this.props.record.data;
        return WORKING.includes(state) && !stopped;
    }
}

registry.category("view_widgets").add("rr_renewal_progress", {
    component: RenewalProgress,
    fieldDependencies: [
        { name: "state", type: "selection" },
        { name: "stopped", type: "boolean" },
    ],
});
