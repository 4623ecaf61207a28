//! Who runs this, as far as the environment and the machine say; knows no database.

use super::environment::Lookup;
use super::target::without_secrets;
use crate::history::RunInfo;

/// Where CI systems put the commit.
const COMMITS: [&str; 10] = [
    "GITHUB_SHA",
    "CI_COMMIT_SHA",
    "BITBUCKET_COMMIT",
    "BUILDKITE_COMMIT",
    "CIRCLE_SHA1",
    "CODEBUILD_RESOLVED_SOURCE_VERSION",
    "BUILD_SOURCEVERSION",
    "DRONE_COMMIT_SHA",
    "TRAVIS_COMMIT",
    "GIT_COMMIT",
];
/// Where CI systems put the address of the run.
const RUNS: [&str; 7] = [
    "CI_JOB_URL",
    "BUILDKITE_BUILD_URL",
    "CIRCLE_BUILD_URL",
    "CODEBUILD_PUBLIC_BUILD_URL",
    "DRONE_BUILD_LINK",
    "TRAVIS_BUILD_WEB_URL",
    "BUILD_URL",
];

/// All that can be said before a database is asked.
pub(super) fn run_info(package: &str, version: &str, env: Lookup<'_>) -> RunInfo {
    let first = |names: &[&str]| names.iter().find_map(|name| env(name));
    let github =
        || Some(format!("{}/{}/actions/runs/{}", env("GITHUB_SERVER_URL")?, env("GITHUB_REPOSITORY")?, env("GITHUB_RUN_ID")?));
    RunInfo {
        caller: first(&["USER", "LOGNAME", "USERNAME"]),
        host: first(&["HOSTNAME", "COMPUTERNAME"]).or_else(host),
        binary: format!("{package} {version}"),
        commit: first(&COMMITS),
        ci: github().or_else(|| first(&RUNS)).map(|url| without_secrets(&url)),
        ..RunInfo::default()
    }
}

/// Shells keep the host's name to themselves.
fn host() -> Option<String> {
    let file = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let command = || String::from_utf8(std::process::Command::new("hostname").output().ok()?.stdout).ok();
    file.or_else(command).map(|name| name.trim().to_owned()).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ci_systems_say_what_runs() {
        let env = |name: &str| {
            let value = match name {
                "USER" => "runner",
                "HOSTNAME" => "box",
                "GITHUB_SHA" => "0123",
                "GITHUB_SERVER_URL" => "https://github.com",
                "GITHUB_REPOSITORY" => "acme/shop",
                "GITHUB_RUN_ID" => "7",
                _ => return None,
            };
            Some(value.to_owned())
        };
        let run = run_info("shop", "1.0.0", &env);
        assert_eq!(
            (run.caller.as_deref(), run.host.as_deref(), run.binary.as_str()),
            (Some("runner"), Some("box"), "shop 1.0.0")
        );
        assert_eq!(
            (run.commit.as_deref(), run.ci.as_deref()),
            (Some("0123"), Some("https://github.com/acme/shop/actions/runs/7"))
        );

        let jenkins = |name: &str| (name == "BUILD_URL").then(|| "https://bot:token@ci.example.org/7/".to_owned());
        assert_eq!(run_info("shop", "1", &jenkins).ci.as_deref(), Some("https://ci.example.org/7/"));
    }
}
