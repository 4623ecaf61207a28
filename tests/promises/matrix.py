#!/usr/bin/env python3
"""Makes docs/promises.md from what promises.toml says and what runs of the tests printed.

    python3 tests/promises/matrix.py LOG...            writes the page
    python3 tests/promises/matrix.py --check LOG...    fails unless every test that is named ran and passed, and the page says what promises.toml does

A LOG is what `cargo test` printed, both streams. A test is named SUITE::NAME, or SUITE::PREFIX* for all whose names begin so; a suite is a
test target, `migrate_core`, or `ui`. Knows no test."""

import datetime
import pathlib
import re
import sys
import tomllib

HERE = pathlib.Path(__file__).parent
PAGE = HERE.parent.parent / "docs" / "promises.md"
HEAD = """# What is promised, and how each promise is tested

Made by `python3 tests/promises/matrix.py` from [promises.toml](../tests/promises/promises.toml) and what the tests printed: do not edit it here. What cannot be promised
stands in the [README](../README.md#what-is-promised) and in [SECURITY.md](../SECURITY.md).
"""


def results(logs):
    """Each test with whether it passed in all runs, and how often it ran."""
    found = {}
    for log in logs:
        suite = None
        # What a test prints may stand between its name and what came of it: only whole lines count.
        for line in pathlib.Path(log).read_text(errors="replace").splitlines():
            if running := re.match(r"\s+Running (?:unittests )?(\S+) \(\S*?/deps/(\w+?)-[0-9a-f]+\)", line):
                suite = running[2]
            elif "Doc-tests" in line:
                suite = "doc"
            elif suite and (test := re.match(r"test (\S+)(?: - should panic)? \.\.\. (ok|FAILED|ignored)", line)):
                name = f"{suite}::{test[1]}"
                passed, runs = found.get(name, (True, 0))
                if test[2] != "ignored":
                    found[name] = (passed and test[2] == "ok", runs + 1)
    return found


def of(name, found):
    if name.endswith("*"):
        return {test: result for test, result in found.items() if test.startswith(name[:-1])}
    return {name: found[name]} if name in found else {}


def result(names, found):
    tests = {test: result for name in names for test, result in of(name, found).items()}
    missing = [name for name in names if not of(name, found)]
    failed = [test for test, (passed, _) in tests.items() if not passed]
    if missing or failed:
        return ", ".join([f"`{name}` did not run" for name in missing] + [f"`{name}` failed" for name in failed])
    return f"{len(tests)} passed"


def page(promises, found):
    text = [HEAD, "| | promise | by | tests | last result |", "|---|---|---|---|---|"]
    for promise in promises:
        for n, mechanism in enumerate(promise["mechanism"]):
            first = (f"**{promise['id']}**", promise["promise"]) if n == 0 else ("", "")
            tests = "<br>".join(f"`{name}`" for name in mechanism["tests"])
            text.append(f"| {first[0]} | {first[1]} | {mechanism['by']} | {tests} | {result(mechanism['tests'], found)} |")
    text.append(f"\nThe results are those of {datetime.date.today():%Y-%m-%d}.\n")
    return "\n".join(text)


def without_results(text):
    return [line.rsplit("|", 2)[0] if line.startswith("|") else line for line in text.splitlines() if not line.startswith("The results are")]


def main(arguments):
    check = "--check" in arguments
    logs = [argument for argument in arguments if argument != "--check"]
    promises = tomllib.loads((HERE / "promises.toml").read_text())["promise"]
    ids = [promise["id"] for promise in promises]
    assert ids == [f"P{n}" for n in range(1, len(ids) + 1)], ids
    found = results(logs)
    assert len(found) > 100, f"only {len(found)} tests in {logs}: is this what `cargo test` printed?"
    wanted = page(promises, found)
    bad = [line for line in wanted.splitlines() if line.startswith("|") and re.search(r"did not run|failed \|$|failed,", line)]
    if check:
        if not PAGE.exists() or without_results(PAGE.read_text()) != without_results(wanted):
            bad.append(f"{PAGE.name} is not what promises.toml says: run `python3 tests/promises/matrix.py LOG...`")
    else:
        PAGE.write_text(wanted)
    for line in bad:
        print(line, file=sys.stderr)
    print(f"{len(promises)} promises, {sum(len(promise['mechanism']) for promise in promises)} mechanisms, {len(found)} tests")
    return 1 if bad else 0


sys.exit(main(sys.argv[1:]))
