import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { Component } from "@odoo/owl";

/**
 * Shows HTML that the server made, and opens the records that its links name
 * (`data-model`, `data-id`) in the client, so that the breadcrumb leads back.
 */
export class BillingPreviewField extends Component {
    static template = "recurring_revenue.BillingPreview";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
    }

    get html() {
        return this.props.record.data[this.props.name] || "";
    }

    onClick(ev) {
        const link = ev.target.closest("a[data-model]");
        if (!link) {
            return;
        }
        ev.preventDefault();
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: link.dataset.model,
            res_id: parseInt(link.dataset.id),
            views: [[false, "form"]],
        });
    }
}

registry.category("fields").add("rr_billing_preview", {
    component: BillingPreviewField,
    supportedTypes: ["html"],
});
