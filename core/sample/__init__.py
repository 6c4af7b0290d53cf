"""The sample company: an invented light-wellness tea brand with the stories of the scheme in its figures.

The same content every time. The roster, the orders and what the company reports are drawn one after another from one seeded
generator; every sheet of the incentives, of growth and of culture has its own, so that another sheet changes no figure of the
others.

Every risk of the review but two fires in some quarters and rests in others; the collaboration wall and sameness rest only in the
first one. Two come near and never fire. Culture dilution: satisfaction falls and people come, but at most 38 % within four
quarters, where 50 % are asked. Loose culture: 4.8 % of the parcels are wrong in the worst months, where 5 % are asked; technology
is 9 % less satisfied than the company, where 10 % are asked; the only one who leaves within 90 days does so in the quarter after
the hire, which the metric does not count.
"""

import zlib
from pathlib import Path

import numpy as np

from core.datasets import DATASETS
from core.exporting.workbook import workbook
from core.plan import DEFAULT
from core.sample import business, company, culture, figures, growth, rewards

SEED = 20250106
VARIANTS = {"growth": "2025-01-06", "mature": "2022-06-01"}  # founded; the phase of the plan follows from it
PRIVATE_CARD = '\n[teams.P01]\nscorecard = "private_domain"\n'


def write(folder: Path, variant: str = "growth") -> list[Path]:
    """Writes the sample company's workbook, order CSV and plan into a folder; answers their paths. The variants differ in
    the founding date alone; KeyError for another one."""
    document, told = plan(variant), sheets()
    orders = told.pop("订单明细")
    book, csv, toml = folder / "员工与团队.xlsx", folder / "订单明细.csv", folder / "plan.toml"
    book.write_bytes(workbook({d.zh: told[d.zh] for d in DATASETS.values() if d.zh in told}))
    orders.drop(columns=["季度", "真实团队"]).to_csv(csv, index=False, encoding="utf-8-sig")
    toml.write_text(document, "utf-8")
    return [book, csv, toml]


def plan(variant: str = "growth") -> str:
    """The sample company's plan as a TOML document."""
    document = DEFAULT.read_text("utf-8").replace('name = "默认方案"', 'name = "山野轻茗激励方案"')
    document = document.replace("version = 0\neffective_from = 2000-01-01", "version = 1\neffective_from = 2025-01-01")
    founded = f"[company]\nfounded = {VARIANTS[variant]}\n"
    return document.replace("[company]\n", founded).replace("budget = 0 ", "budget = 420000 ") + PRIVATE_CARD


def sheets() -> dict:
    """Every sheet by its Chinese name; the orders with two columns more than they are written with."""
    rng = generator()
    people = company.employees(rng)
    orders = company.order_lines(rng)
    told = {"员工花名册": people, "团队": company.teams(), "订单明细": orders, "归属": company.ownership(),
            "任职变动": company.assignments(people)}
    for name, make in figures.SHEETS.items():
        told[name] = make(rng, people, orders)
    for name, make in (business.SHEETS | rewards.SHEETS | culture.SHEETS | growth.SHEETS).items():
        told[name] = make(generator(name), told)
    return told


def generator(name: str = "") -> np.random.Generator:
    """The random numbers of the company, or those of one sheet."""
    return np.random.Generator(np.random.PCG64([SEED, zlib.crc32(name.encode())] if name else SEED))
