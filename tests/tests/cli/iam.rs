//! `iam`: a policy for the application's tables, from a laptop that has no AWS at all.

use migrate_tests::process::{Ended, Folder};
use serde_json::Value;

use super::{AWS, SHOP};

const FILE: &str =
    "[env.staging]\ntarget = \"aws\"\naccount = \"123456789012\"\nregion = \"eu-west-1\"\nnames = \"staging-{name}\"\n";

/// All of stdout is the policy: it has no envelope.
fn policy(ended: &Ended) -> Value {
    serde_json::from_str(&ended.out).expect("a policy")
}

fn actions(policy: &Value) -> Vec<&str> {
    let statements = policy["Statement"].as_array().expect("statements");
    statements.iter().flat_map(|it| it["Action"].as_array().expect("actions")).map(|it| it.as_str().expect("a text")).collect()
}

#[test]
fn a_policy_stands_alone_on_stdout_and_what_it_does_not_know_beside_it() {
    let folder = Folder::default();
    let ended = folder.run(SHOP, &["iam"]).succeeds().says(&["cx.client()", "not known is `*`"]);
    let policy = policy(&ended);
    assert_eq!(policy["Version"], "2012-10-17");
    assert!(actions(&policy).contains(&"dynamodb:PartiQLUpdate"));
    assert!(!actions(&policy).contains(&"dynamodb:DeleteTable"));
    // Nothing is connected to, and no database is chosen: also where the environment speaks of AWS, and none is there.
    let in_ci = [("CI", "true"), ("AWS_REGION", "eu-west-1"), ("AWS_PROFILE", "nobody")];
    for binary in [SHOP, AWS] {
        folder.run_with(binary, &["iam", "--role", "plan", "--format", "json"], &in_ci).succeeds();
    }
    assert!(!folder.db().exists());
}

#[test]
fn a_role_and_an_environment_say_what_is_allowed_where() {
    let folder = Folder::default();
    folder.write("migrate.toml", FILE);
    let ended = folder.run(SHOP, &["iam", "--env", "staging", "--role", "drop"]).succeeds();
    assert!(!ended.err.contains("not known is"), "{}", ended.err);
    let drop = policy(&ended);
    assert!(actions(&drop).contains(&"dynamodb:DeleteTable"));
    let arns = drop["Statement"].to_string();
    assert!(arns.contains("arn:aws:dynamodb:eu-west-1:123456789012:table/staging-migrations"), "{arns}");
    let plan = policy(&folder.run(SHOP, &["iam", "--env", "staging", "--role", "plan"]).succeeds());
    assert!(actions(&plan).iter().all(|action| !action.contains("Put") && !action.contains("Update")), "{plan}");
}

#[test]
fn terraform_gets_its_own_form_and_only_here() {
    let folder = Folder::default();
    let begin = "data \"aws_iam_policy_document\" \"migrate_up\" {\n  statement {\n    sid = \"ReadHistory\"";
    folder.run(SHOP, &["iam", "--format", "hcl"]).succeeds().prints(&[begin]);
    let fenced = folder.run(SHOP, &["iam", "--format", "markdown"]).succeeds().out;
    assert!(fenced.starts_with("```json\n{") && fenced.ends_with("}\n```\n"), "{fenced}");
    folder.run(SHOP, &["plan", "--format", "hcl"]).exits(64).says(&["only `iam` takes `--format hcl`"]);
    folder.run_with(SHOP, &["status"], &[("MIGRATE_FORMAT", "hcl")]).exits(64);
}
