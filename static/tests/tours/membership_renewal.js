import { registry } from "@web/core/registry";

/** A secretary calls the members for the season: list, leave out, prepare, send. */
registry.category("web_tour.tours").add("rr_membership_renewal", {
    steps: () => [
        {
            content: "The empty list teaches what a campaign does",
            trigger: ".o_view_nocontent:contains(Call your members for the next season)",
        },
        {
            content: "A new campaign",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "Plan and season are proposed",
            trigger: ".o_field_widget[name=plan_ids]:contains(Tour Season)",
        },
        {
            content: "List who is due",
            trigger: "button[name=action_list]:contains(List Who Is Due)",
            run: "click",
        },
        {
            content: "Who is due, for how much",
            trigger: ".o_field_widget[name=summary]:contains(3 members to call)",
        },
        {
            content: "Who is left out, and why",
            trigger: ".o_data_row:contains(Tour Honorary):contains(Owes nothing)",
        },
        {
            content: "One is left out by hand",
            trigger: ".o_data_row:contains(Tour Third) button[name=action_exclude]",
            run: "click",
        },
        {
            content: "It says so",
            trigger: ".o_data_row:contains(Tour Third):contains(By hand)",
        },
        {
            content: "Prepare the calls",
            trigger: "button[name=action_prepare]:contains(Prepare the calls of 2 members)",
            run: "click",
        },
        {
            content: "Nobody was told yet",
            trigger: ".o_field_widget[name=summary]:contains(Nobody was told yet)",
        },
        {
            content: "Call and send",
            trigger: "button[name=action_send]",
            run: "click",
        },
        {
            content: "The question says what happens",
            trigger: ".modal:contains(an e-mail goes to each payer) .modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "It is on record",
            trigger: ".o_statusbar_status .o_arrow_button_current:contains(Called)",
        },
        {
            content: "The calls are one press away",
            trigger: "button[name=action_open_dues]",
            run: "click",
        },
        {
            content: "Both are there",
            trigger: ".o_list_view .o_data_row:nth-child(2)",
        },
    ],
});
