//! JSON written into text; it never knows what the text is about.

/// An object, member by member.
pub(super) struct Object(String);

impl Object {
    pub(super) fn new() -> Self {
        Self("{".to_owned())
    }

    /// A member whose value is JSON already.
    pub(super) fn json(&mut self, name: &str, value: &str) -> &mut Self {
        self.name(name).push_str(value);
        self
    }

    /// A member that is a list of what is JSON already.
    pub(super) fn list(&mut self, name: &str, values: &[String]) -> &mut Self {
        let out = self.name(name);
        out.reserve(values.iter().map(|value| value.len() + 1).sum::<usize>() + 64);
        out.push('[');
        for (at, value) in values.iter().enumerate() {
            if at > 0 {
                out.push(',');
            }
            out.push_str(value);
        }
        out.push(']');
        self
    }

    /// A member that is a string.
    pub(super) fn text(&mut self, name: &str, value: &str) -> &mut Self {
        push_string(value, self.name(name));
        self
    }

    pub(super) fn finish(mut self) -> String {
        self.0.push('}');
        self.0
    }

    fn name(&mut self, name: &str) -> &mut String {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        push_string(name, &mut self.0);
        self.0.push(':');
        &mut self.0
    }
}

/// Writes text as a JSON string, in quotes and escaped, behind what is there.
pub(crate) fn push_string(text: &str, out: &mut String) {
    out.push('"');
    let mut rest = text;
    while let Some(stop) = rest.bytes().position(|byte| byte < 0x20 || byte == b'"' || byte == b'\\') {
        out.push_str(&rest[..stop]);
        match rest.as_bytes()[stop] {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            control => out.push_str(&format!("\\u{control:04x}")),
        }
        rest = &rest[stop + 1..];
    }
    out.push_str(rest);
    out.push('"');
}
