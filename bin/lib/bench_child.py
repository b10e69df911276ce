"""Processes that answer questions: one line of JSON in, one line of JSON out, until the input ends."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

LIB = Path(__file__).resolve().parent
ROOT = LIB.parents[1]


class BenchError(Exception):
    """A benchmark could not be measured; the message says why."""


class Child:
    """A script of this folder in a process of its own, which ends when its input does."""

    def __init__(self, script: str, *arguments: str, environment: Mapping[str, str] | None = None) -> None:
        self._name = script
        self._process = subprocess.Popen(
            [sys.executable, str(LIB / script), *arguments],
            cwd=ROOT,
            env=python_environment(environment or os.environ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def ask(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """Return the answer to a question; :class:`BenchError` when the process has ended instead."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps(question).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # it has ended; the missing answer says so
        line = self._process.stdout.readline()
        if not line:
            raise BenchError(f"{self._name} ended with status {self._process.wait()}; its reason stands above.")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()  # it holds nothing worth saving
        self._process.communicate()


def python_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment in which both the project and the benchmarks can be imported."""
    kept = {name: value for name, value in environment.items() if name != "PYTHONSAFEPATH"}
    return kept | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(LIB)])}


def answer_questions(answer: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Be such a process: answer every line of the input."""
    try:
        for line in sys.stdin:
            print(json.dumps(answer(json.loads(line))), flush=True)
    except BenchError as error:
        sys.exit(str(error))
