"""`streak`: who kept a grade for some quarters may apply (方案 三（二）3: 成长基金)."""

import pandas as pd

from core.columns import added

PLACE = ("_file", "_sheet", "_row")


def streak(population: dict, parameters: dict) -> pd.DataFrame:
    """One `eligible` row per person of the level at the quarter's end whose grade was reached in this and the quarters
    before; nobody else has a row. `grade_0`, `grade_1` … are those grades, `_grade_1_file`, … where they were uploaded.

    population: `at_end` (employee_id, level), `grades` (employee_id, back: 0 = this quarter, 1 = the one before …,
    grade, since: False once an earlier eligibility ended the streak). parameters: level, grade, quarters, yuan."""
    grades, people = population["grades"], population["at_end"]
    reached = grades[grades["grade"].eq(parameters["grade"]) & grades["since"] & (grades["back"] < parameters["quarters"])]
    kept = reached.groupby("employee_id")["back"].nunique().ge(parameters["quarters"])
    people = people[people["level"].eq(parameters["level"]) & people["employee_id"].isin(kept.index[kept])]
    grades, told = grades[grades["employee_id"].isin(people["employee_id"])], {}
    for back in range(parameters["quarters"]):
        mine = grades[grades["back"].eq(back)].drop_duplicates("employee_id").set_index("employee_id")
        told[f"grade_{back}"] = people["employee_id"].map(mine["grade"])
        told |= {f"_grade_{back}{part}": people["employee_id"].map(mine[part]) for part in PLACE if part in mine}
    return added(people, told | {
        "grade": parameters["grade"], "quarters": parameters["quarters"], "yuan": float(parameters["yuan"]), "amount": 0.0,
        "potential": float(parameters["yuan"]), "status": "eligible", "reason": "", "unit": "CNY",
        "beneficiary_type": "employee", "beneficiary_id": people["employee_id"].array, "item": parameters["grade"]
    }).reset_index(drop=True)
