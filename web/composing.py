"""Bundles at the command line: one thing (一件事) composed of matters, with what it takes and what it saves."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from engine.config import BPMN
from engine.services import composing
from engine.services.composing import Catalogue, Composed
from web.console import as_json_too, print_json

#: What is counted before and after, and in what.
COUNTED = (
    ("forms", "表单", "张"),
    ("fields", "填写项", "项"),
    ("papers", "材料", "份"),
    ("visits", "跑动", "次"),
    ("doors", "部门", "个"),
    ("days", "办理", "个工作日"),
)


@click.group()
def bundle() -> None:
    """一件事：把几个事项组合成一件事。"""


@bundle.command()
@click.argument("file", metavar="BUNDLE.yaml", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "-o", "--output", "to", required=True, metavar="FILE.bpmn", type=click.Path(dir_okay=False, path_type=Path),
    help="写出的流程图",
)  # fmt: skip
@click.option(
    "--answer", "answers", multiple=True, metavar="FLAG=yes|no", help="按这样的情形回答计算节省；可多次"
)
@click.option(
    "--with", "wanted", multiple=True, metavar="MATTER", help="选办的成员事项，一并计入节省；可多次"
)
@as_json_too
def compose(
    file: Path, to: Path, answers: tuple[str, ...], wanted: tuple[str, ...], *, as_json: bool
) -> None:
    """由成员事项及其依赖画出流程图；列出关键路径、要留意的和为申请人省下的。不需要数据库。"""
    flags = dict(map(_answer, answers))
    composed = composing.compose(composing.read(file.read_bytes()), Catalogue.at(BPMN), flags, wanted)
    _write(to, composed.source)
    print_json(plain(composed, to)) if as_json else _show(composed, to)


def _write(to: Path, source: bytes) -> None:
    try:
        to.write_bytes(source)
    except OSError as fault:
        raise click.BadParameter(f"写不进“{to}”：{fault.strerror}。", param_hint="-o") from None


def _answer(text: str) -> tuple[str, bool]:
    flag, _, said = text.partition("=")
    if said not in {"yes", "no"} or not flag:
        raise click.BadParameter(f"“{text}”应写作 情形=yes 或 情形=no。", param_hint="--answer")
    return flag, said == "yes"


def plain(composed: Composed, to: Path) -> dict[str, Any]:
    """Return what is told of a composed bundle, for JSON."""
    saved = asdict(composed.saving)
    return {
        "file": str(to),
        "key": composed.record["key"],
        "order": list(composed.order),
        "critical_paths": [
            {"variant": each.words, "days": round(each.longest.days, 2), "path": list(each.longest.path)}
            for each in composed.variants
        ],
        "warnings": [asdict(each) for each in composed.warnings],
        "savings": {
            **{
                name: {"before": round(saved[name][0], 2), "after": round(saved[name][1], 2)}
                for name, _, _ in COUNTED
            },
            **{name: saved[name] for name in ("repeated", "produced", "shared")},
            "materials_asked": list(composed.saving.asked),
        },
    }


def _show(composed: Composed, to: Path) -> None:
    names = composed.names
    click.echo(f"“{composed.record['name']}”已组合：{len(composed.order)} 个成员事项，流程图写入 {to}")
    for each in composed.variants:
        path = " → ".join(names[key] for key in each.longest.path) or "当场办结"
        click.echo(f"关键路径（{each.words}）{each.longest.days:.4g} 个工作日：{path}")
    for warning in composed.warnings:
        click.echo(f"{'发布前须改正' if warning.grave else '请留意'}  {warning.code}  {warning.message}")
    _table(asdict(composed.saving), composed)


def _table(saved: Mapping[str, Any], composed: Composed) -> None:
    """The table of what is saved, before → after."""
    click.echo(f"为申请人省下（按 {composed.saving.forms[0]} 个事项计，逐项分别办 → 一件事联办）：")
    for name, words, unit in COUNTED:
        before, after = saved[name]
        click.echo(f"  {words}\t{before:.4g} → {after:.4g} {unit}")
    told = composed.saving
    click.echo(
        f"  材料中：重复只收一次 {told.repeated} 份，前置事项产生 {told.produced} 份，共享免提交 {told.shared} 份"
    )
