"""The same work without a browser: `python -m core COMMAND`. Exit 0 done, 1 refused (nothing changed), 2 bad usage."""

import argparse
import json
import logging
import math
import os
import sys
from pathlib import Path

from core import changes as changing
from core import importing, periods, quarter, review, sample, scenarios, settlement, text
from core import plan as plans
from core import store as stores
from core.datasets import DATASETS
from core.exporting.template import template
from core.importing import report


class Refused(Exception):
    """What was asked is refused and nothing changed; the message says why and the way out."""


def data_folder() -> Path:
    """Where databases lie: the folder named by TIEJUN_DATA, else ~/.tiejun."""
    return Path(os.environ.get("TIEJUN_DATA") or Path.home() / ".tiejun")


def parser() -> argparse.ArgumentParser:
    """The commands and options of the shell."""
    whole = argparse.ArgumentParser(prog="python -m core", description=__doc__, parents=[_common()])
    whole.set_defaults(db=data_folder() / "ours.duckdb", json=False, lang="zh")
    common = _common()
    commands = whole.add_subparsers(dest="command", required=True)

    add = commands.add_parser("import", parents=[common], help="read, check and save files as one batch")
    add.add_argument("files", nargs="+", type=Path)
    add.add_argument("--dataset")
    add.add_argument("--encoding")
    add.add_argument("--value", action="append", default=[], metavar="FIELD=VALUE", type=_pair)
    add.add_argument("--map", action="append", default=[], metavar="HEADER=FIELD", type=_pair)
    add.add_argument("--replace-period", action="store_true")
    add.add_argument("--accept-valid", action="store_true")

    for name, about in (("settle", "scores and ledger of a quarter"), ("compare", "plan against changes"),
                        ("evaluate", "everything a quarter is judged by, or the metrics of a month")):
        command = commands.add_parser(name, parents=[common], help=about)
        command.add_argument("--quarter", required=True, type=_quarter)
        if name == "evaluate":
            command.add_argument("--month", type=_month)
        else:
            command.add_argument("--plan", type=Path)
            command.add_argument("--set", action="append", default=[], metavar="PATH=VALUE", type=_pair,
                                 required=name == "compare")

    blank = commands.add_parser("template", parents=[common], help="an empty workbook to fill in")
    blank.add_argument("file", type=Path)
    example = commands.add_parser("sample", parents=[common], help="write the sample company's files")
    example.add_argument("folder", type=Path)
    example.add_argument("--variant", choices=tuple(sample.VARIANTS), default="growth", help="the company's phase")
    commands.add_parser("history", parents=[common], help="the batches saved so far")
    taken_back = commands.add_parser("undo", parents=[common], help="take a batch back")
    taken_back.add_argument("batch", type=int)
    return whole


def _common() -> argparse.ArgumentParser:
    """The options of every command, which may stand before it as well as behind: one that is not said decides nothing."""
    common = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument("--db", type=Path, help="the database file")
    common.add_argument("--json", action="store_true", help="print JSON")
    common.add_argument("--lang", choices=text.LANGUAGES)
    return common


def _pair(argument: str) -> tuple[str, str]:
    name, equals, value = argument.partition("=")
    if not (name.strip() and equals):
        raise argparse.ArgumentTypeError(f"“{argument}” should be NAME=VALUE")
    return name.strip(), value.strip()


def _quarter(label: str) -> periods.Period:
    try:
        return periods.quarter(label)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _month(label: str) -> periods.Period:
    try:
        return periods.month(label)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def run_import(asked) -> dict:
    store = stores.open(asked.db)
    absent = [str(path) for path in asked.files if not path.is_file()]
    if absent:
        raise Refused(f"找不到文件 / no such file: {', '.join(absent)}")
    unknown = [name for name in [asked.dataset] if name and name not in DATASETS]
    if unknown:
        raise Refused(f"没有这种数据表 / no such dataset: {unknown[0]}; {', '.join(DATASETS)}")
    told = importing.Decision(asked.dataset, dict(asked.map), dict(asked.value))
    names = importing.told_apart([path.name for path in asked.files])
    upload = importing.prepare(store, list(zip(names, asked.files, strict=True)), everywhere=told,
                               encodings=dict.fromkeys(names, asked.encoding) if asked.encoding else {},
                               lang=asked.lang)
    replaced = frozenset(name for name, gone in upload.gone.items() if gone.count and gone.months)
    batch = importing.save(store, upload, asked.accept_valid, replaced if asked.replace_period else frozenset())
    importing.discard(upload)
    return report.as_json(upload, batch)


def run_settle(asked) -> dict:
    store = stores.open(asked.db)
    plan = _plan(asked)
    settled = quarter.settle(store, asked.quarter, plan, changing.parse(asked.set), awards=True)
    used = plan or quarter.plan_for(store, asked.quarter)
    changed = changing.apply(used, changing.parse(asked.set)) if asked.set else used
    return settlement.as_json(settled, quarter.sources(store, asked.quarter, changed))


def run_compare(asked) -> dict:
    store, plan = stores.open(asked.db), _plan(asked)
    before = quarter.settle(store, asked.quarter, plan)
    after = quarter.settle(store, asked.quarter, plan, changing.parse(asked.set))
    return scenarios.compare(before, after).as_json()


def run_evaluate(asked) -> dict:
    period = asked.month or asked.quarter
    if asked.month and asked.month.quarter() != asked.quarter:
        raise Refused(f"{asked.month.label} 不在 {asked.quarter.label} 内 / is not in that quarter")
    store = stores.open(asked.db)
    if asked.month:
        return {"quarter": asked.quarter.label, "month": period.label, "metrics": review.metrics(store, period)}
    return {"quarter": asked.quarter.label} | review.report(store, period, lang=asked.lang)


def run_template(asked) -> dict:
    asked.file.write_bytes(template(asked.lang))
    return {"file": str(asked.file)}


def run_sample(asked) -> dict:
    asked.folder.mkdir(parents=True, exist_ok=True)
    return {"files": [str(path) for path in sample.write(asked.folder, asked.variant)]}


def run_history(asked) -> dict:
    return {"batches": stores.open(asked.db).batches()}


def run_undo(asked) -> dict:
    stores.open(asked.db).undo(asked.batch)
    return {"undone": asked.batch}


COMMANDS = {"import": run_import, "settle": run_settle, "compare": run_compare, "evaluate": run_evaluate,
            "template": run_template, "sample": run_sample, "history": run_history, "undo": run_undo}


def _plan(asked) -> dict | None:
    return plans.load(asked.plan.read_text("utf-8")) if asked.plan else None


def plain(value):
    """A value as JSON knows it: missing numbers become null, dates ISO text, whole structures likewise."""
    if isinstance(value, dict):
        return {str(name): plain(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    if hasattr(value, "item"):
        value = value.item()
    if value is None or value != value or isinstance(value, float) and math.isinf(value):
        return None
    return value if isinstance(value, (str, int, float, bool)) else str(value)


def readable(answer: dict, depth: int = 0) -> str:
    """The answer as indented text for a person at a terminal."""
    lines = []
    for name, value in answer.items():
        name = {"by_rule": "by_rule (potential)", "by_status": "by_status (potential)"}.get(name, name)
        if isinstance(value, dict):
            lines += ["  " * depth + f"{name}:", readable(value, depth + 1)]
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            lines.append("  " * depth + f"{name}: {len(value)}")
            for row in value:
                lines.append("  " * (depth + 1) + "  ".join(f"{k}={v}" for k, v in row.items() if not _long(v)))
                lines += ["  " * (depth + 2) + f"[{issue['severity']}] {issue['message']} {issue['suggestion']}"
                          for issue in row.get("issues", [])]
        else:
            lines.append("  " * depth + f"{name}: {value}")
    return "\n".join(lines)


def _long(value) -> bool:
    return isinstance(value, list) and len(value) > 0 and isinstance(value[0], dict)


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; answers the exit code."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    asked = parser().parse_args(arguments)
    try:
        answer = plain(COMMANDS[asked.command](asked))
    except (Refused, plans.PlanError, stores.StoreError, OSError) as refusal:
        print(refusal, file=sys.stderr)
        if asked.json:
            print(json.dumps({"refused": str(refusal)}, ensure_ascii=False))
        return 1
    print(json.dumps(answer, ensure_ascii=False, allow_nan=False) if asked.json else readable(answer))
    return 1 if asked.command == "import" and answer["batch"] is None else 0


if __name__ == "__main__":
    sys.exit(main())
