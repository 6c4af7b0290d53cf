"""A scenario against the plan in force: totals, bands, winners and losers."""

from dataclasses import dataclass

import pandas as pd

from core.settlement import Settlement


@dataclass(frozen=True)
class Comparison:
    """`people`: employee_id, role, team_id, before, after, change (yuan payable) and potential_before/after/change."""

    people: pd.DataFrame
    before_cny: float
    after_cny: float

    @property
    def change_cny(self) -> float:
        return round(self.after_cny - self.before_cny, 2)

    def as_json(self) -> dict:
        """The comparison as the shell prints it."""
        columns = ["employee_id", "before", "after", "change"]
        return {"baseline": {"payable_cny": self.before_cny}, "scenario": {"payable_cny": self.after_cny},
                "change_cny": self.change_cny, "bands": bands(self.people["change"]), "by_role": self._by("role"),
                "by_team": self._by("team_id"), "people": self.people[columns].to_dict("records")}

    def _by(self, column: str) -> dict:
        return self.people.fillna({column: "—"}).groupby(column)[["before", "after", "change"]].sum().round(2).to_dict("index")


def paid(ledger: pd.DataFrame) -> pd.DataFrame:
    """Per employee the payable yuan (`amount`) and those that wait for data added (`potential`)."""
    mine = ledger[ledger["beneficiary_type"].eq("employee") & ledger["unit"].eq("CNY")]
    counted = mine["potential"].where(mine["status"].isin(["payable", "pending"]), 0.0)
    return mine.assign(potential=counted).groupby("beneficiary_id")[["amount", "potential"]].sum().round(2)


def compare(before: Settlement, after: Settlement) -> Comparison:
    """Everybody's pay before and after; the changes add up to the change of the total."""
    then, now = paid(before.ledger), paid(after.ledger)
    home = before.scores.drop_duplicates("employee_id", keep="last").set_index("employee_id")[["role", "team_id"]]
    everybody = home.reindex(home.index.union(then.index).union(now.index).rename("employee_id"))
    people = everybody.assign(before=then["amount"], after=now["amount"], potential_before=then["potential"],
                              potential_after=now["potential"]).fillna(
        {name: 0.0 for name in ("before", "after", "potential_before", "potential_after")})
    for kind in ("", "potential_"):
        people[f"{kind}change"] = (people[f"{kind}after"] - people[f"{kind}before"]).round(2)
    return Comparison(people.reset_index(), before.totals["payable_cny"], after.totals["payable_cny"])


def bands(change: pd.Series) -> list[dict]:
    """How many people lose and gain how much, in yuan; nobody falls between two bands."""
    edges = [(None, -1000, "≤ −1,000"), (-1000, -100, "−1,000 … −100"), (-100, 0, "−100 … 0"), (0, 0, "0"),
             (0, 100, "0 … 100"), (100, 1000, "100 … 1,000"), (1000, None, "≥ 1,000")]
    counts = [(change <= -1000), (change > -1000) & (change <= -100), (change > -100) & (change < 0), change == 0,
              (change > 0) & (change < 100), (change >= 100) & (change < 1000), change >= 1000]
    return [{"label": label, "from": low, "to": high, "people": int(which.sum())}
            for (low, high, label), which in zip(edges, counts, strict=True)]
