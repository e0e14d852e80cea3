import { registry } from "@web/core/registry";

const CONTINUE = ".o_statusbar_buttons button[name=action_next].btn-primary";
const at = (step) => `.o_arrow_button_current:contains(${step})`;
const type = (name, text) => ({
    trigger: `.o_field_widget[name=${name}] input`,
    run: `edit ${text}`,
});

/** The set-up from its first page to its last: the company is French, and new. */
registry.category("web_tour.tours").add("rr_vat_set_up", {
    url: "/odoo/vat-set-up",
    steps: () => [
        {
            content: "The regime is chosen; consumers abroad by option",
            trigger: ".o_field_widget[name=oss_option] input",
            run: "click",
        },
        {
            content: "A franchise has no option for debits to choose",
            trigger: ".o_field_widget[name=regime] label:contains(293 B)",
            run: "click",
        },
        {
            trigger: ".o_form_sheet:not(:has(.o_field_widget[name=debits]))",
        },
        {
            trigger: ".o_field_widget[name=regime] label:contains(Normal)",
            run: "click",
        },
        { trigger: ".o_field_widget[name=debits]" },
        { trigger: CONTINUE, run: "click" },
        {
            content: "What is missing is said",
            trigger: `${at("Company")}`,
        },
        { trigger: ".alert-warning:contains(Kind of seller)" },
        {
            trigger: ".o_field_widget[name=rr_legal_kind] label:contains(share capital)",
            run: "click",
        },
        {
            content: "And it follows what one types",
            trigger:
                ".alert-warning:contains(Share capital):not(:contains(Kind of seller))",
        },
        type("rr_legal_form", "SAS"),
        type("rr_share_capital", "20000"),
        type("rr_register_city", "Nantes"),
        type("company_registry", "732 829 320 00075"),
        type("street", "1 rue A"),
        type("city", "Nantes"),
        {
            content: "A wrong number is named",
            trigger: ".alert-warning:contains(732 829 320 00075):contains(the five digits of the establishment)",
        },
        type("company_registry", "732 829 320 00074"),
        {
            trigger: ".o_field_widget[name=rr_penalties] label:contains(Central Bank)",
            run: "click",
        },
        {
            content: "Nothing is missing any more",
            trigger: ".o_form_sheet:not(:has(.alert-warning:visible))",
        },
        { trigger: CONTINUE, run: "click" },
        { trigger: at("Mentions") },
        {
            content: "The law's words, in both languages",
            trigger: ".o_field_widget[name=words_html] tr:contains(Autoliquidation)",
        },
        { trigger: CONTINUE, run: "click" },
        { trigger: at("Products") },
        {
            content: "What nobody said is guessed, and told",
            trigger: ".o_field_widget[name=products_html]:contains(Tour Guess)",
        },
        { trigger: "button[name=action_open_products]", run: "click" },
        { trigger: ".o_list_view .o_data_row:contains(Tour Guess)" },
        { trigger: ".o_breadcrumb a:contains(VAT and Legal Mentions)", run: "click" },
        { trigger: at("Products") },
        { trigger: CONTINUE, run: "click" },
        {
            content: "What will be made in the accounting",
            trigger: ".o_field_widget[name=steps_html]:contains(OSS AT)",
        },
        {
            content: "Going on without making it is not the main button",
            trigger: ".o_statusbar_buttons:not(:has(button[name=action_next].btn-primary))",
        },
        {
            trigger: ".o_statusbar_buttons button[name=action_set_up]",
            run: "click",
        },
        { trigger: at("Preview") },
        {
            content: "What most customers buy; another nature can be looked at",
            trigger: ".o_field_widget[name=preview_nature_id] input",
            run: "edit Electronic",
        },
        {
            trigger: ".o-autocomplete--dropdown-item > a:contains(Electronic service)",
            run: "click",
        },
        {
            content: "A German consumer pays German VAT",
            trigger:
                ".o_field_widget[name=preview_html] tr:contains(Consumer, Germany):contains(119.00)",
        },
        {
            trigger:
                ".o_field_widget[name=preview_html] tr:contains(Company, Germany):contains(Reverse charge)",
        },
        {
            trigger: ".o_field_widget[name=preview_html]:contains(RCS Nantes)",
        },
        { trigger: "button[name=action_back]", run: "click" },
        {
            content: "Everything is made now",
            trigger: ".o_field_widget[name=steps_html]:contains(Nothing is missing)",
        },
        { trigger: CONTINUE, run: "click" },
        { trigger: "button[name=action_finish]", run: "click" },
        { trigger: ".o_breadcrumb .active:contains(Subscriptions)" },
    ],
});

/** A country without rules: what applies, and what can be done. */
registry.category("web_tour.tours").add("rr_vat_set_up_elsewhere", {
    url: "/odoo/vat-set-up",
    steps: () => [
        {
            trigger: ".alert-info:contains(behaviour applies) .o_field_widget[name=country_name]:contains(United States)",
        },
        {
            content: "No page of the set-up, and no button of it",
            trigger: ".o_form_view:not(:has(button[name=action_next]))",
        },
        {
            trigger: ".alert-info button:contains(Fiscal Positions)",
            run: "click",
        },
        { trigger: ".o_breadcrumb .active:contains(Fiscal Positions)" },
    ],
});
