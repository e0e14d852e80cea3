import { deserializeDate } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { Component } from "@odoo/owl";

const RUN = "recurring.revenue.run";

/**
 * Shows what the server tells of a closing. Its elements open records (`data-model`,
 * `data-id`), mend a check (`data-check` with month and company) or choose the month
 * (`data-month`, with `data-id` where that month has a closing).
 */
export class ClosingHtmlField extends Component {
    static template = "recurring_revenue.ClosingHtml";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
    }

    get html() {
        return this.props.record.data[this.props.name] || "";
    }

    async onClick(ev) {
        const { month, check, model, id, company } =
            ev.target.closest("[data-month], [data-check], [data-model]")?.dataset ||
            {};
        if (!month && !model) {
            return;
        }
        ev.preventDefault();
        if (check) {
            const action = await this.orm.call(RUN, "get_check_action", [
                check,
                month,
                parseInt(company),
            ]);
            return action && this.action.doAction(action);
        }
        if (model || id) {
            return this.open(model || RUN, parseInt(id));
        }
        return this.choose(month);
    }

    open(model, id, context = {}) {
        return this.action.doAction(
            {
                type: "ir.actions.act_window",
                res_model: model,
                res_id: id,
                views: [[false, "form"]],
                context,
            },
            // Another month takes the place of this one: no trail of months.
            model === RUN ? { stackPosition: "replaceCurrentAction" } : {}
        );
    }

    /** A month without a closing: this one, where it is not saved; else a new one. */
    choose(month) {
        const record = this.props.record;
        if (record.isNew) {
            return record.update({ month: deserializeDate(month) });
        }
        return this.open(RUN, false, {
            default_month: month,
            default_company_id: record.data.company_id?.id,
        });
    }
}

registry.category("fields").add("rr_closing_html", {
    component: ClosingHtmlField,
    supportedTypes: ["html"],
    fieldDependencies: [
        { name: "month", type: "date" },
        { name: "company_id", type: "many2one", relation: "res.company" },
    ],
});
