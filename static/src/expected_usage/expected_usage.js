import { formatFloat } from "@web/views/fields/formatters";
import { parseFloat } from "@web/views/fields/parsers";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { Component } from "@odoo/owl";

/** A number for each meter of a plan: what the calculator expects to be used. */
export class ExpectedUsage extends Component {
    static template = "recurring_revenue.ExpectedUsage";
    static props = { ...standardFieldProps };

    get rows() {
        return this.props.record.data[this.props.name] || [];
    }

    shown(row) {
        const digits = Number.isInteger(row.quantity) ? 0 : 2;
        return formatFloat(row.quantity, { digits: [16, digits] });
    }

    async change(place, input) {
        const rows = this.rows.map((row) => ({ ...row }));
        try {
            rows[place].quantity = Math.max(0, parseFloat(input.value));
        } catch {
            input.value = this.shown(rows[place]);
            return;
        }
        await this.props.record.update({ [this.props.name]: rows });
    }
}

registry.category("fields").add("rr_expected_usage", {
    component: ExpectedUsage,
    supportedTypes: ["json"],
});
