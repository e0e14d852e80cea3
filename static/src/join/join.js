import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";

/** Shows who answers for a member under age, as soon as the date of birth says so. */
export class JoinForm extends Interaction {
    static selector = ".o_rr_join_form";
    dynamicContent = {
        "#birthdate": { "t-on-input": () => {} },
        ".o_rr_guardian": { "t-att-class": () => ({ "d-none": !this.isMinor() }) },
    };

    isMinor() {
        const born = this.el.querySelector("#birthdate")?.value;
        if (!born) {
            return false;
        }
        const { today, majority } = this.el.dataset;
        const [year, rest] = [Number(born.slice(0, 4)), born.slice(4)];
        return `${String(year + Number(majority)).padStart(4, "0")}${rest}` > today;
    }
}

registry.category("public.interactions").add("recurring_revenue.join_form", JoinForm);
