//! What counts as an edit, and what does not.

use super::{is_valid, of};

fn print(source: &str) -> String {
    of([source.parse().unwrap()])
}

#[track_caller]
fn same(left: &str, right: &str) {
    assert_eq!(print(left), print(right), "\n{left}\n{right}");
}

#[track_caller]
fn different(left: &str, right: &str) {
    assert_ne!(print(left), print(right), "\n{left}\n{right}");
}

#[test]
fn the_format_is_fixed() {
    let print = print("{ Ok(()) }");
    assert!(is_valid(&print), "{print}");
    // a golden: it must never change, or every database would report every migration as edited
    assert_eq!(print, "sha256-tokens-1:2d8f7c1db4785972e1d78aa3c0d1e2b9ac2e891c6f26e038284e960988686a28");
    assert!(!is_valid("sha256-tokens-1:abc"));
    assert!(!is_valid(&print.replace("tokens-1", "tokens-2")));
    assert!(!is_valid(&print.to_uppercase()));
}

#[test]
fn comments_and_white_space_do_not_count() {
    same("{ a ( ) ; b }", "{\n  // why\n  a();\n  /* what */ b\n}");
    same("{ /// a\n let a = 1; }", "{ let a = 1; }");
    same("{ #[doc = \"a\"] let a = 1; }", "{ let a = 1; }");
    same("x=-1", "x = -1");
    same("a<-b", "a < -b");
}

#[test]
fn trailing_commas_do_not_count() {
    same("f(a, b,)", "f(a, b)");
    same("[a, b,\n]", "[a, b]");
    same("S { a, b, }", "S { a, b }");
    different("f(a, b)", "f(a b)");
    different("f(a, b)", "f(a), b");
}

#[test]
fn braces_around_a_lone_expression_do_not_count() {
    same("x.update(|c| { c.a() })", "x.update(|c| c.a())");
    same("x.update(|| { a() })", "x.update(|| a())");
    same("x.update(move |c, d| { a(c, d) },)", "x.update(move |c, d| a(c, d))");
    same("match x { A => { a() } B => b(), }", "match x { A => a(), B => { b() } }");
    same("match x { A => { a; b } B => { } }", "match x { A => { a; b }, B => {}, }");
    same("match x { A => { match y { C => { c } } } }", "match x { A => match y { C => c } }");
    same("match x { A if c => { #[allow(unused)] a } }", "match x { A if c => a }");
}

#[test]
fn other_braces_count() {
    different("|c| { c.a(); }", "|c| c.a()");
    different("if a { b }", "if a b");
    different("{ { a } }", "{ a }");
    different("async { a }", "async a");
    different("unsafe { a }", "{ a }");
    different("match x { A => {} }", "match x { A => () }");
}

#[test]
fn lints_do_not_count_and_what_decides_code_does() {
    same("{ #[allow(unused)] let a = 1; }", "{ let a = 1; }");
    same("{ #![allow(clippy::all)] a }", "{ a }");
    same("{ #[rustfmt::skip] let a = [1]; }", "{ let a = [1]; }");
    same("f(a, #[allow(x)] b)", "f(a, b)");
    different("{ #[cfg(unix)] a(); b }", "{ a(); b }");
    different("struct S { #[serde(rename = \"b\")] a: u8 }", "struct S { a: u8 }");
}

#[test]
fn every_other_token_counts() {
    different("a + b", "a - b");
    different("\"a\"", "\"b\"");
    different("1", "1u8");
    different("ab c", "a bc");
    different("f(a, (b))", "f(a, b)");
    different("a", "\"a\"");
    different("a; b", "a b");
}
