//! The emulator ministack, and how to start it; it never knows what is asked of it.
//!
//! The environment variable `MINISTACK` names the program `ministack`.

use crate::child::{Program, Server, told};
use std::sync::OnceLock;

const HELP: &str = "install it with `python3 -m venv venv && venv/bin/pip install 'ministack==1.5.33'`, and let MINISTACK name the \
                    program `venv/bin/ministack`";

const PROGRAM: Program = Program {
    name: "ministack",
    help: HELP,
    command: |port| {
        let program = told("MINISTACK", HELP).into();
        vec!["env".into(), "BIND_HOST=127.0.0.1".into(), format!("GATEWAY_PORT={port}").into(), program]
    },
};

/// The server of this process, started by the first test that asks.
///
/// # Panics
///
/// `MINISTACK` is missing or wrong, or the server does not answer.
pub fn shared() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| Server::start(&PROGRAM))
}
