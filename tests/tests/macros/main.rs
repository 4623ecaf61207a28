//! What the macros write down, in a crate of several modules: schemas, registrations, the text that they make of a function.

migrate_core::migrations!(name = "macros", first = 7, on_fresh = run, edited = deny);

#[allow(dead_code)]
mod hygiene;
mod migrations;
#[allow(dead_code)]
mod renamed;
mod rollbacks;
mod settings;
#[allow(dead_code)] // the shapes are what is tested
mod tables;

use migrate_core::__private::{Sequence, SequenceInfo};
use migrate_core::migration::{Edited, Management, OnFresh};

// `main!` in every form that does not name another crate
#[allow(dead_code)]
mod binaries {
    mod alone {
        migrate_core::main!();
    }
    mod named {
        migrate_core::main!(crate, target = aws);
    }
    mod embedded {
        migrate_core::main!(crate, target = embedded, crate = migrate_core);
    }
}

#[test]
fn the_sequence_says_what_was_stated() {
    let info: &SequenceInfo = crate::Migrations::INFO;
    assert_eq!((info.name, info.first.get(), info.on_fresh, info.edited), ("macros", 7, OnFresh::Run, Edited::Deny));
    assert_eq!(info.management, Management::Manage, "unless stated");
    assert!(info.location.file.ends_with("main.rs"));
    assert_eq!(info.location.line, 3);
}
