import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { sprintf } from "@web/core/utils/strings";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { Component } from "@odoo/owl";

/**
 * A report as a table: each figure opens what it is made of, long ones have pages.
 */
export class RevenueTable extends Component {
    static template = "recurring_revenue.RevenueTable";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
    }

    get table() {
        return this.props.record.data[this.props.name];
    }

    get hasPages() {
        return this.table.count > this.table.page && this.props.name === "table";
    }

    get place() {
        const { offset, page, count } = this.table;
        return sprintf(
            _t("%(first)s-%(last)s of %(count)s"),
            { first: offset + 1, last: Math.min(offset + page, count), count }
        );
    }

    get isFirst() {
        return this.table.offset <= 0;
    }

    get isLast() {
        return this.table.offset + this.table.page >= this.table.count;
    }

    turn(step) {
        const offset = Math.max(0, this.table.offset + step * this.table.page);
        this.props.record.update({ offset });
    }

    async open(row, cell) {
        const record = this.props.record;
        if (await record.save()) {
            const column = this.props.name === "table" ? cell.key : "entry";
            const action = await this.orm.call(record.resModel, "action_open", [
                [record.resId],
                row.key,
                column,
            ]);
            await this.action.doAction(action);
        }
    }
}

registry.category("fields").add("rr_revenue_table", {
    component: RevenueTable,
    supportedTypes: ["json"],
    extractProps: () => ({}),
});
