//! What may be typed, and what a slip is told.

use super::up::{PhaseArg, VerifyKeysArg};
use super::*;

fn read(line: &str) -> Result<Parsed, clap::Error> {
    parse(std::iter::once("migrate").chain(line.split_whitespace()).map(OsString::from), "0")
}

fn refused(line: &str) -> String {
    read(line).expect_err(line).to_string()
}

#[test]
fn the_command_is_well_formed() {
    Cli::command().debug_assert();
}

#[test]
fn without_a_verb_it_is_up_with_its_options() {
    let Verb::Up(up) = read(
        "--phase before --to 7 --drop old --drop a/b --accept a:H104 --accept b:H109 --no-backup --lock-wait 1m30s --deadline 50m --no-wait --verify-keys --yes",
    )
    .unwrap()
    .verb
    else {
        panic!()
    };
    assert_eq!((up.select.phase, up.select.to, up.yes), (Some(PhaseArg::Before), Some(7), true));
    assert_eq!(up.select.drop, ["old", "a/b"]);
    assert_eq!((up.select.accept, up.select.no_backup), (vec!["a:H104".to_owned(), "b:H109".to_owned()], true));
    assert_eq!((up.lock_wait, up.deadline, up.no_wait), (Some(Duration::from_secs(90)), Some(Duration::from_mins(50)), true));
    assert_eq!(up.select.verify_keys, Some(VerifyKeysArg::Always));
    assert!(matches!(read("").unwrap().verb, Verb::Up(_)));
}

#[test]
fn global_options_stand_before_or_behind_the_verb() {
    for line in ["--target aws status", "status --target aws"] {
        let parsed = read(line).unwrap();
        assert_eq!(parsed.global.target, Some(Kind::Aws), "{line}");
        assert!(parsed.is_typed("target") && !parsed.is_typed("db"), "{line}");
    }
}

#[test]
fn options_of_a_verb_do_not_stand_before_it() {
    assert!(refused("--phase before plan").contains("`--phase` stands before `plan`"));
}

#[test]
fn what_is_not_built_is_not_accepted() {
    for line in ["plan --dry-run", "redo", "help"] {
        assert_eq!(read(line).expect_err(line).exit_code(), 2, "{line}");
    }
}

#[test]
fn mistakes_get_suggestions() {
    assert!(refused("statsu").contains("'status'"), "{}", refused("statsu"));
    assert!(refused("up --phse before").contains("'--phase'"), "{}", refused("up --phse before"));
    assert!(refused("--target amazon status").contains("[possible values: embedded, aws]"));
    assert!(refused("up --lock-wait 5").contains("give a number and a unit"));
    assert!(refused("up --dry-run=some").contains("give a number of items, or `all`"));
    assert!(refused("up --dry-run=0").contains("give a number of items, or `all`"));
    assert!(refused("up --dry-run --yes").contains("cannot be used with"));
    assert!(refused("up --show 3").contains("--dry-run"));
    assert!(refused("up --lock-wait=-5m").contains("negative"));
}

#[test]
fn consent_is_never_taken_from_the_environment() {
    fn consents(command: &clap::Command) -> Vec<String> {
        let own = command.get_arguments().filter(|arg| {
            [
                "drop",
                "accept",
                "no_backup",
                "yes",
                "plan",
                "sha256",
                "epoch",
                "reason",
                "applied",
                "rolled_back",
                "rebless",
                "restored",
                "at",
            ]
            .contains(&arg.get_id().as_str())
        });
        let own = own.filter(|arg| arg.get_env().is_some()).map(|arg| arg.get_id().to_string());
        own.chain(command.get_subcommands().flat_map(consents)).collect()
    }
    assert_eq!(consents(&Cli::command()), Vec::<String>::new());
}
