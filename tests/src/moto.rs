//! The emulator moto, and how to start it; it never knows what is asked of it.
//!
//! The environment variable `MOTO_SERVER` names the program `moto_server`.

use crate::child::{Program, Server, told};
use std::sync::OnceLock;

const HELP: &str = "install it with `python3 -m venv venv && venv/bin/pip install 'moto[dynamodb,server]==5.2.5'`, and let MOTO_SERVER name the \
                    program `venv/bin/moto_server`";

const PROGRAM: Program = Program {
    name: "moto",
    help: HELP,
    command: |port| {
        let program = told("MOTO_SERVER", HELP).into();
        vec![program, "-H".into(), "127.0.0.1".into(), "-p".into(), port.to_string().into()]
    },
};

/// The server of this process, started by the first test that asks.
///
/// # Panics
///
/// `MOTO_SERVER` is missing or wrong, or the server does not answer.
pub fn shared() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| Server::start(&PROGRAM))
}
