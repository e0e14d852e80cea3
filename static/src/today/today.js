import { _t } from "@web/core/l10n/translation";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { Component, onWillStart, useState } from "@odoo/owl";

/**
 * The home of the app: what needs a person, the first steps of a new user, and the
 * next billing. Everything comes from one call; nothing is computed here.
 */
export class Today extends Component {
    static template = "recurring_revenue.Today";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.dialog = useService("dialog");
        this.state = useState({ sections: [], steps: [], gauges: [], next: false });
        this.display = { controlPanel: {} };
        this.env.config.setDisplayName(_t("Today"));
        onWillStart(async () => {
            Object.assign(
                this.state,
                await this.orm.call("recurring.today", "get_today", [])
            );
        });
    }

    get isEmpty() {
        return !this.state.sections.length && !this.state.steps.length;
    }

    /** The first step that is not done: the only one with a coloured button. */
    get nextStep() {
        return this.state.steps.find((step) => !step.done)?.id;
    }

    open(action) {
        return this.action.doAction(action);
    }

    /** A section's second button: does something and opens what came of it. */
    doSecond(second) {
        this.dialog.add(ConfirmationDialog, {
            body: second.confirm,
            confirmLabel: second.button,
            confirm: async () => {
                const action = await this.orm.call(second.model, second.method, [
                    second.ids,
                ]);
                await this.action.doAction(action);
            },
            cancel: () => {},
        });
    }

    openEntry(entry) {
        return this.action.doAction(
            entry.action || {
                type: "ir.actions.act_window",
                res_model: entry.model,
                res_id: entry.res_id,
                views: [[false, "form"]],
            }
        );
    }
}

registry.category("actions").add("recurring_revenue.today", Today);
