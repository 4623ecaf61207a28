//! Results for a pull request: one Markdown text on stdout, whatever the command and however it ends.

use migrate_tests::process::Folder;

use super::{SHOP, STREAMED, UNSTREAMED};

fn markdown(folder: &Folder, binary: &str, arguments: &[&str], code: i32) -> String {
    let ended = folder.run(binary, &[arguments, &["--format", "markdown"]].concat()).exits(code);
    assert_eq!(ended.err, "", "{arguments:?}");
    assert!(ended.out.starts_with("### `migrate ") && !ended.out.contains('\u{1b}'), "{}", ended.out);
    ended.out
}

fn has(text: &str, parts: &[&str]) {
    parts.iter().for_each(|part| assert!(text.contains(part), "«{part}» is missing:\n{text}"));
}

#[test]
fn every_command_renders() {
    let folder = Folder::default();
    let plan = markdown(&folder, SHOP, &["plan"], 0);
    has(
        &plan,
        &["### `migrate plan`: <code>embedded engine, .migrate/", "**Plan: 2 to create, 0 to change, 0 to drop, 3 migrations.**"],
    );
    has(&plan, &["| `+` | table customers | <code>create table customers (id S)</code><br><code>global index by-email"]);
    has(&plan, &["| `>` | migrations | <code>0001 first&#95;customers</code>"]);
    has(&markdown(&folder, SHOP, &["plan", "--detailed-exitcode"], 2), &["<sub>exit 2</sub>"]);
    has(&markdown(&folder, SHOP, &["check"], 2), &["**Pending: shop is not as declared", "- pending: <code>migration 0001"]);
    has(&markdown(&folder, SHOP, &["up"], 0), &["```text\n  + create table customers", "Done and read back"]);
    has(&markdown(&folder, SHOP, &["check"], 0), &["**OK: shop is as declared.**"]);
    has(
        &markdown(&folder, SHOP, &["status"], 0),
        &["| number | name | state |", "| 0001 | first&#95;customers | applied |", "- lock: free"],
    );
    has(&markdown(&folder, SHOP, &["history"], 0), &["```text\nsequence shop"]);
    has(&markdown(&folder, SHOP, &["lock"], 0), &["lock: free"]);
    has(&markdown(&folder, SHOP, &["baseline", "9"], 64), &["error[M0202]", "<sub>exit 64</sub>"]);
    has(&markdown(&folder, SHOP, &["new", "x"], 64), &["### `migrate new`\n", "error[M0202]"]);
}

#[test]
fn what_is_refused_and_what_waits_is_in_it() {
    let folder = Folder::default();
    folder.run(STREAMED, &["up"]).succeeds();
    let refused = ["**Refused before the first write:**", "- `!` M0301: H104, table &#96;entries&#96;", "entries:H104"];
    has(&markdown(&folder, UNSTREAMED, &["plan"], 4), &refused);
    has(&markdown(&folder, UNSTREAMED, &["up"], 4), &refused);
    let accepted = markdown(&folder, UNSTREAMED, &["plan", "--accept", "entries:H104"], 0);
    has(
        &accepted,
        &["<code>stream: new&#95;image → off</code> **(H104 accepted)**<br><sub>H104: its stream ends", "<sub>not now: "],
    );
    has(
        &markdown(&folder, UNSTREAMED, &["up", "--accept", "entries:H104"], 0),
        &["```text\n  ~ set entries, stream: new_image → off"],
    );
}
