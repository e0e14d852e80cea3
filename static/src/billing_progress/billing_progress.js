import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { Component, onMounted, onPatched, onWillUnmount, useState } from "@odoo/owl";

const WORKING = ["previewing", "running"];
const POLL = 2000; // ms between two looks
const PATIENCE = 45; // looks without progress before we say what to check

/**
 * Follows the background job of a record with ``state``, ``progress`` and
 * ``progress_text``: a bar while it works, then the record is loaded anew, once, and
 * shows what happened.
 */
export class BillingProgress extends Component {
    static template = "recurring_revenue.BillingProgress";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ progress: 0, text: "", idle: 0 });
        this.timer = null;
        onMounted(() => this.follow());
        onPatched(() => this.follow());
        onWillUnmount(() => this.stop());
    }

    get isWorking() {
        return WORKING.includes(this.props.record.data.state);
    }

    get isSlow() {
        return this.state.idle > PATIENCE;
    }

    get percent() {
        return Math.min(100, Math.round(this.state.progress));
    }

    follow() {
        if (this.isWorking && !this.timer) {
            this.look();
        }
    }

    stop() {
        browser.clearTimeout(this.timer);
        this.timer = null;
        this.stopped = true;
    }

    async look() {
        const record = this.props.record;
        this.stopped = false;
        this.timer = -1; // a look is under way
        try {
            const [run] = await this.orm.silent.read(
                record.resModel,
                [record.resId],
                ["state", "progress", "progress_text"]
            );
            if (this.stopped) {
                return;
            }
            this.timer = null;
            this.show(run);
            if (run.state !== record.data.state) {
                await record.load();
                return;
            }
        } catch (error) {
            // The server is away or busy for a moment: look again.
            if (this.stopped) {
                return;
            }
            console.warn("Progress:", error.message);
        }
        this.timer = browser.setTimeout(() => this.look(), POLL);
    }

    show(run) {
        const moved = run.progress_text !== this.state.text;
        Object.assign(this.state, {
            progress: run.progress,
            text: run.progress_text,
            idle: moved ? 0 : this.state.idle + 1,
        });
    }
}

registry.category("view_widgets").add("rr_billing_progress", {
    component: BillingProgress,
    fieldDependencies: [{ name: "state", type: "selection" }],
});
