import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatDate, deserializeDate } from "@web/core/l10n/dates";
import { KanbanRenderer } from "@web/views/kanban/kanban_renderer";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { ListRenderer } from "@web/views/list/list_renderer";
import { listView } from "@web/views/list/list_view";

import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";

/** Counts members by where they stand; a click shows those of one count. */
export class MemberCounts extends Component {
    static template = "recurring_revenue.MemberCounts";
    static props = { list: { type: Object, optional: true } };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ counts: {} });
        onWillStart(() => this.load());
        onWillUpdateProps(() => this.load());
    }

    /** The day that is asked about, if it is not today: "2026-03-01". */
    get day() {
        return this.env.searchModel.context.membership_day;
    }

    get dayText() {
        return this.day ? formatDate(deserializeDate(this.day)) : "";
    }

    async load() {
        const context = this.day ? { membership_day: this.day } : {};
        this.state.counts = await this.orm.call(
            "recurring.membership",
            "member_counts",
            [],
            { context }
        );
    }

    /** Show the members of one filter; a second click shows all again. */
    show(name) {
        const model = this.env.searchModel;
        const [item] = model.getSearchItems((one) => one.name === name);
        if (!item) {
            return;
        }
        for (const facet of model.getSearchItems(
            (one) => one.type === "filter" && one.isActive && one.id !== item.id
        )) {
            model.toggleSearchItem(facet.id);
        }
        model.toggleSearchItem(item.id);
    }

    isActive(name) {
        const [item] = this.env.searchModel.getSearchItems((one) => one.name === name);
        return Boolean(item && item.isActive);
    }
}

export class MembersKanbanRenderer extends KanbanRenderer {
    static template = "recurring_revenue.MembersKanbanRenderer";
    static components = { ...KanbanRenderer.components, MemberCounts };
}

export class MembersListRenderer extends ListRenderer {
    static template = "recurring_revenue.MembersListRenderer";
    static components = { ...ListRenderer.components, MemberCounts };
}

registry.category("views").add("rr_members_kanban", {
    ...kanbanView,
    Renderer: MembersKanbanRenderer,
});

registry.category("views").add("rr_members_list", {
    ...listView,
    Renderer: MembersListRenderer,
});
