//! Which database is meant: decided from what was typed and what the environment says, never silently; knows no client.

use std::path::PathBuf;

use super::args::{Kind, Parsed};
use super::entry::Pin;
use super::environment::Lookup;
use crate::error::{Error, ErrorKind};

/// The database that is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// The engine inside the binary, in this file.
    Embedded(PathBuf),
    /// A DynamoDB under this address.
    Endpoint(String),
    /// DynamoDB itself.
    Aws,
}

/// What a binary is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Binary<'a> {
    /// Its only target, if pinned.
    pub pin: Option<Pin>,
    /// Its package.
    pub package: &'a str,
    /// Whether the embedded engine is built in.
    pub embedded: bool,
}

/// Something that was asked for, and where: for the message, and because what is typed beats what is set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wish<T> {
    pub value: T,
    pub from: &'static str,
    pub typed: bool,
}

/// Everything that was asked for about the target.
#[derive(Clone, Debug, Default)]
pub(super) struct Wishes {
    pub target: Option<Wish<Kind>>,
    pub db: Option<Wish<PathBuf>>,
    pub endpoint: Option<Wish<String>>,
    /// `--region` or `--profile`, or the variables that set them: they speak of AWS.
    pub aws_flags: Vec<&'static str>,
}

#[derive(Debug, thiserror::Error)]
enum TargetError {
    #[error("which database is meant? nothing names a target, and {} {} of AWS or CI", .0.join(", "), if .0.len() == 1 { "speaks" } else { "speak" })]
    Ambiguous(Vec<&'static str>),
    #[error("`{0}` and `{1}` contradict each other")]
    Contradiction(&'static str, &'static str),
    #[error("`{0}` names the embedded engine, and this binary was built without it")]
    NotBuiltIn(&'static str),
    #[error("this binary pins its target, and `{0}` names another")]
    Pinned(&'static str),
    #[error("`{from}` is no address: {url}")]
    NoAddress { from: &'static str, url: String },
}

/// Variables that speak of AWS.
const SPEAK_OF_AWS: [&str; 9] = [
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_ACCESS_KEY_ID",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_EXECUTION_ENV",
];

impl Wishes {
    /// Gathers them. What the environment states counts like what is typed. An endpoint may also come from the variables that every AWS tool reads.
    pub(super) fn gather(parsed: &Parsed, env: Lookup<'_>) -> Self {
        let global = &parsed.global;
        let wish = |id, flag, variable, stated| match (parsed.is_typed(id), parsed.is_stated(id)) {
            (true, _) => (flag, true),
            (false, true) => (stated, true),
            (false, false) => (variable, false),
        };
        let (from, typed) = wish("target", "--target", "MIGRATE_TARGET", "target in migrate.toml");
        let target = global.target.map(|value| Wish { value, from, typed });
        let (from, typed) = wish("db", "--db", "MIGRATE_DB", "db in migrate.toml");
        let db = global.db.clone().map(|value| Wish { value, from, typed });
        let (from, typed) = wish("endpoint_url", "--endpoint-url", "MIGRATE_ENDPOINT_URL", "endpoint_url in migrate.toml");
        let endpoint = global.endpoint_url.clone().map(|value| Wish { value, from, typed });
        let ignored = env("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS").is_some_and(|value| value.eq_ignore_ascii_case("true"));
        let usual = || {
            let named = |from| env(from).map(|value| Wish { value, from, typed: false });
            named("AWS_ENDPOINT_URL_DYNAMODB").or_else(|| named("AWS_ENDPOINT_URL")).filter(|_| !ignored)
        };
        let region = global.region.is_some().then(|| wish("region", "--region", "MIGRATE_REGION", "").0);
        let profile = global.profile.is_some().then(|| wish("profile", "--profile", "MIGRATE_PROFILE", "").0);
        let aws_flags = region.into_iter().chain(profile).collect();
        Self { target, db, endpoint: endpoint.or_else(usual), aws_flags }
    }

    /// Which engine each wish names.
    fn sides(&self, typed: bool) -> Vec<(Kind, &'static str)> {
        let target = self.target.iter().filter(|wish| wish.typed == typed).map(|wish| (wish.value, wish.from));
        let db = self.db.iter().filter(|wish| wish.typed == typed).map(|wish| (Kind::Embedded, wish.from));
        let endpoint = self.endpoint.iter().filter(|wish| wish.typed == typed).map(|wish| (Kind::Aws, wish.from));
        target.chain(db).chain(endpoint).collect()
    }
}

/// The decision. What is pinned or typed counts before what is set; two of the same rank must not contradict each other.
pub(super) fn decide(wishes: &Wishes, binary: Binary<'_>, env: Lookup<'_>) -> Result<Target, Error> {
    match side(wishes, binary, env)? {
        Kind::Embedded => {
            let default = || PathBuf::from(".migrate").join(format!("{}.db", binary.package));
            Ok(Target::Embedded(wishes.db.as_ref().map_or_else(default, |wish| wish.value.clone())))
        }
        Kind::Aws => match &wishes.endpoint {
            Some(Wish { value, .. }) if host(value).is_some() => Ok(Target::Endpoint(value.clone())),
            Some(Wish { value, from, .. }) => {
                let error = TargetError::NoAddress { from, url: without_secrets(value) };
                Err(Error::new(ErrorKind::Target, error).with_help("an address looks like http://localhost:8000"))
            }
            None => Ok(Target::Aws),
        },
    }
}

fn side(wishes: &Wishes, binary: Binary<'_>, env: Lookup<'_>) -> Result<Kind, Error> {
    let refuse = |error| Err(Error::new(ErrorKind::Target, error));
    let typed = wishes.sides(true);
    if let Some(pin) = binary.pin {
        let kind = match pin {
            Pin::Aws => Kind::Aws,
            Pin::Embedded => Kind::Embedded,
        };
        return match typed.iter().find(|(named, _)| *named != kind) {
            Some((_, from)) => refuse(TargetError::Pinned(from))
                .map_err(|error| error.with_help("leave the option out, or change `main!(.., target = ..)` in the code")),
            None => Ok(kind),
        };
    }
    let set = wishes.sides(false).into_iter().filter(|(_, from)| {
        // MIGRATE_TARGET is about us alone: it beats what is set for every AWS tool.
        wishes.target.is_none() || !from.starts_with("AWS_")
    });
    let named = if typed.is_empty() { set.collect() } else { typed };
    if let Some((first, rest)) = named.split_first() {
        if let Some((_, other)) = rest.iter().find(|(kind, _)| *kind != first.0) {
            return refuse(TargetError::Contradiction(first.1, other)).map_err(|error| error.with_help("leave one of them out"));
        }
        if first.0 == Kind::Embedded && !binary.embedded {
            return refuse(TargetError::NotBuiltIn(first.1))
                .map_err(|error| error.with_help("build it with feature `embedded` of migrate-core, or name an --endpoint-url"));
        }
        return Ok(first.0);
    }
    if !binary.embedded {
        return Ok(Kind::Aws);
    }
    let on_ci = env("CI").filter(|value| !matches!(value.as_str(), "0" | "false")).map(|_| "CI");
    let set = SPEAK_OF_AWS.into_iter().filter(|name| env(name).is_some());
    let signs: Vec<&str> = wishes.aws_flags.iter().copied().chain(set).chain(on_ci).collect();
    if signs.is_empty() {
        return Ok(Kind::Embedded);
    }
    Err(Error::new(ErrorKind::Target, TargetError::Ambiguous(signs))
        .with_help("for DynamoDB on AWS: `--target aws`, or MIGRATE_TARGET=aws")
        .with_help(format!(
            "for the embedded engine in .migrate/{}.db: `--target embedded`, or MIGRATE_TARGET=embedded",
            binary.package
        )))
}

/// The host of an address, if it is one.
pub(super) fn host(url: &str) -> Option<&str> {
    let rest = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"))?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = match authority.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    (!host.is_empty()).then_some(host)
}

/// Whether a host is this machine.
pub(super) fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback() || address.is_unspecified())
}

/// Whether a host is AWS under an address of its own, such as a VPC endpoint.
pub(super) fn is_aws(host: &str) -> bool {
    [".amazonaws.com", ".amazonaws.com.cn", ".api.aws"].iter().any(|suffix| host.ends_with(suffix))
}

/// An address without a name, a password or a query.
pub(super) fn without_secrets(url: &str) -> String {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let (authority, path) = rest.split_once('/').map_or((rest, ""), |(authority, path)| (authority, path));
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let scheme = if scheme.is_empty() { String::new() } else { format!("{scheme}://") };
    if path.is_empty() { format!("{scheme}{authority}") } else { format!("{scheme}{authority}/{path}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args;

    const SHOP: Binary<'static> = Binary { pin: None, package: "shop", embedded: true };

    fn decided(binary: Binary<'_>, line: &str, environment: &[(&str, &str)]) -> String {
        let words = std::iter::once("migrate").chain(line.split_whitespace()).map(std::ffi::OsString::from);
        let mut parsed = args::parse(words, "0").unwrap();
        let env = |name: &str| environment.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned());
        // What clap reads from the process's environment is put in by hand.
        let global = &mut parsed.global;
        if global.target.is_none() {
            global.target = env("MIGRATE_TARGET").map(|value| if value == "aws" { Kind::Aws } else { Kind::Embedded });
        }
        global.db = global.db.take().or_else(|| env("MIGRATE_DB").map(PathBuf::from));
        global.endpoint_url = global.endpoint_url.take().or_else(|| env("MIGRATE_ENDPOINT_URL"));
        global.profile = global.profile.take().or_else(|| env("MIGRATE_PROFILE"));
        match decide(&Wishes::gather(&parsed, &env), binary, &env) {
            Ok(Target::Embedded(path)) => format!("embedded {}", path.display()),
            Ok(Target::Endpoint(url)) => format!("endpoint {url}"),
            Ok(Target::Aws) => "aws".to_owned(),
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Target);
                format!("error: {error}")
            }
        }
    }

    #[test]
    fn no_target_is_silent() {
        let ambiguous = |signs: &str| format!("error: which database is meant? nothing names a target, and {signs} of AWS or CI");
        for (line, environment, expected) in [
            ("", &[][..], "embedded .migrate/shop.db".to_owned()),
            ("", &[("HOME", "/home/x"), ("CI", "false")], "embedded .migrate/shop.db".to_owned()),
            ("", &[("CI", "true")], ambiguous("CI speaks")),
            ("", &[("AWS_PROFILE", "prod"), ("CI", "1")], ambiguous("AWS_PROFILE, CI speak")),
            ("", &[("AWS_REGION", "eu-west-1")], ambiguous("AWS_REGION speaks")),
            ("", &[("AWS_ACCESS_KEY_ID", "x")], ambiguous("AWS_ACCESS_KEY_ID speaks")),
            ("", &[("AWS_WEB_IDENTITY_TOKEN_FILE", "x")], ambiguous("AWS_WEB_IDENTITY_TOKEN_FILE speaks")),
            ("", &[("AWS_CONTAINER_CREDENTIALS_FULL_URI", "x")], ambiguous("AWS_CONTAINER_CREDENTIALS_FULL_URI speaks")),
            ("", &[("AWS_EXECUTION_ENV", "x")], ambiguous("AWS_EXECUTION_ENV speaks")),
            ("--profile prod", &[], ambiguous("--profile speaks")),
            ("--region eu-west-1", &[], ambiguous("--region speaks")),
            ("", &[("MIGRATE_PROFILE", "prod")], ambiguous("MIGRATE_PROFILE speaks")),
        ] {
            assert_eq!(decided(SHOP, line, environment), expected, "{line} {environment:?}");
        }
    }

    #[test]
    fn what_is_typed_beats_what_is_set_and_equals_must_agree() {
        let local = "http://localhost:8000";
        let clash = |a: &str, b: &str| format!("error: `{a}` and `{b}` contradict each other");
        for (line, environment, expected) in [
            ("--target aws", &[][..], "aws".to_owned()),
            ("--target embedded", &[("AWS_PROFILE", "prod"), ("CI", "true")], "embedded .migrate/shop.db".to_owned()),
            ("--db x.db", &[("CI", "true")], "embedded x.db".to_owned()),
            ("--endpoint-url http://localhost:8000", &[("CI", "true")], format!("endpoint {local}")),
            ("--target aws --endpoint-url http://localhost:8000", &[], format!("endpoint {local}")),
            ("", &[("AWS_ENDPOINT_URL", local)], format!("endpoint {local}")),
            ("", &[("AWS_ENDPOINT_URL_DYNAMODB", local), ("AWS_ENDPOINT_URL", "http://other")], format!("endpoint {local}")),
            ("--target aws", &[("AWS_ENDPOINT_URL", local)], format!("endpoint {local}")),
            ("--target aws", &[("AWS_ENDPOINT_URL", local), ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")], "aws".to_owned()),
            ("--target embedded", &[("AWS_ENDPOINT_URL", local)], "embedded .migrate/shop.db".to_owned()),
            ("", &[("MIGRATE_TARGET", "embedded"), ("AWS_ENDPOINT_URL", local)], "embedded .migrate/shop.db".to_owned()),
            ("", &[("MIGRATE_TARGET", "aws")], "aws".to_owned()),
            ("", &[("MIGRATE_DB", "y.db"), ("CI", "true")], "embedded y.db".to_owned()),
            ("--target embedded", &[("MIGRATE_DB", "y.db")], "embedded y.db".to_owned()),
            ("--target aws", &[("MIGRATE_DB", "y.db")], "aws".to_owned()),
            ("--target aws --db x.db", &[], clash("--target", "--db")),
            ("--target embedded --endpoint-url http://localhost:8000", &[], clash("--target", "--endpoint-url")),
            ("--db x.db --endpoint-url http://localhost:8000", &[], clash("--db", "--endpoint-url")),
            ("", &[("MIGRATE_TARGET", "aws"), ("MIGRATE_DB", "y.db")], clash("MIGRATE_TARGET", "MIGRATE_DB")),
            ("", &[("MIGRATE_DB", "y.db"), ("AWS_ENDPOINT_URL", local)], clash("MIGRATE_DB", "AWS_ENDPOINT_URL")),
            ("--endpoint-url localhost:8000", &[], "error: `--endpoint-url` is no address: localhost:8000".to_owned()),
        ] {
            assert_eq!(decided(SHOP, line, environment), expected, "{line} {environment:?}");
        }
    }

    #[test]
    fn a_pin_and_a_missing_engine_leave_less_choice() {
        let pinned = Binary { pin: Some(Pin::Aws), ..SHOP };
        let bare = Binary { embedded: false, ..SHOP };
        let ours = Binary { pin: Some(Pin::Embedded), ..SHOP };
        for (binary, line, environment, expected) in [
            (pinned, "", &[][..], "aws"),
            (pinned, "", &[("AWS_ENDPOINT_URL", "http://localhost:1")], "endpoint http://localhost:1"),
            (pinned, "", &[("MIGRATE_DB", "y.db")], "aws"),
            (pinned, "--db x.db", &[], "error: this binary pins its target, and `--db` names another"),
            (pinned, "--target embedded", &[], "error: this binary pins its target, and `--target` names another"),
            (ours, "", &[("CI", "true")], "embedded .migrate/shop.db"),
            (ours, "--target aws", &[], "error: this binary pins its target, and `--target` names another"),
            (bare, "", &[], "aws"),
            (bare, "", &[("AWS_PROFILE", "prod")], "aws"),
            (bare, "--db x.db", &[], "error: `--db` names the embedded engine, and this binary was built without it"),
        ] {
            assert_eq!(decided(binary, line, environment), expected, "{line} {environment:?}");
        }
    }

    #[test]
    fn addresses() {
        assert_eq!(host("http://[::1]:8000/x"), Some("::1"));
        assert_eq!(host("https://user:secret@example.org:1/x"), Some("example.org"));
        assert_eq!(host("https://"), None);
        assert!(is_loopback("localhost") && is_loopback("127.0.0.2") && is_loopback("::1") && !is_loopback("example.org"));
        assert!(is_aws("vpce-1.dynamodb.eu-west-1.vpce.amazonaws.com") && !is_aws("amazonaws.com.example.org"));
        assert_eq!(without_secrets("https://user:secret@example.org:1/x?token=secret"), "https://example.org:1/x");
    }
}
