#!/usr/bin/env python3
"""What the macros cost: `cargo check` of a crate of 1,000 trivial migrations and of one of 200 tables, against the same
crate without the macros (the floor, in the same run).

    python3 tests/benches/compile.py [RUNS]

RUNS is how often each is checked (default 5); the fastest counts. The crates are made in a temporary folder, with a path
dependency on this checkout and one target folder for their dependencies. Bars: 2 ms for a migration, 7 ms for a table; the
exit code is 1 above them.
"""

import os
import pathlib
import resource
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
MIGRATIONS, TABLES = 1000, 200
BAR_MIGRATION, BAR_TABLE = 2.0, 7.0

MANIFEST = f"""
[package]
name = "bench"
version = "0.0.0"
edition = "2024"

[workspace]

[features]
macros = []

[dependencies]
migrate-core = {{ path = "{ROOT / 'migrate-core'}", default-features = false, features = ["aws"] }}
serde = {{ version = "1", features = ["derive"] }}
"""

HEAD = """#![allow(dead_code)]
#[cfg(feature = "macros")]
migrate_core::migrations!();
"""


def migrations():
    """A module of ten migrations each, as an application would have them."""
    text = HEAD
    for first in range(1, MIGRATIONS + 1, 10):
        functions = "".join(f"""
    /// Does what number {n} does.
    #[cfg_attr(feature = "macros", migrate_core::migration({n}))]
    async fn migration_{n}(cx: &MigrationContext) -> migrate_core::Result {{
        let _ = cx;
        Ok(())
    }}
""" for n in range(first, first + 10))
        text += f"mod m{first} {{\n    use migrate_core::MigrationContext;\n{functions}}}\n"
    return text


def tables():
    """Tables of ten fields with one index; serde's derives are part of the floor."""
    text = HEAD
    fields = "".join(f"    field_{n}: {kind},\n" for n, kind in enumerate(
        ["String", "u64", "Option<String>", "Vec<String>", "bool", "Option<u64>", "std::collections::BTreeMap<String, u8>", "f64"]))
    for n in range(TABLES):
        text += f"""
#[derive(serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "macros", derive(migrate_core::Table))]
#[cfg_attr(feature = "macros", table(name = "table-{n}", global_index(name = "by-field", partition_key = field_0, sort_key = field_1)))]
struct Table{n} {{
    #[cfg_attr(feature = "macros", table(partition_key))]
    id: String,
    #[cfg_attr(feature = "macros", table(sort_key))]
    at: u64,
{fields}}}
"""
    return text


def check(folder, features):
    """Processor seconds that `cargo check` of the crate alone takes: a busy machine changes them less than the clock's.

    Incremental data of the last run would hide the cost.
    """
    environment = dict(os.environ, CARGO_TARGET_DIR=str(folder / "target"), CARGO_INCREMENTAL="0")
    (folder / "src/lib.rs").touch()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(["cargo", "check", "--quiet", *features], cwd=folder, env=environment, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(folder, name, source, items, runs, bar):
    (folder / "src/lib.rs").write_text(source)
    on, off = ["--features", "macros"], []
    check(folder, off), check(folder, on)  # dependencies and caches
    floor, full = [], []
    for _ in range(runs):  # in turns, so that a busy machine slows both
        floor.append(check(folder, off))
        full.append(check(folder, on))
    each = (min(full) - min(floor)) / items * 1000
    verdict = "ok" if each <= bar else "ABOVE THE BAR"
    print(f"{items} {name}: {min(full):.2f} s, floor {min(floor):.2f} s, {each:.2f} ms each (bar {bar:g} ms) {verdict}", flush=True)
    return each <= bar


def main():
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory(prefix="migrate-compile-") as name:
        folder = pathlib.Path(name)
        (folder / "src").mkdir()
        (folder / "Cargo.toml").write_text(MANIFEST)
        (folder / "Cargo.lock").write_bytes((ROOT / "Cargo.lock").read_bytes())
        fits = [
            measure(folder, "migrations", migrations(), MIGRATIONS, runs, BAR_MIGRATION),
            measure(folder, "tables", tables(), TABLES, runs, BAR_TABLE),
        ]
    sys.exit(0 if all(fits) else 1)


if __name__ == "__main__":
    main()
