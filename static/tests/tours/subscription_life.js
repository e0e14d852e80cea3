import { registry } from "@web/core/registry";

/** A subscription by form: see what it will cost, start it, look ahead, cancel it. */
registry.category("web_tour.tours").add("rr_subscription_life", {
    url: "/odoo/subscriptions",
    steps: () => [
        {
            content: "A new subscription",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "Choose the customer",
            trigger: ".o_field_widget[name=partner_id] input",
            run: "edit Tour Customer",
        },
        {
            trigger: ".o-autocomplete--dropdown-item > a:contains(Tour Customer)",
            run: "click",
        },
        {
            content: "Choose the plan",
            trigger: ".o_field_widget[name=plan_id] input",
            run: "edit Tour Yearly",
        },
        {
            trigger: ".o-autocomplete--dropdown-item > a:contains(Tour Yearly)",
            run: "click",
        },
        {
            content: "Its charges and the next invoice show at once, with tax",
            trigger:
                ".o_field_widget[name=line_ids] .o_data_row:contains(Support):contains(1,200.00)",
        },
        {
            trigger: ".o_field_widget[name=next_summary]:contains(1,440.00)",
        },
        {
            content: "Start it",
            trigger: "button[name=action_activate]",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains(Active)",
        },
        {
            content: "Look at the next invoices",
            trigger: "a.nav-link[name=upcoming]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=upcoming_table] tbody tr:contains(1,440.00)",
        },
        {
            content: "The history has begun",
            trigger: "a.nav-link[name=history]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=change_ids] .o_data_row:contains(Started)",
        },
        {
            content: "Put it on hold",
            trigger: "button[name=action_open_hold]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit Waits for the order",
        },
        {
            trigger: ".modal button[name=action_confirm]",
            run: "click",
        },
        {
            content: "The banner says so",
            trigger: ".alert:contains(Waits for the order)",
        },
        {
            trigger: "button[name=action_release]",
            run: "click",
        },
        {
            content: "Cancel the one that was billed already",
            trigger: ".o_form_view:not(:has(.alert:contains(Waits for the order)))",
        },
        {
            trigger: ".o_breadcrumb a:contains(Subscriptions), .o_back_button",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains(Tour Billed) td[name=partner_id]",
            run: "click",
        },
        {
            content: "Why was that billed?",
            trigger: "a.nav-link[name=billed]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=billed_item_ids] button[name=action_why]",
            run: "click",
        },
        {
            trigger: ".modal:contains(Why this amount?) .o_field_widget[name=why]:contains(1,200.00)",
        },
        {
            trigger: ".modal .modal-footer button:contains(Close)",
            run: "click",
        },
        {
            trigger: "button[name=action_open_cancel]",
            run: "click",
        },
        {
            content: "The plan proposes: today, with the money back",
            trigger:
                ".modal .o_field_widget[name=preview]:contains(Credit note):contains(-904.11)",
        },
        {
            content: "At the end of the term nothing is given back",
            trigger: ".modal .o_field_widget[name=when] label:contains(At the end of the term)",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=preview]:contains(Nothing is left)",
        },
        {
            trigger: ".modal .o_field_widget[name=when] label:contains(Today)",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=preview]:contains(-904.11)",
        },
        {
            trigger: ".modal .o_field_widget[name=reason_id] input",
            run: "edit Too exp",
        },
        {
            trigger: ".o-autocomplete--dropdown-item > a:contains(Too expensive)",
            run: "click",
        },
        {
            trigger: ".modal button[name=action_confirm]",
            run: "click",
        },
        {
            content: "It ends, and the next billing gives the money back",
            trigger: ".o_arrow_button_current:contains(Cancelling)",
        },
        {
            trigger: ".o_field_widget[name=next_summary]:contains(-904.11)",
        },
    ],
});

/** Each list, board and setting opens, empty or full, without an error. */
registry.category("web_tour.tours").add("rr_subscription_screens", {
    url: "/odoo/subscriptions",
    steps: () => [
        { trigger: ".o_list_view .o_data_row:contains(Tour Billed)" },
        { trigger: ".o_switch_view.o_kanban", run: "click" },
        { trigger: ".o_kanban_view .o_kanban_record:contains(Tour Billed)" },
        { trigger: ".o_switch_view.o_pivot", run: "click" },
        { trigger: ".o_pivot table" },
        { trigger: ".o_switch_view.o_graph", run: "click" },
        { trigger: ".o_graph_view" },
        ...menu("Lines", ".o_list_view .o_data_row:contains(Support)"),
        ...menu("Billed Items", ".o_list_view .o_data_row:contains(Support)"),
        ...menu("Changes", ".o_list_view .o_data_row:contains(Started)"),
        ...menu("Products", ".o_kanban_view, .o_list_view", "Configuration"),
        ...menu("Settings", ".app_settings_block:contains(Bill every night)", "Configuration"),
    ],
});

function menu(item, loaded, section = "Subscriptions") {
    return [
        {
            trigger: `.o_menu_sections button:contains(${section})`,
            run: "click",
        },
        {
            trigger: `.o-dropdown--menu .dropdown-item:contains(/^${item}$/)`,
            run: "click",
        },
        { content: `${item} is open`, trigger: loaded },
    ];
}
