"""The benchmarks run, say what they measured in the agreed shape, and leave nothing behind."""

import importlib
import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest

from tests.conventions.source_tree import ROOT

LIB = ROOT / "bin" / "lib"
KEYS = {"name", "ours", "other", "ratio", "target", "holds", "unit"}


def _bench(folder, *arguments, **changes):
    """Run the benchmarks as bin/bench does after its set-up, with ``folder`` for everything temporary."""
    environment = {name: value for name, value in (os.environ | changes).items() if name != "PYTHONSAFEPATH"}
    return subprocess.run(
        [sys.executable, LIB / "bench.py", *arguments],
        env=environment | {"PYTHONPATH": str(ROOT), "TMPDIR": str(folder)},
        cwd=folder, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    """One quick benchmark, and the folder it worked in."""
    folder = tmp_path_factory.mktemp("bench")
    return _bench(folder, "appeal-page", "--quick", "--json"), folder


@pytest.fixture
def modules(monkeypatch):
    """Import a module of the benchmarks as they do: from their own folder."""
    monkeypatch.syspath_prepend(LIB)
    yield importlib.import_module
    for name in [name for name in sys.modules if name.startswith("bench_")]:
        del sys.modules[name]


@pytest.fixture
def figures(modules):
    """The module that compares figures with their targets."""
    return modules("bench_figures")


def test_a_quick_run_prints_the_agreed_list_and_nothing_else(quick):
    result, _ = quick
    assert result.returncode == 0, result.stderr
    (line,) = json.loads(result.stdout)
    assert line.keys() == KEYS
    assert line["name"] == "appeal-page"
    assert line["ratio"] > 0
    # What is printed is rounded, so that a ratio that looks like the target may lie a little below it.
    assert line["ratio"] == line["target"] or line["holds"] is (line["ratio"] > line["target"])


def test_a_run_tells_its_progress_on_the_other_stream(quick):
    assert "appeal-page: 3 rounds measured" in quick[0].stderr


def test_a_run_leaves_no_file_behind(quick):
    assert list(quick[1].iterdir()) == []


def test_an_unknown_name_is_answered_with_those_that_exist(modules, capsys):
    with pytest.raises(SystemExit) as end:
        modules("bench").main(["letters"])
    assert end.value.code == 2
    names = ["letter-http", "tagged", "naive", "stamped", "stamped-batch", "workers", "letter-memory", "sign"]
    assert f"there are: {', '.join(names)}, no-oracle, appeal-page, slow-visitors, export" in capsys.readouterr().err


def test_every_benchmark_is_explained(modules):
    text = (ROOT / "BENCHMARKS.md").read_text(encoding="utf-8")
    assert [name for name in modules("bench").BENCHMARKS if f"- **`{name}`" not in text] == []


def test_without_the_fonts_of_the_naive_letter_the_packages_are_named_and_no_figure_is_made_up(tmp_path):
    result = _bench(tmp_path, "naive", "--quick", "--json", PATH=str(tmp_path))
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout) == []
    assert "fonts-noto-core, fonts-noto-cjk" in result.stderr


def test_without_nginx_slow_visitors_are_left_out_with_a_sentence(modules, monkeypatch, tmp_path, capsys):
    slow = modules("bench_slow")
    monkeypatch.setattr(slow, "installed_nginx", lambda: None)
    assert slow.measure(tmp_path, quick=True) == []
    assert "nginx is not installed" in capsys.readouterr().err


def test_a_visitor_who_got_no_good_answer_counts_as_one_who_was_not_served(modules, capsys):
    slow = modules("bench_slow")
    answers = [slow.Answer(0.1, 200, 200)] * 97 + [slow.Answer(1.2, 200, 200), slow.Answer(0.1, 503, 200)]
    figure = slow.figure_of("slow-visitors", [*answers, slow.Answer(20, 0, 303)])
    assert (figure.ours, figure.other, figure.holds) == (97, 100, False)
    assert "1 requests got status 503" in capsys.readouterr().err


def test_the_measured_letters_differ_in_nothing_but_the_person(modules):
    letters = modules("bench_sample").letters_of(200)
    assert len({letter.signed_name for letter in letters}) == len({letter.sender for letter in letters}) == 200
    assert len({replace(letter, signed_name="", sender=()) for letter in letters}) == 1


@pytest.mark.parametrize(
    ("ours", "at_most", "holds"), [(5, False, True), (4.9, False, False), (5, True, True), (5.1, True, False)]
)
def test_a_target_holds_up_to_its_bound(figures, ours, at_most, holds):
    figure = figures.Figure("one", ours, 10.0, "ms", figures.Target(0.5, at_most=at_most))
    assert figure.holds is holds


def test_both_sides_are_measured_in_every_round_and_take_turns_at_being_first(figures, capsys):
    order = []
    turns = figures.in_turns("one", lambda: order.append("A") or 1.0, lambda: order.append("B") or 2.0, rounds=4)
    assert "".join(order) == "ABBAABBA"
    assert turns.figure("one", "ms", figures.Target(1.0)).ratio == 0.5


def test_the_ratio_is_the_median_of_the_rounds_so_that_one_bad_moment_changes_nothing(figures):
    turns = figures.Turns(ours=[1.0, 2.0, 90.0], other=[2.0, 4.0, 100.0])
    assert turns.figure("one", "ms", figures.Target(1.0)).ratio == 0.5


def test_the_measured_server_is_started_like_the_real_one(modules):
    arguments = modules("bench_site").server_arguments("other:app", 4321)
    assert arguments[0] == "-P"
    assert arguments[1].endswith("/server.py")
    assert {"127.0.0.1", "4321", "other:app"} <= set(arguments)
    assert [word for word in arguments if "$" in word or "\\" in word] == []
