//! The command line against engines that repeat in their answers what they were sent, with credentials from every place they come from.

use migrate_tests::process::Folder;
use migrate_tests::server::{Answer, Server, error};

use super::keeps_secrets;

const CANARY: &str = env!("CARGO_BIN_EXE_fixture-canary");
const KEYS: [(&str, &str); 4] = [
    ("AWS_ACCESS_KEY_ID", "AKIACREDCANARY"),
    ("AWS_SECRET_ACCESS_KEY", "CREDCANARY/secret"),
    ("AWS_SESSION_TOKEN", "CREDCANARY-token"),
    ("AWS_REGION", "eu-west-1"),
];
/// What AWS says of a request that is signed wrongly: it repeats the headers that it has got.
const MISMATCH: &str = "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and \
    signing method.\n\nThe Canonical String for this request should have been\n'POST\n/\n\nhost:dynamodb\nx-amz-security-token:CREDCANARY-token\n'";

#[track_caller]
fn run(folder: &Folder, line: &[&str], environment: &[(&str, &str)]) -> migrate_tests::process::Ended {
    let ended = folder.run_with(CANARY, line, environment);
    keeps_secrets(&format!("`{}`", line.join(" ")), &format!("{}{}", ended.out, ended.err));
    ended
}

#[test]
fn no_answer_of_an_engine_brings_a_secret_into_the_output() {
    let answers: [(Answer, &str); 6] = [
        (|_| error("InvalidSignatureException", MISMATCH), "M0602"),
        (|_| error("AccessDeniedException", "User: arn:aws:iam::1:user/x is not authorized"), "M0603"),
        (|_| error("InternalFailure", "The parameter cannot be converted to a numeric value: CANARY-12x"), "M0608"),
        (|_| error("LimitExceededException", "Input collection [CANARY-a, CANARY-a] contains duplicates."), "M0608"),
        (|_| (502, "<html>CANARY-proxy CREDCANARY</html>".to_owned()), "M0608"),
        (|_| (200, "{\"Items\":[{\"sk\":{\"S\":\"CANARY-cut".to_owned()), "M0608"),
    ];
    for (answer, code) in answers {
        let server = Server::start(answer);
        let url = server.url().replace("http://", "http://CREDCANARYuser:CREDCANARYpassword@") + "/?token=CREDCANARYquery";
        let folder = Folder::default();
        for verb in [&["status"][..], &["up"], &["introspect", "vault"]] {
            for format in ["human", "json"] {
                let line = [verb, &["-v", "--format", format, "--endpoint-url", url.as_str()]].concat();
                let ended = run(&folder, &line, &KEYS);
                assert!(ended.code != Some(0) && format!("{}{}", ended.out, ended.err).contains(code), "{code}: {ended:?}");
            }
        }
        assert!(!server.operations().is_empty(), "{code}: nobody was asked");
    }
}

#[test]
fn nobody_who_says_who_the_caller_is_brings_a_secret_into_the_output() {
    let server = Server::start(|operation| match operation {
        "" => (
            403,
            format!(
                "<ErrorResponse><Error><Code>SignatureDoesNotMatch</Code><Message>{MISMATCH}</Message></Error></ErrorResponse>"
            ),
        ),
        _ => error("InvalidSignatureException", MISMATCH),
    });
    let folder = Folder::default();
    folder.write("migrate.toml", "[env.prod]\ntarget = \"aws\"\nregion = \"eu-west-1\"\naccount = \"123456789012\"\n");
    let url = server.url();
    let environment = [&KEYS[..], &[("AWS_ENDPOINT_URL", url.as_str())]].concat();
    for format in ["human", "json", "markdown"] {
        let wrong = run(&folder, &["plan", "--env", "prod", "--format", format], &environment).exits(64);
        assert!(format!("{}{}", wrong.out, wrong.err).contains("SignatureDoesNotMatch"), "{wrong:?}");
        run(&folder, &["plan", "--target", "aws", "--out", "x.plan", "--format", format], &environment);
        run(&folder, &["status", "--target", "aws", "-v", "--format", format], &environment);
    }
}

#[test]
fn an_address_is_shown_without_what_lets_somebody_in() {
    let folder = Folder::default();
    let address = "http://CREDCANARYuser:CREDCANARYpassword@127.0.0.1:1/?key=CREDCANARYquery";
    let set = [&KEYS[..], &[("MIGRATE_ENDPOINT_URL", address)]].concat();
    run(&folder, &["status"], &set).says(&["M0601"]).prints(&["127.0.0.1:1"]);
    run(&folder, &["--help"], &set).succeeds();
    run(&folder, &["status", "--help"], &set).succeeds();
    let usual = [&KEYS[..], &[("AWS_ENDPOINT_URL_DYNAMODB", address)]].concat();
    run(&folder, &["status"], &usual).says(&["M0601"]);
    for address in [address, "CREDCANARYuser:CREDCANARYpassword@host", "ftp://CREDCANARYuser:CREDCANARYpassword@host"] {
        for line in [&["plan", "--out", "x"][..], &["status", "--target", "embedded"], &["status", "--to", "x"]] {
            for format in ["human", "json"] {
                run(&folder, &[line, &["--format", format, "--endpoint-url", address]].concat(), &KEYS);
            }
        }
    }
    for (line, wrong) in [("endpoint_url", "bogus = 1"), ("endpoint_url", "db = \"x\""), ("endpoint", ""), ("region", "")] {
        folder.write("migrate.toml", format!("[env.one]\n{line} = \"{address}\"\n{wrong}\n"));
        run(&folder, &["status", "--env", "one"], &KEYS);
    }
    folder.write("migrate.toml", format!("[env.one]\nendpoint_url = [\"{address}\"]\n"));
    run(&folder, &["status", "--env", "one"], &KEYS).exits(64);
    folder.write("migrate.toml", format!("[env.one]\nendpoint_url = \"{address}\n"));
    run(&folder, &["status", "--env", "one"], &KEYS).exits(64);
}

#[test]
fn nothing_of_the_credentials_chain_is_shown() {
    let folder = Folder::default();
    let line = ["status", "--target", "aws", "--profile", "one", "--region", "eu-west-1"];
    for profile in [
        "credential_process = echo CREDCANARY",
        "credential_process = echo {\\\"Version\\\":1,\\\"AccessKeyId\\\":\\\"AKIACREDCANARY\\\",\\\"SecretAccessKey\\\":7}",
        "aws_access_key_id = AKIACREDCANARY\naws_secret_access_key CREDCANARY",
        "aws_access_key_id = AKIACREDCANARY",
        "aws_access_key_id = AKIACREDCANARY\naws_secret_access_key = CREDCANARY\nsource_profile = one\nrole_arn = x",
    ] {
        folder.write(".aws/config", format!("[profile one]\n{profile}\n"));
        run(&folder, &line, &[("AWS_EC2_METADATA_DISABLED", "true")]);
        folder.write(".aws/config", "");
        folder.write(".aws/credentials", format!("[one]\n{profile}\n"));
        run(&folder, &line, &[("AWS_EC2_METADATA_DISABLED", "true")]);
        folder.write(".aws/credentials", "");
    }
}
