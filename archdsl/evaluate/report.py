"""A run folder and an evaluation -> the reports to read: one page of HTML with everything inside, and
Markdown with pictures."""

from typing import Any

from archdsl.evaluate import history, page, plots, views
from archdsl.evaluate.evaluation import Evaluation
from archdsl.evaluate.markup import Html, table
from archdsl.evaluate.sheet import sheet
from archdsl.evaluate.table import markdown, markdown_text
from archdsl.train.command import command
from archdsl.train.folder import RunFolder
from archdsl.writing import write_whole


def write(folder: RunFolder, evaluation: Evaluation | None) -> list[str]:
    """Write what there is to tell of a run into its folder, at its end or where it was stopped; give the
    names of the files.

    Raises OSError where the folder cannot be written.
    """
    config, rows = folder.configuration(), folder.rows()
    names = write_evaluation(folder, evaluation, "", config, rows, figure(folder))
    if rows:
        picture = plots.curves(history.panels(rows))
        write_whole(folder / "learning_curves.png", plots.png(picture))
        write_whole(folder / "learning_curves.svg", plots.svg(picture))
        names += ["learning_curves.png", "learning_curves.svg"]
    folder.write_text("report.md", markdown_report(config, rows, evaluation))
    return [*names, "report.md"]


def write_evaluation(
    folder: RunFolder,
    evaluation: Evaluation | None,
    suffix: str,
    config: dict[str, Any],
    rows: list[dict[str, Any]],
    figure: str = "",
) -> list[str]:
    """Write an evaluation into any folder, as numbers, pictures and `reportSUFFIX.html`; give the names of
    the files."""
    names = []
    if evaluation:
        folder.write_json(f"eval-{evaluation.split}.json", evaluation.as_json())
        names = [f"eval-{evaluation.split}.json", *_pictures(folder, evaluation, suffix)]
    folder.write_text(f"report{suffix}.html", html_report(config, rows, evaluation, figure))
    return [f"report{suffix}.html", *names]


def figure(folder: RunFolder) -> str:
    """Read the figure of a run's network; an empty text where there is none."""
    path = folder / "network.svg"
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _pictures(folder: RunFolder, evaluation: Evaluation, suffix: str) -> list[str]:
    pictures = {"confusion_matrix": plots.png(plots.confusion(evaluation))}
    if evaluation.calibration_error is not None:
        pictures["reliability"] = plots.png(plots.reliability(evaluation))
    if evaluation.mistakes:
        pictures["mistakes"] = sheet(evaluation)
    for name, data in pictures.items():
        write_whole(folder / f"{name}{suffix}.png", data)
    return [f"{name}{suffix}.png" for name in pictures]


def html_report(
    config: dict[str, Any], rows: list[dict[str, Any]], evaluation: Evaluation | None, figure: str = ""
) -> str:
    """Write a report as one page of HTML; `config` may be empty (a model of someone else's)."""
    title = _title(config, evaluation)
    sections: list[Html] = [page.facts(_facts(config, rows, evaluation))]
    if evaluation:
        sections.append(page.notes(evaluation))
    if rows:
        sections.append(page.section("Learning curves", page.curves(rows)))
    if evaluation:
        sections += [
            page.section("Classes", page.classes(evaluation)),
            page.section("Confusion", page.confusion(evaluation)),
            page.section("Calibration", page.calibration(evaluation)),
            page.section("Most confident mistakes", page.mistakes(evaluation)),
        ]
    if figure:
        sections.append(page.section("Network", page.network(figure)))
    if config:
        sections.append(page.section("Configuration", *_configuration(config), *_repeated(config)))
    if rows:
        sections.append(
            page.section("Epochs", page.folded(f"All {len(rows)} epochs", table(history.epochs(rows))))
        )
    return page.page(title, _lead(config, evaluation), sections)


def _title(config: dict[str, Any], evaluation: Evaluation | None) -> str:
    data = config.get("data", {}).get("name") or (evaluation.data if evaluation else "")
    return f"{config.get('network', 'Model')} on {data}"


def _lead(config: dict[str, Any], evaluation: Evaluation | None) -> str:
    split = (
        f"Evaluated on the {evaluation.split} split: {evaluation.note}."
        if evaluation
        else "Not evaluated yet."
    )
    recipe = config.get("recipe")
    return f"{split} {_how(config)}" if recipe else split


def _how(config: dict[str, Any]) -> str:
    recipe = config["recipe"]
    size = f"{recipe.get('epochs')} epochs, batch {recipe.get('batch_size')}"
    return (
        f"Recipe {recipe.get('name')}: {size}, precision {config.get('precision')}, seed "
        f"{config.get('seed')}."
    )


def _facts(
    config: dict[str, Any], rows: list[dict[str, Any]], evaluation: Evaluation | None
) -> list[tuple[str, str, str]]:
    found = views.facts(evaluation) if evaluation else []
    best = history.best(rows)
    if best:
        meaning = f"the best of {len(rows)} epochs: epoch {best.get('epoch')}"
        found.append(("validation accuracy", views.percent(best["val_accuracy"]), meaning))
    parameters = config.get("parameters", {})
    if "trainable" in parameters:
        found.append(
            (
                "parameters",
                f"{parameters['trainable']:,}",
                f"trainable, of {parameters.get('total', 0):,} in all",
            )
        )
    return found


def _repeated(config: dict[str, Any]) -> list[Html]:
    """Return the command that repeats a run; a model of someone else's has none."""
    return [page.command(command(config))] if "spec" in config else []


def _configuration(config: dict[str, Any]) -> list[Html]:
    parts = {name: config.get(name) for name in ("recipe", "data", "spec", "versions")}
    return [
        page.pairs(values, name.capitalize()) for name, values in parts.items() if isinstance(values, dict)
    ]


def markdown_report(config: dict[str, Any], rows: list[dict[str, Any]], evaluation: Evaluation | None) -> str:
    """Write a report as Markdown, with pictures beside it."""
    lines = [
        f"# {markdown_text(_title(config, evaluation))}",
        "",
        markdown_text(_lead(config, evaluation)),
        "",
    ]
    facts = _facts(config, rows, evaluation)
    lines += [f"- {name}: **{value}** ({meaning})" for name, value, meaning in facts]
    if rows:
        lines += ["", f"![{history.description(rows)}](learning_curves.png)"]
    if evaluation:
        lines += ["", *views.notes(evaluation), "", markdown(views.per_class(evaluation))]
        lines += ["![confusion matrix](confusion_matrix.png)", "", markdown(views.confused(evaluation))]
        lines += (
            ["![reliability curve](reliability.png)", ""] if evaluation.calibration_error is not None else []
        )
        lines += ["![the most confident mistakes](mistakes.png)", ""] if evaluation.mistakes else []
    lines += ["", "![the network](network.svg)", ""]
    lines += (
        ["The command that trains it once more:", "", "```sh", command(config), "```", ""]
        if "spec" in config
        else []
    )
    return "\n".join([*lines, markdown(history.epochs(rows)) if rows else "No epoch was finished.\n"])
