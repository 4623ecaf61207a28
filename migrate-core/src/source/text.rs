//! Literals, comments and attributes as Rust spells them: nothing that comes from a database can end one early; knows no table.

/// Attributes are wrapped where they grow longer.
const WIDTH: usize = 120;

/// A string literal.
pub(super) fn quoted(text: &str) -> String {
    format!("{text:?}")
}

/// A comment of one line, whatever is in the text.
pub(super) fn comment(text: &str) -> String {
    let mut line = String::from("// ");
    for c in text.chars() {
        // Such as would end the line, or turn its direction. All of them have four digits at most.
        if c.is_control() || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        {
            line.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            line.push(c);
        }
    }
    line.push('\n');
    line
}

/// `#[table(a, b)]`, in as many lines as it takes.
pub(super) fn attributes(options: impl IntoIterator<Item = String>) -> String {
    let mut text = String::new();
    let mut line = String::new();
    for option in options {
        if !line.is_empty() && line.len() + option.len() + "#[table(, )]".len() > WIDTH {
            text.push_str(&format!("#[table({line})]\n"));
            line.clear();
        }
        if !line.is_empty() {
            line.push_str(", ");
        }
        line.push_str(&option);
    }
    if !line.is_empty() {
        text.push_str(&format!("#[table({line})]\n"));
    }
    text
}

/// `#[table(word(a, b))]`, a line for each option where one line is too short.
pub(super) fn nested(word: &str, options: &[String]) -> String {
    let line = format!("#[table({word}({}))]\n", options.join(", "));
    if line.len() <= WIDTH {
        return line;
    }
    let options: String = options.iter().map(|option| format!("    {option},\n")).collect();
    format!("#[table({word}(\n{options}))]\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_stays_one_line() {
        assert_eq!(comment("a\nb\r\u{202e}c\u{2028}"), "// a\\u000ab\\u000d\\u202ec\\u2028\n");
    }

    #[test]
    fn long_attributes_are_wrapped_between_options() {
        let option = || "x".repeat(50);
        let (two, one) = (format!("#[table({0}, {0})]\n", option()), format!("#[table({})]\n", option()));
        assert_eq!(attributes([option(), option(), option()]), two + &one);
        assert_eq!(attributes([]), "");
        assert_eq!(nested("index", &["a".to_owned(), "b".to_owned()]), "#[table(index(a, b))]\n");
        let long = nested("index", &[option(), option(), option()]);
        assert_eq!(long, format!("#[table(index(\n    {0},\n    {0},\n    {0},\n))]\n", option()));
    }
}
