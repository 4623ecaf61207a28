//! Markdown as GitHub renders it, in which nothing that comes from a database can become markup; it never knows what it says.

use super::text::clean;

/// Rows that a reviewer sees without opening anything.
const OPEN_ROWS: usize = 12;

/// A text of which every character shows as itself, in a table's cell too. Entities are never markup.
/// <https://spec.commonmark.org/0.31.2/#entity-and-numeric-character-references>
pub(super) fn escape(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(escape_line).collect();
    lines.join("<br>")
}

fn escape_line(line: &str) -> String {
    let mut escaped = String::with_capacity(line.len());
    for c in clean(line).chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '|' | '`' | '*' | '_' | '[' | ']' | '~' | '#' | '\\' | '$' | '+' => {
                escaped.push_str(&format!("&#{};", u32::from(c)));
            }
            // Kept apart from what follows: nobody is to be called by a value.
            '@' => escaped.push_str("@<!-- -->"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// A value: in code nothing is linked, mentioned or computed. Backticks could not hold a `|` of a cell.
pub(super) fn code(text: &str) -> String {
    format!("<code>{}</code>", escape(text).replace("@<!-- -->", "&#64;"))
}

/// A text of some language as it stands, behind a fence that is longer than any in it.
pub(super) fn fenced(language: &str, text: &str) -> String {
    let mut longest = 0;
    let mut run = 0;
    for c in text.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let fence = "`".repeat(3.max(longest + 1));
    format!("{fence}{language}\n{}\n{fence}", text.trim_end())
}

/// A table of cells that are markup already; a long one is folded, behind what it holds.
pub(super) fn table<const N: usize>(head: [&str; N], rows: &[[String; N]], what: &str) -> String {
    let line = |cells: &[&str]| format!("| {} |", cells.join(" | "));
    let rule = ["---"; N];
    let lines = [line(&head), line(&rule)].into_iter();
    let rows_text = rows.iter().map(|cells| line(&cells.each_ref().map(String::as_str)));
    let text = lines.chain(rows_text).collect::<Vec<_>>().join("\n");
    if rows.len() <= OPEN_ROWS { text } else { format!("<details><summary>{}</summary>\n\n{text}\n\n</details>", escape(what)) }
}

/// A list of entries that are markup already, each with entries of its own.
pub(super) fn list(entries: &[(String, Vec<String>)]) -> String {
    let lines = entries
        .iter()
        .flat_map(|(entry, more)| std::iter::once(format!("- {entry}")).chain(more.iter().map(|entry| format!("  - {entry}"))));
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_never_markup() {
        assert_eq!(escape("a|b `c` <b>&amp;"), "a&#124;b &#96;c&#96; &lt;b&gt;&amp;amp;");
        assert_eq!(escape("*x* _y_ [l](u) ~~s~~ #1 \\ $1$"), {
            "&#42;x&#42; &#95;y&#95; &#91;l&#93;(u) &#126;&#126;s&#126;&#126; &#35;1 &#92; &#36;1&#36;"
        });
        assert_eq!(escape("one\ntwo\u{1b}[2J\u{202e}"), "one<br>two&#92;u{1b}&#91;2J&#92;u{202e}");
        assert_eq!(escape("@ana"), "@<!-- -->ana");
        assert_eq!(code("@ana|"), "<code>&#64;ana&#124;</code>");
    }

    #[test]
    fn a_fence_is_longer_than_what_it_holds() {
        assert_eq!(fenced("text", "a\n"), "```text\na\n```");
        assert_eq!(fenced("text", "a ```` b"), "`````text\na ```` b\n`````");
    }

    #[test]
    fn a_long_table_is_folded() {
        let row = || [["1".to_owned(), "2".to_owned()]].into_iter().cycle();
        let short: Vec<_> = row().take(12).collect();
        assert!(table(["a", "b"], &short, "12 rows").starts_with("| a | b |\n| --- | --- |\n| 1 | 2 |\n"));
        let long: Vec<_> = row().take(13).collect();
        let folded = table(["a", "b"], &long, "13 rows");
        assert!(folded.starts_with("<details><summary>13 rows</summary>\n\n| a | b |") && folded.ends_with("|\n\n</details>"));
    }

    #[test]
    fn lists_have_two_floors() {
        let entries = [("a".to_owned(), vec!["b".to_owned()]), ("c".to_owned(), Vec::new())];
        assert_eq!(list(&entries), "- a\n  - b\n- c");
    }
}
